//! `explain`: says what a word of this program's answers means.

use aisoc_publisher_core::word::Word;
use serde_json::{Map, Value};

use super::object;
use crate::args;
use crate::failure::Failure;
use crate::output::Report;

pub(crate) fn run(args: &args::Explain) -> Result<Report, Failure> {
    let Some(name) = &args.code else {
        let words = Word::all();
        return Ok(Report {
            lines: words.iter().map(|word| word.name.clone()).collect(),
            json: object! { "codes": words.iter().map(json_of).collect::<Vec<Map<String, Value>>>() },
            ..Report::default()
        });
    };
    let Some(word) = Word::find(name) else {
        return Err(Failure::usage(
            format!("there is no code `{name}`"),
            Some(
                "`explain` alone lists them all; they stand in `--json` output as `code`, `detail`, `reason` and `rule`",
            ),
        ));
    };
    let mut lines = vec![word.means.clone()];
    lines.extend(word.at_the_loader.iter().map(|loader| format!("AiSOC   {loader}")));
    lines.push(format!("cure    {}", word.cure));
    Ok(Report { lines, json: json_of(&word), ..Report::default() })
}

fn json_of(word: &Word) -> Map<String, Value> {
    object! {
        "code": word.name,
        "means": word.means,
        "at_the_loader": word.at_the_loader,
        "cure": word.cure,
    }
}
