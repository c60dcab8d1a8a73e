//! `explain`: says what a code means.

use aisoc_publisher_core::Code;
use serde_json::{Map, Value};

use super::object;
use crate::args;
use crate::failure::Failure;
use crate::output::Report;

pub(crate) fn run(args: &args::Explain) -> Result<Report, Failure> {
    let Some(word) = &args.code else {
        return Ok(Report {
            lines: Code::ALL.iter().map(ToString::to_string).collect(),
            json: object! { "codes": Code::ALL.iter().map(|code| json_of(*code)).collect::<Vec<Map<String, Value>>>() },
            ..Report::default()
        });
    };
    let Ok(code) = word.parse::<Code>() else {
        return Err(Failure::usage(
            format!("there is no code `{word}`"),
            Some("`explain` alone lists them all; codes stand in `--json` output as `code`"),
        ));
    };
    let meaning = code.meaning();
    let mut lines = vec![meaning.means.to_owned()];
    lines.extend(meaning.at_the_loader.map(|loader| format!("AiSOC   {loader}")));
    lines.push(format!("cure    {}", meaning.cure));
    Ok(Report { lines, json: json_of(code), ..Report::default() })
}

fn json_of(code: Code) -> Map<String, Value> {
    let meaning = code.meaning();
    object! {
        "code": code,
        "means": meaning.means,
        "at_the_loader": meaning.at_the_loader,
        "cure": meaning.cure,
    }
}
