use std::fs;

use super::*;

fn readings(text: &str) -> Vec<Reading> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("plugin.yaml"), text).unwrap();
    of(&Manifest::read(dir.path()).unwrap())
}

/// One case a class; what the loader reads is what `yaml.safe_load` of PyYAML 6.0.3 gives for the line.
#[test]
fn every_class_has_its_code_and_its_words() {
    for (line, code, loader_reads, sentence) in [
        (
            "version: 1.10",
            "number-respelled",
            "the number 1.1",
            "`version: 1.10` is read as the number 1.1; write `version: \"1.10\"`",
        ),
        (
            "version: 1.0",
            "number-for-text",
            "the number 1.0",
            "`version: 1.0` is read as the number 1.0; write `version: \"1.0\"`",
        ),
        (
            "country: NO",
            "boolean-word",
            "the boolean false",
            "`country: NO` is read as the boolean false; write `country: \"NO\"` if text is meant, or false if it is a switch",
        ),
        (
            "enabled: yes",
            "boolean-word",
            "the boolean true",
            "`enabled: yes` is read as the boolean true; write `enabled: \"yes\"` if text is meant, or true if it is a switch",
        ),
        (
            "mode: 0755",
            "octal-number",
            "the number 493",
            "`mode: 0755` is read as the number 493; write `mode: \"0755\"` if text is meant, or 493 if the number is",
        ),
        (
            "ports: 22:22",
            "sexagesimal-number",
            "the number 1342",
            "`ports: 22:22` is read as the number 1342; write `ports: \"22:22\"` if text is meant, or 1342 if the number is",
        ),
        (
            "at: 12:30:00",
            "sexagesimal-number",
            "the number 45000",
            "`at: 12:30:00` is read as the number 45000; write `at: \"12:30:00\"` if text is meant, or 45000 if the number is",
        ),
        (
            "n: 1_000",
            "underscores",
            "the number 1000",
            "`n: 1_000` is read as the number 1000; write `n: \"1_000\"` if text is meant, or 1000 if the number is",
        ),
        (
            "ratio: 1e3",
            "text-not-number",
            "text",
            "`ratio: 1e3` is read as text; write `ratio: \"1e3\"` if text is meant, or the number in plain digits",
        ),
        (
            "released: 2024-01-15",
            "date",
            "a date",
            "`released: 2024-01-15` is read as a date, which cannot be signed; write `released: \"2024-01-15\"`",
        ),
        (
            "at: 2024-01-15 10:00:00",
            "date",
            "a date with a time",
            "`at: 2024-01-15 10:00:00` is read as a date with a time, which cannot be signed; write `at: \"2024-01-15 10:00:00\"`",
        ),
        ("on: push", "key-not-text", "the boolean true", "the key `on` is read as the boolean true; write `\"on\":`"),
        (
            "a: 1\na: 2",
            "repeated-key",
            "the last value",
            "`a` stands twice, and only the last one counts; remove one of the two",
        ),
    ] {
        let found = readings(line);
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert_eq!(serde_json::json!(found[0].code), code, "{line}");
        assert_eq!(found[0].loader_reads, loader_reads, "{line}");
        assert_eq!(format!("{}; {}", found[0].title(), found[0].cure()), sentence);
    }
}

#[test]
fn what_means_the_same_to_everybody_is_no_finding() {
    for line in [
        "a: true",
        "a: null",
        "a: ~",
        "a:",
        "a: 12",
        "a: -3",
        "a: 1.5",
        "a: 900.0",
        "a: 0x1F",
        "a: text",
        "a: y",
        "a: 0",
        "a: .inf",
        "a: -.inf",
        "a: .nan",
        "version: \"1.10\"",
        "version: '1.0'",
        "a: 'yes'",
        "a: !!str 1.10",
        "a: |\n  1.10",
        "version: 1.0.0",
        "a: [x, y]",
        "url: http://x/",
        "a: &x b\nc: *x",
        "trust: {since: 2024-01-15}\nsignature: NO",
    ] {
        assert_eq!(readings(line), [], "{line}");
    }
}

#[test]
fn a_finding_names_the_place() {
    let found = readings("id: a\nconfig:\n  ports: [80, 22:22]\n");
    let [reading] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((reading.path.as_str(), reading.line, reading.column), ("config.ports[1]", 3, 15));
    assert_eq!(reading.written, "22:22");
    assert_eq!(reading.suggestion, "\"22:22\"");
}

/// AiSOC's own manifests: whatever is found there is something that their authors should quote.
#[test]
fn real_manifests_have_no_false_alarms() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/manifests");
    let mut found = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        count += 1;
        for reading in readings(&fs::read_to_string(&path).unwrap()) {
            found.push(format!("{}: {}", path.file_name().unwrap().to_string_lossy(), reading.title()));
        }
    }
    assert_eq!(count, 28);
    assert_eq!(found, [""; 0]);
}

/// What people will see is Python's `str()` of the number, as observed on CPython 3.11.
#[test]
fn a_version_that_is_a_number_says_what_people_will_see() {
    let consequence = |text: &str| readings(text).first().and_then(Reading::consequence);
    let plain = consequence("version: 1.0").unwrap();
    assert!(plain.contains("the number 1.0") && plain.contains("show `1.0`; a later `1.10`"), "{plain}");
    let lost = consequence("version: 1.10").unwrap();
    assert!(lost.contains("show `1.1`, not `1.10`"), "{lost}");
    assert!(consequence("name: 0755").unwrap().contains("show `493`, not `0755`"));
    assert_eq!(consequence("config:\n  version: 1.0"), None, "nobody shows that one");
    assert_eq!(consequence("description: 5"), None);
}
