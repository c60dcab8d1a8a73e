//! What the window's process holds: the names it gave out, the calls under way, the folder that is open.

mod handles;
mod latest;
mod offered;
mod operations;
mod throttle;
mod watch;

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::keystore::OsKeyStore;
use aisoc_publisher_core::publisher::Publisher;
use aisoc_publisher_core::pull_request::Kit;
use aisoc_publisher_core::receipts::Receipts;
use aisoc_publisher_core::recents::Recents;
use aisoc_publisher_core::records::{Record, Records};
use aisoc_publisher_core::task::{Cancelled, Task};
use tauri::ipc::Channel;

use crate::view::{
    BackendEvent, Failure, FileHandle, FolderHandle, KeyHandle, KitHandle, Operation, Progress, key_failure,
};
use handles::Handles;
use latest::Latest;
pub(crate) use latest::Turn;
pub(crate) use offered::Offered;
use operations::Operations;
use throttle::Throttle;
pub(crate) use watch::{Shown, Watch};

/// The window's process, shared by all commands.
#[derive(Default)]
pub struct Shell {
    home: Option<Home>,
    argument: Option<PathBuf>,
    folders: Handles<PathBuf>,
    files: Handles<PathBuf>,
    clones: Handles<PathBuf>,
    keys: Handles<String>,
    scripts: Handles<String>,
    operations: Operations,
    events: Mutex<Option<Channel<BackendEvent>>>,
    opened: Mutex<OpenPlugin>,
    composing: Latest<FolderHandle>,
    kit: Mutex<Option<(KitHandle, Arc<Kit>)>>,
}

/// What the web view shows, and the last call that was to change that.
#[derive(Default)]
struct OpenPlugin {
    newest: Option<Operation>,
    watch: Option<Watch>,
}

/// Where this user's keys and memories are.
pub(crate) struct Home {
    pub(crate) data: DataFolder,
    pub(crate) records: Records,
    pub(crate) recents: Recents,
    pub(crate) receipts: Receipts,
}

impl Home {
    fn at(data: DataFolder) -> Self {
        Self {
            records: Records::new(data.clone()),
            recents: Recents::new(data.clone()),
            receipts: Receipts::new(data.clone()),
            data,
        }
    }

    /// Returns the keyring, which a person may take their time to unlock.
    pub(crate) fn keyring(&self) -> OsKeyStore {
        OsKeyStore::new(self.data.clone())
    }

    /// Returns the keyring for a question that is not worth waiting for.
    pub(crate) fn keyring_within(&self, limit: Duration) -> OsKeyStore {
        OsKeyStore::with_time_limit(self.data.clone(), limit)
    }
}

impl Shell {
    /// Makes the state for the user who runs this, with the folder named on the command line.
    pub fn new(argument: Option<PathBuf>) -> Self {
        // A user without a home folder is told so by the first command.
        Self { home: DataFolder::of_user().ok().map(Home::at), argument, ..Self::default() }
    }

    /// Makes the state with a data folder of the caller's, for tests.
    pub fn at(data: DataFolder, argument: Option<PathBuf>) -> Self {
        Self { home: Some(Home::at(data)), argument, ..Self::default() }
    }

    /// Returns where things are remembered.
    ///
    /// # Errors
    /// When the user has no home folder.
    pub(crate) fn home(&self) -> Result<&Home, Failure> {
        match &self.home {
            Some(home) => Ok(home),
            None => Err(match DataFolder::of_user() {
                Err(error) => error.into(),
                Ok(_) => Failure::internal("this user's data folder appeared after the start"),
            }),
        }
    }

    pub(crate) fn data_folder(&self) -> Option<&Path> {
        self.home.as_ref().map(|home| home.data.path())
    }

    /// Names a folder for the web view. This is the only way for a folder to become something that it can speak of.
    pub(crate) fn give_folder(&self, folder: &Path) -> Result<FolderHandle, Failure> {
        let folder = std::path::absolute(folder).map_err(Failure::internal)?;
        self.folders.give(&folder).map(FolderHandle).map_err(Failure::internal)
    }

    /// Finds the folder that the web view speaks of.
    ///
    /// # Errors
    /// For a handle that was not given out, whatever it looks like.
    pub(crate) fn folder(&self, handle: &FolderHandle) -> Result<PathBuf, Failure> {
        self.folders.find(&handle.0).ok_or_else(|| Failure::unknown_handle("folder"))
    }

