//! Opaque names for what the web view may speak of.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// What was given a name, both ways. A name is 128 random bits: none can be guessed, and none says what it stands for.
///
/// The same thing keeps its name for as long as the program runs, so that the web view can compare names.
#[derive(Debug)]
pub(crate) struct Handles<T> {
    inner: Mutex<Inner<T>>,
}

#[derive(Debug)]
struct Inner<T> {
    by_name: HashMap<String, T>,
    by_thing: HashMap<T, String>,
}

impl<T> Default for Handles<T> {
    fn default() -> Self {
        Self { inner: Mutex::new(Inner { by_name: HashMap::new(), by_thing: HashMap::new() }) }
    }
}

impl<T: Clone + Eq + Hash> Handles<T> {
    /// Names a thing, anew or as before.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub(crate) fn give(&self, thing: &T) -> Result<String, getrandom::Error> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = inner.by_thing.get(thing) {
            return Ok(name.clone());
        }
        let name = name()?;
        inner.by_name.insert(name.clone(), thing.clone());
        inner.by_thing.insert(thing.clone(), name.clone());
        Ok(name)
    }

    /// Finds what a name stands for; nothing for a name that was never given.
    pub(crate) fn find(&self, name: &str) -> Option<T> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).by_name.get(name).cloned()
    }
}

/// Makes a name.
///
/// # Errors
/// When the operating system gives no random numbers.
pub(super) fn name() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn only_what_was_given_is_found() {
        let handles = Handles::default();
        let folder = PathBuf::from("/srv/plugin");
        let name = handles.give(&folder).unwrap();
        assert_eq!(handles.find(&name).as_deref(), Some(folder.as_path()));
        assert_eq!(handles.give(&folder).unwrap(), name);
        assert_ne!(handles.give(&PathBuf::from("/srv/other")).unwrap(), name);
        assert!(name.len() == 32 && !name.contains("srv"));
        for wish in ["/srv/plugin", "", "..", "0", &name[1..]] {
            assert_eq!(handles.find(wish), None, "{wish}");
        }
    }
}
