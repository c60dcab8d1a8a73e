//! Watching the open folder, by looking at it again and again.
//!
//! A stamp of the folder is cheap, works on every file system, network ones included, and needs no limits raised. The
//! files are read only when the stamp says that something may have happened.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use aisoc_publisher_core::files::{self, FileMap, Moved, Stamp};
use aisoc_publisher_core::manifest::Manifest;
use aisoc_publisher_core::preflight::{self, Preflight};
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::Task;

use super::{Offered, Shell};
use crate::view::{BackendEvent, Changes, Finding, FolderHandle, Uncovered};

/// How long the folder is left alone between two looks.
const PAUSE: Duration = Duration::from_millis(700);

/// How many times longer the pause is than the look, so that a huge folder does not keep the disk busy.
const PAUSE_PER_LOOK: u32 = 20;

/// The plugin that the web view shows, as it was when it was read.
pub(crate) struct Shown {
    pub(crate) folder: FolderHandle,
    pub(crate) dir: PathBuf,
    /// What would be signed; nothing where that is not known.
    pub(crate) plan: Option<Plan>,
    /// Taken before the plugin was read.
    pub(crate) stamp: Stamp,
    /// Whether the web view shows a signature that fits.
    pub(crate) signed: bool,
    /// The findings that it shows.
    pub(crate) offered: Offered,
    /// The files that no signature covers, as it shows them.
    pub(crate) uncovered: Option<Uncovered>,
    /// Whether something moved since what there is to know was looked for.
    unlooked: bool,
    told: Changes,
    stale: bool,
    /// Whether something else wrote or removed the signature.
    foreign_signature: bool,
    /// Whether the folder could not be read at the last look.
    unreadable: bool,
    /// Goes up with every change that this program makes itself; a look begun before it counts no more.
    turn: u64,
    writing: bool,
}

impl Shown {
    pub(crate) fn new(
        folder: FolderHandle,
        dir: PathBuf,
        plan: Option<Plan>,
        stamp: Stamp,
        signed: bool,
        (offered, uncovered): (Offered, Option<Uncovered>),
    ) -> Self {
        Self {
            folder,
            dir,
            plan,
            stamp,
            signed,
            offered,
            uncovered,
            unlooked: false,
            told: Changes::default(),
            stale: false,
            foreign_signature: false,
            unreadable: false,
            turn: 0,
            writing: false,
        }
    }

    /// Says that this program writes to the folder from now on.
    pub(crate) fn writing_begins(&mut self) {
        self.writing = true;
        self.turn += 1;
    }

    /// Says that it is done, and what the folder looks like now where a signature was made.
    pub(crate) fn writing_ended(&mut self, signed: Option<Stamp>) {
        self.writing = false;
        self.turn += 1;
        if let Some(stamp) = signed {
            self.unlooked |= self.stamp.differs(&stamp).others;
            (self.stamp, self.signed, self.stale, self.foreign_signature) = (stamp, true, false, false);
        }
    }

    /// Returns the number of changes that this program made; nothing while it is making one.
    fn turn(&self) -> Option<u64> {
        (!self.writing).then_some(self.turn)
    }

    /// Compares with what is there now, and returns what is new to the web view.
    fn news(&mut self, moved: &Moved, now: Option<Changes>) -> Option<BackendEvent> {
        // Where the folder cannot be read, it is certainly not what is shown.
        let unreadable = now.is_none();
        let now = now.unwrap_or_default();
        let grew = self.told.add(now);
        let stale = self.signed && (self.told != Changes::default() || moved.signature || unreadable);
        let newly_stale = stale && !self.stale;
        self.stale |= stale;
        self.foreign_signature |= moved.signature;
        // Told once when it begins and once when it ends, however often it is looked at in between.
        let other = std::mem::replace(&mut self.unreadable, unreadable) != unreadable;
        (grew || newly_stale || moved.signature || other).then(|| BackendEvent::PluginChanged {
            folder: self.folder.clone(),
            changes: self.told.clone(),
            signature_stale: self.stale,
            signature_changed: self.foreign_signature,
            unreadable,
        })
    }
}

impl Shown {
    /// Takes what was found at a later look, and returns what is new to the web view.
    fn found(&mut self, look: Preflight) -> Option<BackendEvent> {
        self.unlooked = false;
        // Without random numbers there is no name for a change; what is shown stays, and signing looks again anyway.
        let offered = self.offered.renewed(look.findings).ok()?;
        let uncovered = look.uncovered.as_deref().map(Uncovered::of);
        if offered == self.offered && uncovered == self.uncovered {
            return None;
        }
        (self.offered, self.uncovered) = (offered, uncovered);
        Some(BackendEvent::FindingsChanged {
            folder: self.folder.clone(),
            findings: self.offered.iter().map(|(finding, edit)| Finding::of(finding, edit, &self.dir)).collect(),
            uncovered: self.uncovered.clone(),
        })
    }
}