    /// Names a clone for the web view, one that was chosen as such. No other folder gets anything written, or its script run.
    pub(crate) fn give_clone(&self, folder: &Path) -> Result<FolderHandle, Failure> {
        self.clones.give(&folder.to_owned()).map(FolderHandle).map_err(Failure::internal)
    }

    /// Finds the clone that the web view speaks of.
    ///
    /// # Errors
    /// For a handle that was not given out for a clone.
    pub(crate) fn clone_of(&self, handle: &FolderHandle) -> Result<PathBuf, Failure> {
        self.clones.find(&handle.0).ok_or_else(|| Failure::unknown_handle("clone"))
    }

    /// Names a script that is shown, by all that its run depends on: the web view can only agree to what it was given.
    pub(crate) fn give_script(&self, script: &str) -> Result<String, Failure> {
        self.scripts.give(&script.to_owned()).map_err(Failure::internal)
    }

    /// Finds the script that was shown under this name.
    ///
    /// # Errors
    /// For a name that was not given out.
    pub(crate) fn script(&self, name: &str) -> Result<String, Failure> {
        self.scripts.find(name).ok_or_else(|| Failure::unknown_handle("script"))
    }

    /// Names a file for the web view, one that a dialog named.
    pub(crate) fn give_file(&self, file: &Path) -> Result<FileHandle, Failure> {
        let file = std::path::absolute(file).map_err(Failure::internal)?;
        self.files.give(&file).map(FileHandle).map_err(Failure::internal)
    }

    /// Finds the file that the web view speaks of.
    ///
    /// # Errors
    /// For a handle that was not given out.
    pub(crate) fn file(&self, handle: &FileHandle) -> Result<PathBuf, Failure> {
        self.files.find(&handle.0).ok_or_else(|| Failure::unknown_handle("file"))
    }

    /// Names a key for the web view.
    pub(crate) fn give_key(&self, id: &KeyId) -> Result<KeyHandle, Failure> {
        self.keys.give(&id.to_string()).map(KeyHandle).map_err(Failure::internal)
    }

    /// Finds the key that the web view speaks of, with its public facts.
    ///
    /// # Errors
    /// For a handle that was not given out, or when the key is no longer remembered.
    pub(crate) fn key(&self, handle: &KeyHandle) -> Result<Record, Failure> {
        let unknown = || Failure::unknown_handle("key");
        let id = self.keys.find(&handle.0).ok_or_else(unknown)?;
        let id = KeyId::from_str(&id).map_err(Failure::from)?;
        self.home()?.records.find(&id)?.ok_or_else(unknown)
    }

    /// Finds a key as [`key`](Self::key) does, for something that others will see. A revoked one is refused.
    pub(crate) fn living_key(&self, handle: &KeyHandle) -> Result<Record, Failure> {
        let (record, home) = (self.key(handle)?, self.home()?);
        let keyring = home.keyring();
        // The same key may have been revoked under another id.
        let refused = Publisher::new(&keyring, &home.records).refuse_revoked_key(&record.spki);
        refused.map_err(|error| key_failure(&error))?;
        Ok(record)
    }

    /// Names what a pull request needs for the web view, which can speak of no earlier one then.
    pub(crate) fn give_kit(&self, kit: &Arc<Kit>) -> Result<KitHandle, Failure> {
        let name = KitHandle(handles::name().map_err(Failure::internal)?);
        *self.kit.lock().unwrap_or_else(PoisonError::into_inner) = Some((name.clone(), Arc::clone(kit)));
        Ok(name)
    }

    /// Finds what a pull request needs that the web view speaks of.
    ///
    /// # Errors
    /// For a handle that was not given out last.
    pub(crate) fn kit(&self, handle: &KitHandle) -> Result<Arc<Kit>, Failure> {
        let kept = self.kit.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.as_ref().filter(|(name, _)| name == handle);
        found.map(|(_, kit)| Arc::clone(kit)).ok_or_else(|| Failure::unknown_handle("pull request"))
    }

    /// Returns where a dialog begins: beside the plugin opened last, or in the user's home folder.
    pub(crate) fn dialog_start(&self) -> PathBuf {
        let recents = self.home.as_ref().and_then(|home| home.recents.all().ok()).unwrap_or_default();
        let beside = recents.iter().filter_map(|recent| recent.folder.parent()).find(|folder| folder.is_dir());
        beside.map(Path::to_owned).or_else(std::env::home_dir).unwrap_or_default()
    }

