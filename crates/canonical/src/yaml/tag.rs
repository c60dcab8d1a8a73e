//! The scanner's part for names: anchors, tag handles and tag URIs.

use super::reader::{Reader, is_blank_or_end, is_break_or_end};
use super::token::TagToken;
use crate::{Code, Error};

/// Tells whether anchors, tag handles and directive names may hold this character.
pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Scans `&name` or `*name` and returns the name.
pub(super) fn scan_anchor_name(reader: &mut Reader<'_>) -> Result<String, Error> {
    let indicator = reader.peek();
    reader.skip(1);
    let name: String = reader.take_until(|c| !is_name_char(c)).iter().collect();
    let next = reader.peek();
    if name.is_empty() || !is_blank_or_end(next) && !"?:,]}%@`".contains(next) {
        let message = format!("`{indicator}` needs a name of letters, digits, `-` and `_`");
        return Err(reader.error_here(Code::BadAnchor, message));
    }
    Ok(name)
}

/// Scans `!suffix`, `!!suffix`, `!handle!suffix`, `!<uri>` or a bare `!`.
pub(super) fn scan_tag(reader: &mut Reader<'_>) -> Result<TagToken, Error> {
    let tag = match reader.peek_at(1) {
        '<' => {
            reader.skip(2);
            let suffix = scan_uri(reader)?;
            if reader.peek() != '>' {
                return Err(reader.error_here(Code::BadTag, "`>` is expected at the end of the tag"));
            }
            reader.skip(1);
            TagToken { handle: None, suffix }
        }
        next if is_blank_or_end(next) => {
            reader.skip(1);
            TagToken { handle: None, suffix: "!".to_owned() }
        }
        _ => {
            let handle = if has_named_handle(reader) {
                scan_handle(reader)?
            } else {
                reader.skip(1);
                "!".to_owned()
            };
            TagToken { handle: Some(handle), suffix: scan_uri(reader)? }
        }
    };
    if reader.peek() != ' ' && !is_break_or_end(reader.peek()) {
        return Err(reader.error_here(Code::BadTag, "a space is expected after the tag"));
    }
    Ok(tag)
}

/// Tells whether a second `!` follows before the next space, which ends the handle.
fn has_named_handle(reader: &Reader<'_>) -> bool {
    (1..).map(|ahead| reader.peek_at(ahead)).take_while(|&c| c != ' ' && !is_break_or_end(c)).any(|c| c == '!')
}

/// Scans a tag handle: `!`, `!!` or `!name!`; in a `%TAG` line `!` may stand alone.
pub(super) fn scan_handle(reader: &mut Reader<'_>) -> Result<String, Error> {
    let bad = |reader: &Reader<'_>| reader.error_here(Code::BadTag, "a tag handle such as `!` or `!name!` is expected");
    if reader.peek() != '!' {
        return Err(bad(reader));
    }
    let mut length = 1;
    if reader.peek_at(1) != ' ' {
        while is_name_char(reader.peek_at(length)) {
            length += 1;
        }
        if reader.peek_at(length) != '!' {
            reader.skip(length);
            return Err(bad(reader));
        }
        length += 1;
    }
    Ok(reader.take(length).iter().collect())
}

/// Scans a URI, with its `%XX` escapes turned into the UTF-8 text they stand for.
pub(super) fn scan_uri(reader: &mut Reader<'_>) -> Result<String, Error> {
    const MARKS: &str = "-;/?:@&=+$,_.!~*'()[]";
    let mut uri = String::new();
    loop {
        uri.extend(reader.take_until(|c| !c.is_ascii_alphanumeric() && !MARKS.contains(c)));
        if reader.peek() != '%' {
            break;
        }
        uri.push_str(&scan_uri_escapes(reader)?);
    }
    if uri.is_empty() {
        return Err(reader.error_here(Code::BadTag, "a tag is expected here"));
    }
    Ok(uri)
}

fn scan_uri_escapes(reader: &mut Reader<'_>) -> Result<String, Error> {
    let start = reader.mark();
    let mut bytes = Vec::new();
    while reader.peek() == '%' {
        reader.skip(1);
        let (high, low) = (reader.peek().to_digit(16), reader.peek_at(1).to_digit(16));
        let (Some(high), Some(low)) = (high, low) else {
            return Err(reader.error_here(Code::BadTag, "two hex digits are expected after `%`"));
        };
        bytes.push((high << 4 | low) as u8);
        reader.skip(2);
    }
    String::from_utf8(bytes).map_err(|_| reader.error(Code::BadTag, start, "the escapes in the tag are not UTF-8"))
}
