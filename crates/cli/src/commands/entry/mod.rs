//! `entry`: everything about a plugin's marketplace entry; a module for each thing that is done with it.

mod checkout;
mod print;

use crate::args;
use crate::failure::Failure;
use crate::output::Report;

pub(crate) fn run(args: &args::entry::Entry, json: bool) -> Result<Report, Failure> {
    if let Some(clone) = &args.checkout {
        return checkout::run(clone, args.plugin.path(), &args.key_id, args, json);
    }
    print::run(args, json)
}
