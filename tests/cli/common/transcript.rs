//! Commands and their answers, compared with a file.

use snapbox::Data;

use super::run::Outcome;
use super::tests_folder;

/// Commands and what they printed, in order.
#[derive(Default)]
pub struct Transcript {
    text: String,
}

impl Transcript {
    /// Starts an empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a command and its answer.
    pub fn add(&mut self, outcome: &Outcome) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text += &outcome.shown();
    }

    /// Adds a line of its own.
    pub fn title(&mut self, title: &str) {
        self.text += &format!("\n# {title}\n");
    }

    /// Replaces what differs between runs, such as a new key's fingerprint.
    #[track_caller]
    pub fn redact(&mut self, value: &str, name: &str) {
        assert!(self.text.contains(value), "`{value}` is not there to be redacted:\n{}", self.text);
        self.text = self.text.replace(value, name);
    }

    /// Replaces every time, as in 2026-11-22T19:00:00Z, and every such day.
    #[track_caller]
    pub fn redact_times(&mut self) {
        // Digits and signs of a time of this program's.
        const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
        let fits = |text: &[u8]| {
            text.iter().zip(SHAPE).all(|(byte, shape)| match shape {
                b'd' => byte.is_ascii_digit(),
                sign => byte == sign,
            })
        };
        let (mut text, mut at) = (String::new(), 0);
        let bytes = self.text.as_bytes();
        while at < bytes.len() {
            let rest = &bytes[at..];
            if rest.len() >= SHAPE.len() && fits(&rest[..SHAPE.len()]) {
                text += "<time>";
                at += SHAPE.len();
            } else if rest.len() >= 10 && fits(&rest[..10]) {
                text += "<day>";
                at += 10;
            } else {
                let length = self.text[at..].chars().next().unwrap().len_utf8();
                text += &self.text[at..at + length];
                at += length;
            }
        }
        assert_ne!(text, self.text, "there is no time to be redacted");
        self.text = text;
    }

    /// Compares it with `snapshots/NAME.txt`, or writes that file where the variable `SNAPSHOTS` says so.
    #[track_caller]
    pub fn check(self, name: &str) {
        let path = tests_folder().join("cli/snapshots").join(name).with_extension("txt");
        snapbox::Assert::new()
            .action_env(snapbox::assert::DEFAULT_ACTION_ENV)
            .normalize_paths(false)
            .eq(self.text, Data::read_from(&path, Some(snapbox::data::DataFormat::Text)));
    }
}
