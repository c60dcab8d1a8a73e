//! What a plugin's project should have: a README, tests and how much they cover, a code of conduct.
//!
//! The source is the section "Plugin Quality Guidelines" of AiSOC's page "Publishing Plugins".

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::folders::TESTS;
use super::{Finding, Severity, Snapshot};
use crate::code::Code;
use crate::regular;

/// How much of a `coverage.xml` is read: its first element says it all, and stands at the start.
const MAX_COVERAGE: usize = 64 << 10;

/// How much of a plugin's lines AiSOC wants tested.
const WANTED: f64 = 0.8;

pub(super) fn find(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    if snapshot.survey.is_none() {
        return;
    }
    let top_level = snapshot.top_level();
    if !top_level.contains("README.md") {
        findings.push(
            Finding::new(Code::ReadmeMissing, Severity::Note, "there is no README.md")
                .why("AiSOC's Plugin Quality Guidelines ask for one; operators read it before they trust a plugin")
                .cure("say in a README.md what the plugin does, what it connects to and how it is configured"),
        );
    }
    if has_tests(snapshot) {
        coverage(snapshot, findings);
    } else {
        findings.push(
            Finding::new(Code::TestsMissing, Severity::Note, "no tests were found")
                .why("AiSOC's Plugin Quality Guidelines ask for tests that cover 80 % of the lines")
                .cure("write some; beside the plugin's folder they need not be signed"),
        );
    }
    let top = snapshot.work_tree.as_ref().map_or(snapshot.dir, |tree| &tree.top);
    if ![snapshot.dir, top].into_iter().any(has_code_of_conduct) {
        findings.push(
            Finding::new(Code::CodeOfConductMissing, Severity::Note, "there is no code of conduct")
                .why("AiSOC's Plugin Quality Guidelines ask authors to follow the AiSOC Code of Conduct")
                .cure("say so in a CODE_OF_CONDUCT.md in the repository"),
        );
    }
}

fn has_tests(snapshot: &Snapshot<'_>) -> bool {
    let is_test = |path: &str| {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        folders.split('/').any(|folder| TESTS.contains(&folder))
            || name.starts_with("test_")
            || name.ends_with("_test.py")
    };
    let beside = snapshot.work_tree.as_ref().is_some_and(|tree| TESTS.iter().any(|name| tree.top.join(name).is_dir()));
    beside || snapshot.covered().any(|file| is_test(&file.path.to_string()))
}

/// GitHub looks in these folders too.
fn has_code_of_conduct(folder: &Path) -> bool {
    ["", ".github", "docs"].iter().any(|below| {
        ["CODE_OF_CONDUCT.md", "CODE_OF_CONDUCT", "CODE_OF_CONDUCT.rst", "code_of_conduct.md"]
            .iter()
            .any(|name| folder.join(below).join(name).is_file())
    })
}

fn coverage(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    const NAME: &str = "coverage.xml";
    const MAKE: &str = "make one with `pytest --cov --cov-report=xml`";
    let top = snapshot.work_tree.as_ref().map_or(snapshot.dir, |tree| &tree.top);
    let found = [snapshot.dir, top].into_iter().map(|folder| folder.join(NAME)).find(|path| path.is_file());
    let unknown = |title: &str| {
        Finding::new(Code::CoverageUnknown, Severity::Note, title)
            .why("AiSOC's Plugin Quality Guidelines ask for tests that cover 80 % of the lines")
            .cure(MAKE)
    };
    let Some(path) = found else {
        findings.push(unknown("how much the tests cover is unknown: there is no coverage.xml"));
        return;
    };
    let rate = regular::read_start(&path, MAX_COVERAGE).ok().and_then(|bytes| line_rate(&bytes));
    match rate {
        None => findings.push(unknown("how much the tests cover is unknown: coverage.xml does not say").at(path, None)),
        Some(rate) if rate < WANTED => {
            // Rounded down: 79.99 % is not 80 %.
            let percent = (rate * 1000.0).floor() / 10.0;
            findings.push(
                Finding::new(Code::CoverageLow, Severity::Note, format!("the tests cover {percent} % of the lines"))
                    .at(path, None)
                    .why("AiSOC's Plugin Quality Guidelines ask for 80 %")
                    .cure("test more of it, and write coverage.xml again"),
            );
        }
        Some(_) => {}
    }
}

/// Returns `line-rate` of a report in Cobertura's form, where it counts any lines at all.
///
/// No entity is expanded and nothing outside is fetched: an attribute that needs either is no number.
fn line_rate(bytes: &[u8]) -> Option<f64> {
    let mut reader = Reader::from_reader(bytes);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let element = match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => return None,
            _ => continue,
        };
        if element.name().as_ref() != "coverage" {
            return None;
        }
        let attribute = |name: &str| {
            let found = element.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
            found.value.trim().parse::<f64>().ok()
        };
        let counts = attribute("lines-valid").is_none_or(|lines| lines > 0.0);
        return attribute("line-rate").filter(|rate| counts && (0.0..=1.0).contains(rate));
    }
}
