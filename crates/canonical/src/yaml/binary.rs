//! `!!binary`: which texts Python's lenient Base64 reader takes.

/// What `base64.decodebytes` makes of an ASCII text: it passes over what is not Base64, and wants whole groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoded {
    Empty,
    Some,
}

/// Reads Base64; `None` where Python raises.
pub(super) fn decode(text: &str) -> Option<Decoded> {
    let mut in_group = 0;
    let mut padding = 0;
    let mut decoded = Decoded::Empty;
    for byte in text.bytes() {
        match byte {
            b'=' => {
                padding += 1;
                // A padded group ends the data, whatever follows.
                if in_group >= 2 && in_group + padding >= 4 {
                    return Some(decoded);
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                in_group = (in_group + 1) % 4;
                padding = 0;
                decoded = Decoded::Some;
            }
            _ => {}
        }
    }
    (in_group == 0).then_some(decoded)
}
