//! `!!binary`: which texts Python's lenient Base64 reader takes.

/// Tells whether `base64.decodebytes` takes this ASCII text: it passes over what is not Base64, and wants whole groups.
pub(super) fn is_decodable(text: &str) -> bool {
    let mut in_group = 0;
    let mut padding = 0;
    for byte in text.bytes() {
        match byte {
            b'=' => {
                padding += 1;
                // A padded group ends the data, whatever follows.
                if in_group >= 2 && in_group + padding >= 4 {
                    return true;
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                in_group = (in_group + 1) % 4;
                padding = 0;
            }
            _ => {}
        }
    }
    in_group == 0
}
