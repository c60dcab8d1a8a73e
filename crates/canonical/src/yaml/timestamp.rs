//! Dates and times: which texts are some, and which of them Python can make.

/// A timestamp that Python can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timestamp {
    Date,
    DateTime,
}

/// The parts of a text that looks like a timestamp.
#[derive(Debug, Default)]
struct Parts {
    year: u32,
    month: u32,
    day: u32,
    /// Whether month and day have two digits each, as a date without time needs to be one without a tag.
    is_padded: bool,
    time: Option<Time>,
}

#[derive(Debug, Default)]
struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    /// Hours and minutes of the offset from UTC.
    offset: (u32, u32),
}

/// Tells whether a plain scalar without a tag is a timestamp.
pub(super) fn is_implicit(text: &str) -> bool {
    split(text).is_some_and(|parts| parts.time.is_some() || parts.is_padded)
}

/// Reads a timestamp; `None` where Python raises, for a month 13 as for any other text.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let parts = split(text)?;
    let is_date =
        parts.year >= 1 && (1..=12).contains(&parts.month) && (1..=days(parts.year, parts.month)).contains(&parts.day);
    if !is_date {
        return None;
    }
    let Some(time) = parts.time else {
        return Some(Timestamp::Date);
    };
    let is_time = time.hour < 24 && time.minute < 60 && time.second < 60;
    // Python takes offsets of less than a day.
    let offset = time.offset.0 * 60 + time.offset.1;
    (is_time && offset < 24 * 60).then_some(Timestamp::DateTime)
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// `YYYY-M-D`, then possibly `T` or blanks, `H:MM:SS`, a fraction and a time zone.
fn split(text: &str) -> Option<Parts> {
    let mut rest = text;
    let year = digits(&mut rest, 4, 4)?;
    eat(&mut rest, '-')?;
    let before_month = rest.len();
    let month = digits(&mut rest, 1, 2)?;
    eat(&mut rest, '-')?;
    let day = digits(&mut rest, 1, 2)?;
    let is_padded = before_month - rest.len() == 5;
    let mut parts = Parts { year, month, day, is_padded, time: None };
    if rest.is_empty() {
        return Some(parts);
    }
    if eat(&mut rest, 'T').or_else(|| eat(&mut rest, 't')).is_none() {
        let trimmed = rest.trim_start_matches([' ', '\t']);
        if trimmed.len() == rest.len() {
            return None;
        }
        rest = trimmed;
    }
    let hour = digits(&mut rest, 1, 2)?;
    eat(&mut rest, ':')?;
    let minute = digits(&mut rest, 2, 2)?;
    eat(&mut rest, ':')?;
    let second = digits(&mut rest, 2, 2)?;
    if eat(&mut rest, '.').is_some() {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let zone = rest.trim_start_matches([' ', '\t']);
    let offset = if rest.is_empty() { (0, 0) } else { split_zone(zone)? };
    parts.time = Some(Time { hour, minute, second, offset });
    Some(parts)
}

fn split_zone(mut rest: &str) -> Option<(u32, u32)> {
    if rest == "Z" {
        return Some((0, 0));
    }
    eat(&mut rest, '-').or_else(|| eat(&mut rest, '+'))?;
    let hours = digits(&mut rest, 1, 2)?;
    let minutes = match eat(&mut rest, ':') {
        Some(()) => digits(&mut rest, 2, 2)?,
        None => 0,
    };
    rest.is_empty().then_some((hours, minutes))
}

fn eat(rest: &mut &str, wanted: char) -> Option<()> {
    *rest = rest.strip_prefix(wanted)?;
    Some(())
}

/// Takes as many digits as there are, but no more than `most`; `None` below `least`.
fn digits(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (taken, left) = rest.split_at(count);
    *rest = left;
    if count < least { None } else { taken.parse().ok() }
}