    /// Returns the folder named on the command line.
    pub(crate) fn argument(&self) -> Option<&Path> {
        self.argument.as_deref()
    }

    /// Ends what is under way, before the process does.
    pub(crate) fn stop(&self, limit: Duration) {
        self.operations.stop(limit);
    }

    /// Sends events to `channel` from now on, to a page that was just loaded and knows of no earlier call.
    pub(crate) fn subscribe(&self, channel: Channel<BackendEvent>) {
        self.operations.reset();
        self.opened().newest = None;
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = Some(channel);
    }

    /// Tells the web view something. Before it listens, and after it is gone, there is nobody to tell.
    pub(crate) fn emit(&self, event: BackendEvent) {
        if let Some(channel) = &*self.events.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = channel.send(event);
        }
    }

    /// Wishes a call to end.
    pub(crate) fn cancel(&self, operation: Operation) {
        self.operations.cancel(operation);
    }

    /// Notes that a call to open a plugin arrived; only the newest has a say in what is shown.
    pub(crate) fn opens(&self, operation: Operation) {
        let mut opened = self.opened();
        opened.newest = opened.newest.max(Some(operation));
    }

    /// Finishes a call that opens a plugin: watches what is shown now, and nothing that was shown before.
    ///
    /// Calls may end in another order than they began. `finish` is what must not happen for one that nobody waits for.
    ///
    /// # Errors
    /// `cancelled`, with nothing done, when the call was cancelled or a newer one began; those of `finish`.
    pub(crate) fn show<T>(
        self: &Arc<Self>,
        long: &Long<'_>,
        finish: impl FnOnce() -> Result<(Shown, T), Failure>,
    ) -> Result<T, Failure> {
        let mut opened = self.opened();
        long.task.check()?;
        if opened.newest > Some(long.operation) {
            return Err(Cancelled.into());
        }
        let (shown, answer) = finish()?;
        opened.watch = Some(Watch::start(Arc::clone(self), shown).map_err(Failure::internal)?);
        Ok(answer)
    }

    fn opened(&self) -> MutexGuard<'_, OpenPlugin> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a call to compose the plugin's entry arrived, which ends those before it.
    pub(crate) fn composes(&self, folder: &FolderHandle) -> Turn {
        self.composing.arrive(folder)
    }

    /// Looks at what is shown, and may change it.
    pub(crate) fn shown<T>(&self, folder: &FolderHandle, look: impl FnOnce(&mut Shown) -> T) -> Option<T> {
        self.opened()
            .watch
            .as_ref()
            .and_then(|watch| watch.shown(|shown| (shown.folder == *folder).then(|| look(shown))))
    }

    /// Looks at the folder that is open, now.
    pub(crate) fn look_now(&self) {
        if let Some(watch) = &self.opened().watch {
            watch.look_now();
        }
    }

    /// Runs a call of the core's away from the thread that draws.
    ///
    /// # Errors
    /// Those of the call.
    pub(crate) async fn call<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Arc<Self>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let shell = Arc::clone(self);
        tauri::async_runtime::spawn_blocking(move || work(&shell)).await.map_err(Failure::internal)?
    }

    /// Runs a long call, which reports progress and ends soon after [`Shell::cancel`] names it.
    ///
    /// # Errors
    /// Those of the call.
    pub(crate) async fn operate<T: Send + 'static>(
        self: &Arc<Self>,
        operation: Operation,
        work: impl FnOnce(&Arc<Self>, &Long<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.call(move |shell| {
            let running = shell.operations.begin(operation);
            let throttle = Throttle::default();
            let report = |progress| {
                if let Some(progress) = Progress::of(progress).filter(|progress| throttle.lets_through(progress)) {
                    shell.emit(BackendEvent::Progress { operation, progress });
                }
            };
            let long =
                Long { shell, operation, task: Task::new(running.cancelled(), &report), cancelled: running.flag() };
            work(shell, &long)
        })
        .await
    }
}

/// A long call under way.
pub(crate) struct Long<'a> {
    shell: &'a Shell,
    operation: Operation,
    /// Progress and cancellation, as the core knows them.
    pub(crate) task: Task<'a>,
    /// Becomes true when the call should end.
    pub(crate) cancelled: Arc<std::sync::atomic::AtomicBool>,
}

impl Long<'_> {
    /// Says that the keyring is being waited for.
    pub(crate) fn waits_for_keyring(&self) {
        self.shell.emit(BackendEvent::Progress { operation: self.operation, progress: Progress::KEYRING });
    }
}
