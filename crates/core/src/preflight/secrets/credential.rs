//! Credentials of well-known services, by the form that their makers gave them so that they can be found.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use memchr::memmem;

use super::Kind;

/// Finds credentials in a text; each with where it begins.
pub(super) fn find(bytes: &[u8], found: &mut Vec<(usize, Kind)>) {
    // A NUL is in no text file; what looks like a token in compiled code is chance.
    if bytes[..bytes.len().min(8192)].contains(&0) {
        return;
    }
    for (judge, prefix) in JUDGES {
        for at in memmem::find_iter(bytes, prefix) {
            let is_alone = at == 0 || !is_word(bytes[at - 1]);
            if is_alone && let Some(kind) = judge(&bytes[at + prefix.len()..]) {
                found.push((at, kind));
            }
        }
    }
}

/// What stands behind a prefix, judged.
type Judge = fn(&[u8]) -> Option<Kind>;

const JUDGES: [(Judge, &[u8]); 19] = [
    (aws, b"AKIA"),
    (aws, b"ASIA"),
    (github, b"ghp_"),
    (github, b"gho_"),
    (github, b"ghu_"),
    (github, b"ghs_"),
    (github, b"ghr_"),
    (github_fine_grained, b"github_pat_"),
    (gitlab, b"glpat-"),
    (gitlab, b"gldt-"),
    (gitlab, b"glrt-"),
    (gitlab_trigger, b"glptt-"),
    // What each token of theirs begins with: a macaroon's version and the name of the site, in base 64.
    (pypi, b"pypi-AgEIcHlwaS5vcmc"),
    (pypi, b"pypi-AgENdGVzdC5weXBpLm9yZw"),
    (npm, b"npm_"),
    (slack, b"xoxb-"),
    (slack, b"xoxp-"),
    (google, b"AIza"),
    (jwt, b"eyJ"),
];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The run of characters that a judge takes for the rest of a token.
fn run(rest: &[u8], takes: impl Fn(u8) -> bool) -> &[u8] {
    &rest[..rest.iter().take_while(|byte| takes(**byte)).count()]
}

/// Tells whether a token looks drawn by lot: not `xxxx…`, `1234…` or AWS's documented `…EXAMPLE`.
fn is_random(token: &[u8]) -> bool {
    let mut seen = [false; 256];
    let distinct = token.iter().filter(|byte| !std::mem::replace(&mut seen[usize::from(**byte)], true)).count();
    let upper = token.to_ascii_uppercase();
    let steps = token.windows(2).filter(|pair| pair[1] == pair[0] || pair[1] == pair[0].wrapping_add(1)).count();
    distinct * 2 >= token.len().min(24) && steps * 3 < token.len() && memmem::find(&upper, b"EXAMPLE").is_none()
}

/// An access key id of AWS: 16 characters of base 32.
fn aws(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, is_word);
    let is_base32 = token.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    (token.len() == 16 && is_base32 && is_random(token)).then_some(Kind::Aws)
}

/// A token of GitHub's: 30 characters and the CRC-32 of them in base 62, which leaves no room for chance.
fn github(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, is_word);
    let (body, checksum) = token.split_at_checked(30)?;
    (checksum.len() == 6 && base62(crc32(body)) == checksum).then_some(Kind::GitHub)
}

/// A fine-grained token of GitHub's: 22 characters, `_`, 59 characters.
fn github_fine_grained(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, is_word);
    (token.len() == 82 && token[22] == b'_' && is_random(&token[23..])).then_some(Kind::GitHub)
}

/// A token of GitLab's for a person, a deployment or a runner: 20 characters; or 27 and more, and behind a dot their length and
/// CRC-32 in 9, with or without the form's number, `01`, before them.
fn gitlab(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, |byte| is_word(byte) || matches!(byte, b'-' | b'.'));
    let parts: Vec<_> = token.split(|byte| *byte == b'.').collect();
    let fits = match parts.as_slice() {
        // Behind 20 characters a dot is a sentence's.
        [body, ..] if body.len() == 20 => true,
        [body, number, end, ..] if body.len() >= 27 && number.len() == 2 => end.len() == 9,
        [body, end, ..] => body.len() >= 27 && end.len() == 9,
        _ => false,
    };
    (fits && is_random(parts[0]) && has_both_cases(parts[0])).then_some(Kind::GitLab)
}

/// Tells a drawn token from words in small letters, such as `your-token-here`.
fn has_both_cases(token: &[u8]) -> bool {
    token.iter().any(u8::is_ascii_uppercase) && token.iter().any(u8::is_ascii_lowercase)
}

/// A token of GitLab's that starts pipelines: 40 hexadecimal digits.
fn gitlab_trigger(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, is_word);
    (token.len() == 40 && token.iter().all(u8::is_ascii_hexdigit) && is_random(token)).then_some(Kind::GitLab)
}

/// A token for uploads to PyPI: behind the site's name, 50 characters or more.
fn pypi(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, |byte| is_word(byte) || byte == b'-');
    (token.len() >= 50 && is_random(token)).then_some(Kind::PyPi)
}

/// A token of npm's: 36 characters, of which the last six are a checksum whose reckoning is not published.
fn npm(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, is_word);
    (token.len() == 36 && !token.contains(&b'_') && is_random(token)).then_some(Kind::Npm)
}

/// A bot's or a user's token of Slack: numbers, then 24 characters or more.
fn slack(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let parts: Vec<_> = token.split(|byte| *byte == b'-').collect();
    let (last, numbers) = parts.split_last()?;
    let is_number = |part: &&[u8]| part.len() >= 10 && part.iter().all(u8::is_ascii_digit);
    (!numbers.is_empty() && numbers.iter().all(is_number) && last.len() >= 24 && is_random(last)).then_some(Kind::Slack)
}

/// An API key of Google's: 35 characters.
fn google(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, |byte| is_word(byte) || byte == b'-');
    (token.len() == 35 && is_random(token)).then_some(Kind::Google)
}

/// A JSON Web Token: two parts that are JSON objects in base64, the first with an `alg`, and a signature.
fn jwt(rest: &[u8]) -> Option<Kind> {
    let token = run(rest, |byte| is_word(byte) || byte == b'-' || byte == b'.');
    let mut parts = token.split(|byte| *byte == b'.');
    // `eyJ` is `{"`.
    let header = [&b"eyJ"[..], parts.next()?].concat();
    let (claims, signature) = (parts.next()?, parts.next()?);
    let object = |part: &[u8]| {
        let bytes = Base64UrlUnpadded::decode_vec(std::str::from_utf8(part).ok()?).ok()?;
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).ok()
    };
    let has_alg = object(&header)?.contains_key("alg");
    object(claims)?;
    (has_alg && signature.len() >= 32 && parts.next().is_none()).then_some(Kind::Jwt)
}

/// CRC-32 as zlib computes it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// Six digits of base 62: digits, capitals, small letters.
fn base62(mut number: u32) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    out
}