/// Compares what is in the folder with the plan; nothing where the folder cannot be read.
fn compare(dir: &Path, plan: Option<&Plan>, moved: &Moved, task: &Task<'_>) -> Option<Changes> {
    let Some(plan) = plan else {
        // Its files were never read, so whatever moved may matter.
        return Some(Changes::of(&moved.files, moved.manifest));
    };
    let found = FileMap::read(dir, task).ok()?;
    let manifest = Manifest::read(dir).and_then(|manifest| manifest.canonical());
    let same_manifest = manifest.is_ok_and(|bytes| bytes == plan.payload().manifest_bytes());
    Some(Changes::of(&files::diff(plan.payload().files(), &found), !same_manifest))
}

/// A thread that watches what is shown, until the value is dropped.
pub(crate) struct Watch {
    shown: Arc<Mutex<Shown>>,
    stop: Arc<AtomicBool>,
    thread: Thread,
}

impl Watch {
    pub(crate) fn start(shell: Arc<Shell>, shown: Shown) -> std::io::Result<Self> {
        let shown = Arc::new(Mutex::new(shown));
        let stop = Arc::new(AtomicBool::new(false));
        let (theirs, stopped) = (Arc::clone(&shown), Arc::clone(&stop));
        let thread = std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || watch(&shell, &theirs, &stopped))?
            .thread()
            .clone();
        Ok(Self { shown, stop, thread })
    }

    /// Looks at the folder now and not after the pause.
    pub(crate) fn look_now(&self) {
        self.thread.unpark();
    }

    /// Looks at what is shown, and may change it.
    pub(crate) fn shown<T>(&self, look: impl FnOnce(&mut Shown) -> T) -> T {
        look(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

fn watch(shell: &Shell, shown: &Mutex<Shown>, stop: &AtomicBool) {
    let lock = || shown.lock().unwrap_or_else(PoisonError::into_inner);
    let task = Task::new(stop, &|_| {});
    let dir = lock().dir.clone();
    let mut took = Duration::ZERO;
    while !stop.load(Ordering::Relaxed) {
        std::thread::park_timeout(PAUSE.max(took * PAUSE_PER_LOOK));
        let Some(turn) = lock().turn() else { continue };
        let began = Instant::now();
        let later = Stamp::take(&dir, &task);
        took = began.elapsed();
        // The plan is compared under the lock: it is exchanged only with the whole value.
        let mut shown = lock();
        if shown.turn() != Some(turn) || stop.load(Ordering::Relaxed) {
            continue;
        }
        let (moved, now) = match &later {
            Ok(later) => {
                let moved = shown.stamp.differs(later);
                // A folder that was moved away and back looks as before, and the web view still believes it gone.
                if moved.is_empty() && !moved.others && !shown.unreadable && !shown.unlooked {
                    continue;
                }
                let same = moved.is_empty() && !shown.unreadable;
                let now =
                    if same { Some(Changes::default()) } else { compare(&dir, shown.plan.as_ref(), &moved, &task) };
                (moved, now)
            }
            Err(_) => (Moved::default(), None),
        };
        let readable = now.is_some();
        let news = shown.news(&moved, now);
        if let Ok(later) = later {
            shown.stamp = later;
            shown.unlooked = true;
        }
        drop(shown);
        let tell = |news: Option<BackendEvent>| {
            if let Some(event) = news.filter(|_| !stop.load(Ordering::Relaxed)) {
                shell.emit(event);
            }
        };
        // At once, since what comes next reads every file.
        tell(news);
        if readable && let Ok(look) = preflight::look(&dir, &task) {
            let mut shown = lock();
            if shown.turn() == Some(turn) {
                let news = shown.found(look);
                drop(shown);
                tell(news);
            }
        }
        took = began.elapsed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with one covered file, and how it is shown after it was read.
    fn shown(signed: bool) -> (tempfile::TempDir, Shown) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.py"), "x = 1\n").unwrap();
        let stamp = Stamp::take(dir.path(), &Task::unwatched()).unwrap();
        let shown = Shown::new(
            FolderHandle("name".to_owned()),
            dir.path().to_owned(),
            None,
            stamp,
            signed,
            (Offered::default(), None),
        );
        (dir, shown)
    }

    /// Of an event: what differs, whether the signature is stale, whether it was changed, whether nothing can be read.
    fn facts(event: Option<BackendEvent>) -> Option<(Changes, bool, bool, bool)> {
        match event? {
            BackendEvent::PluginChanged { folder, changes, signature_stale, signature_changed, unreadable } => {
                assert_eq!(folder.0, "name");
                Some((changes, signature_stale, signature_changed, unreadable))
            }
            other => panic!("{other:?}"),
        }
    }

    fn changed(path: &str) -> Changes {
        Changes { changed: vec![path.to_owned()], ..Changes::default() }
    }

    fn signature_moved() -> Moved {
        let mut moved = Moved::default();
        moved.signature = true;
        moved
    }

    #[test]
    fn a_folder_that_is_gone_is_told_once_and_its_return_once() {
        let (_dir, mut shown) = shown(false);
        let same = Moved::default();
        assert_eq!(facts(shown.news(&same, None)), Some((Changes::default(), false, false, true)));
        for _ in 0..3 {
            assert_eq!(shown.news(&same, None), None);
        }
        assert_eq!(facts(shown.news(&same, Some(Changes::default()))), Some((Changes::default(), false, false, false)));
        assert_eq!(shown.news(&same, Some(Changes::default())), None);
        assert!(shown.news(&same, None).is_some(), "gone again");
    }

    #[test]
    fn differences_add_up_and_are_told_once() {
        let (_dir, mut shown) = shown(true);
        let same = Moved::default();
        assert_eq!(shown.news(&same, Some(Changes::default())), None);
        assert_eq!(facts(shown.news(&same, Some(changed("a.py")))), Some((changed("a.py"), true, false, false)));
        assert_eq!(shown.news(&same, Some(changed("a.py"))), None);
        assert_eq!(shown.news(&same, Some(Changes::default())), None, "what was told stays told");
        let (changes, ..) = facts(shown.news(&same, Some(changed("b.py")))).unwrap();
        assert_eq!(changes.changed, ["a.py", "b.py"]);
    }

    #[test]
    fn a_signature_of_somebody_else_is_told() {
        let (_dir, mut shown) = shown(false);
        let nothing = || Some(Changes::default());
        assert_eq!(facts(shown.news(&signature_moved(), nothing())), Some((Changes::default(), false, true, false)));
        assert_eq!(shown.news(&Moved::default(), nothing()), None);
        shown.signed = true;
        let (_, stale, ..) = facts(shown.news(&signature_moved(), nothing())).unwrap();
        assert!(stale, "what was shown as signed may not be any more");
    }

    #[test]
    fn what_this_window_signs_is_no_news() {
        let (dir, mut shown) = shown(false);
        shown.news(&signature_moved(), Some(Changes::default())).unwrap();
        let before = shown.turn().unwrap();
        shown.writing_begins();
        assert_eq!(shown.turn(), None, "no look counts while it writes");
        std::fs::write(dir.path().join("plugin.sig"), "signature").unwrap();
        let now = Stamp::take(dir.path(), &Task::unwatched()).unwrap();
        shown.writing_ended(Some(now.clone()));
        assert!(shown.turn().unwrap() > before, "a look begun before counts no more");
        assert!(shown.signed && !shown.stale);
        assert!(!shown.stamp.differs(&now).signature);
        let (_, stale, signature_changed, _) = facts(shown.news(&Moved::default(), Some(changed("a.py")))).unwrap();
        assert!(stale && !signature_changed);
    }

    /// What is told of the findings after a look: their codes, and the files that are not covered.
    fn told(shown: &mut Shown) -> Option<(Vec<String>, Vec<String>)> {
        let look = preflight::look(&shown.dir, &Task::unwatched()).unwrap();
        match shown.found(look)? {
            BackendEvent::FindingsChanged { findings, uncovered, .. } => Some((
                findings.into_iter().map(|finding| finding.code).collect(),
                uncovered?.files.into_iter().map(|file| file.path).collect(),
            )),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_there_is_to_know_is_told_when_it_differs() {
        let (dir, mut shown) = shown(false);
        std::fs::write(dir.path().join("plugin.yaml"), "id: a-b\nname: A\nversion: 1.10\nplugin_type: enricher\n")
            .unwrap();
        let (codes, _) = told(&mut shown).unwrap();
        assert!(codes.iter().any(|code| code == "readme-missing"), "{codes:?}");
        assert_eq!(told(&mut shown), None);
        let name = |shown: &Shown| shown.offered.iter().find_map(|(_, edit)| edit.cloned()).unwrap();
        let before = name(&shown);
        std::fs::write(dir.path().join("README.md"), "# A\n").unwrap();
        let (codes, uncovered) = told(&mut shown).unwrap();
        assert!(!codes.iter().any(|code| code == "readme-missing"), "{codes:?}");
        assert_eq!(uncovered, ["README.md"]);
        assert_eq!(name(&shown), before, "a change that is still offered keeps its name");
        // The example of RFC 8410, put together here so that no file of this repository looks like a key.
        let base64 = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
        let key = format!("-----BEGIN {0}-----\n{base64}\n-----END {0}-----\n", "PRIVATE KEY");
        std::fs::write(dir.path().join("deploy.key"), key).unwrap();
        let (codes, uncovered) = told(&mut shown).unwrap();
        assert_eq!(codes[0], "private-key-in-folder");
        assert_eq!(uncovered, ["README.md", "deploy.key"]);
    }

    #[test]
    fn what_comes_while_this_window_signs_is_looked_at_after_it() {
        let (dir, mut shown) = shown(false);
        shown.writing_begins();
        std::fs::write(dir.path().join("README.md"), "# A\n").unwrap();
        shown.writing_ended(Some(Stamp::take(dir.path(), &Task::unwatched()).unwrap()));
        assert!(shown.unlooked);
    }

    #[test]
    fn a_signing_that_failed_leaves_what_was_known() {
        let (_dir, mut shown) = shown(true);
        shown.news(&Moved::default(), Some(changed("a.py"))).unwrap();
        shown.writing_begins();
        shown.writing_ended(None);
        assert!(shown.turn().is_some() && shown.signed && shown.stale);
    }
}
