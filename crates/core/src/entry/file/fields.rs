//! An object's fields in their order, each with the text that it was, and a list's items one by one.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// An object's fields in the order of the text.
pub(super) struct Fields<'a> {
    pub(super) list: Vec<Field<'a>>,
    /// The last of each key.
    last: HashMap<String, usize>,
}

/// A field of an object.
pub(super) struct Field<'a> {
    pub(super) key: String,
    /// Where the key starts, in bytes from the object's start.
    pub(super) at: usize,
    pub(super) raw: &'a RawValue,
}

impl<'a> Fields<'a> {
    /// Reads an object; fails where a key is no Unicode.
    pub(super) fn read(object: &'a RawValue) -> Result<Self, serde_json::Error> {
        struct Reader<'a>(&'a str);

        impl<'a> Visitor<'a> for Reader<'a> {
            type Value = Vec<Field<'a>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                // Behind the brace, and then behind each value, comes nothing but white space and a comma.
                let mut end = 1;
                while let Some((key, raw)) = map.next_entry::<String, &'a RawValue>()? {
                    let at = end + self.0.get(end..).and_then(|rest| rest.find('"')).unwrap_or_default();
                    end = raw.get().as_ptr() as usize - self.0.as_ptr() as usize + raw.get().len();
                    list.push(Field { key, at, raw });
                }
                Ok(list)
            }
        }

        let mut reader = serde_json::Deserializer::from_str(object.get());
        let list = reader.deserialize_map(Reader(object.get()))?;
        let last =
            list.iter().enumerate().map(|(index, field): (usize, &Field<'_>)| (field.key.clone(), index)).collect();
        Ok(Self { list, last })
    }

    /// Returns the last field of this key, which is the one that counts to most readers.
    pub(super) fn last(&self, key: &str) -> Option<&Field<'a>> {
        self.list.get(*self.last.get(key)?)
    }
}

/// Returns the last value of a key; nothing where there is none, or where the value is no object with readable keys.
pub(super) fn value_of<'a>(object: &'a RawValue, key: &str) -> Option<&'a RawValue> {
    if !object.get().starts_with('{') {
        return None;
    }
    Some(Fields::read(object).ok()?.last(key)?.raw)
}

/// Calls `visit` with each item of a list, as long as it answers yes.
pub(super) fn each<'a>(list: &'a RawValue, visit: impl FnMut(&'a RawValue) -> bool) {
    struct Reader<F>(F);

    impl<'a, F: FnMut(&'a RawValue) -> bool> Visitor<'a> for Reader<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
            while let Some(item) = items.next_element()? {
                if !(self.0)(item) {
                    break;
                }
            }
            while items.next_element::<IgnoredAny>()?.is_some() {}
            Ok(())
        }
    }

    // The text was read as JSON before, and its items are taken as they are, so nothing can fail.
    let _ = serde_json::Deserializer::from_str(list.get()).deserialize_seq(Reader(visit));
}

/// Returns an item of a list; nothing where the value is no such list.
pub(super) fn nth(list: &RawValue, index: usize) -> Option<&RawValue> {
    let mut found = None;
    let mut left = index;
    if list.get().starts_with('[') {
        each(list, |item| {
            if left == 0 {
                found = Some(item);
                return false;
            }
            left -= 1;
            true
        });
    }
    found
}
