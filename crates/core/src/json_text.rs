//! JSON as text that any terminal, editor and reviewer shows alike.

/// Escapes what is not ASCII in a JSON text, as Python's `json.dumps` and AiSOC's own index do: no terminal and no
/// reviewer sees a control or direction character that way.
pub fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
            continue;
        }
        // Outside of strings JSON is ASCII, so every other character stands in one.
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `json.dumps` of Python 3.11 prints for the same texts; DEL is ASCII there, and invisible.
    #[test]
    fn what_is_not_ascii_is_escaped() {
        assert_eq!(ascii(r#"["é", "😀", "\n"]"#), r#"["\u00e9", "\ud83d\ude00", "\n"]"#);
        assert_eq!(ascii("\"\u{202e}\u{7f}\""), r#""\u202e\u007f""#);
    }
}
