//! Every line of the corpus that CPython 3.11 with PyYAML 6.0.3 answered gets the same answer here.

use aisoc_canonical::{Code, Document, Error, Format};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    yaml: Option<String>,
    json: Option<String>,
    canonical: Option<String>,
    error: Option<String>,
    sanitized_canonical: Option<String>,
    sanitized_error: Option<String>,
}

const CORPUS: &str = include_str!("../../../tests/data/python-canonical.jsonl");

/// What Python writes and this crate declines: the order of NaN keys is an accident, and depth is capped.
const DECLINED: [(&str, Code); 2] = [("key:nan+!!float nan", Code::NanKey), ("depth 150 flow", Code::TooDeep)];

#[test]
fn every_line_gets_pythons_answer() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in CORPUS.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        count += 1;
        let (text, format) = match (&case.yaml, &case.json) {
            (Some(text), None) => (text, Format::Yaml),
            (None, Some(text)) => (text, Format::Json),
            _ => panic!("{}: one of `yaml` and `json` is expected", case.name),
        };
        let whole = Document::read(text.as_bytes(), format).and_then(|d| d.canonical());
        check(&case.name, text, &whole, case.canonical.as_deref(), case.error.as_deref(), &mut wrong);
        if case.sanitized_canonical.is_some() || case.sanitized_error.is_some() {
            let result =
                Document::read(text.as_bytes(), format).and_then(|d| d.canonical_without(&["signature", "trust"]));
            let name = format!("{} (sanitized)", case.name);
            check(
                &name,
                text,
                &result,
                case.sanitized_canonical.as_deref(),
                case.sanitized_error.as_deref(),
                &mut wrong,
            );
        }
    }
    assert!(count >= 308, "the corpus is cut: {count} lines");
    assert!(wrong.is_empty(), "{} of {count} lines differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn check(
    name: &str,
    text: &str,
    ours: &Result<Vec<u8>, Error>,
    canonical: Option<&str>,
    error: Option<&str>,
    wrong: &mut Vec<String>,
) {
    let agrees = match (ours, canonical, error) {
        (Ok(bytes), Some(expected), None) => bytes == expected.as_bytes(),
        (Err(_), None, Some(_)) => true,
        (Err(e), Some(_), None) => DECLINED.contains(&(name, e.code())) && !e.loader_fails(),
        _ => false,
    };
    if !agrees {
        let ours = ours.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        wrong.push(format!("{name}: {text:?}\n  Python: {:?}\n  here:   {ours:?}", canonical.or(error)));
    }
}
