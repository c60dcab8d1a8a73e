//! `entry`: everything about a plugin's marketplace entry; a module for each thing that is done with it.

mod print;

use crate::args;
use crate::failure::Failure;
use crate::output::Report;

pub(crate) fn run(args: &args::entry::Entry, json: bool) -> Result<Report, Failure> {
    print::run(args, json)
}
