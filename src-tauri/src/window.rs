//! The one window: how it is made, where it may go, and what is dropped on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aisoc_publisher_core::{artifact, atomic, files};
use serde::{Deserialize, Serialize};
use tauri::webview::NewWindowResponse;
use tauri::{
    App, DragDropEvent, LogicalSize, Manager as _, Runtime, Url, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};

use crate::state::Shell;
use crate::view::{BackendEvent, ChosenFile, Failure, shown};

/// The window's label in `tauri.conf.json` and in the capability.
pub(crate) const LABEL: &str = "main";

const SIZE_FILE: &str = "window.json";

/// Opens the window, with the size that it had last.
pub(crate) fn open<R: Runtime>(app: &App<R>) -> tauri::Result<WebviewWindow<R>> {
    let config = app.config().app.windows.iter().find(|window| window.label == LABEL);
    let mut config = config.ok_or(tauri::Error::WindowNotFound)?.clone();
    let shell = app.state::<Arc<Shell>>();
    if let Some(size) = shell.data_folder().and_then(read_size) {
        config.width = size.width.max(config.min_width.unwrap_or_default());
        config.height = size.height.max(config.min_height.unwrap_or_default());
        config.maximized = size.maximized;
    }
    let own = own_page(app);
    let window = WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(move |url| is_own(&own, url))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    let (listener, shell) = (window.clone(), Arc::clone(&shell));
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(event) => drag(&shell, event),
        // Who comes back has often changed something elsewhere.
        WindowEvent::Focused(true) => shell.look_now(),
        WindowEvent::CloseRequested { .. } => keep_size(&listener, &shell),
        _ => {}
    });
    Ok(window)
}

/// Shows the window to somebody who started the program a second time, and opens what they named.
pub(crate) fn show_again<R: Runtime>(app: &tauri::AppHandle<R>, folder: Option<PathBuf>) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // A window manager may refuse any of these; the window is there all the same.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
    if let Some(folder) = folder {
        offer(&app.state::<Arc<Shell>>(), &[folder]);
    }
}

/// Returns the address of the page that is built into the program, or of the development server.
fn own_page<R: Runtime>(app: &App<R>) -> Option<Url> {
    if cfg!(feature = "custom-protocol") {
        let address =
            if cfg!(any(windows, target_os = "android")) { "http://tauri.localhost" } else { "tauri://localhost" };
        return address.parse().ok();
    }
    app.config().build.dev_url.clone()
}

/// Tells whether an address is the program's own page. Nothing else is ever loaded, not even by a link in a manifest.
fn is_own(own: &Option<Url>, url: &Url) -> bool {
    own.as_ref().is_some_and(|own| (own.scheme(), own.host(), own.port()) == (url.scheme(), url.host(), url.port()))
}

fn drag(shell: &Shell, event: &DragDropEvent) {
    match event {
        DragDropEvent::Enter { .. } => shell.emit(BackendEvent::DragOver),
        DragDropEvent::Leave => shell.emit(BackendEvent::DragLeft),
        DragDropEvent::Drop { paths, .. } => offer(shell, paths),
        _ => {}
    }
}

/// Offers a dropped folder or package to the web view, under a handle.
fn offer(shell: &Shell, paths: &[PathBuf]) {
    shell.emit(dropped(shell, paths).unwrap_or_else(|failure| BackendEvent::DropRefused { failure }));
}

fn dropped(shell: &Shell, paths: &[PathBuf]) -> Result<BackendEvent, Failure> {
    match paths {
        [file] if file.is_file() && artifact::Kind::of(file).is_some() => {
            let package = ChosenFile { file: shell.give_file(file)?, place: shown(file) };
            Ok(BackendEvent::PackageDropped { package })
        }
        [folder] => {
            files::check_folder(folder).map_err(|error| {
                Failure::from(error).with_hint(
                    "Drop the folder that holds `plugin.yaml` or `aisoc-plugin.json`, or a package that was built from it",
                )
            })?;
            Ok(BackendEvent::FolderDropped { folder: shell.give_folder(folder)? })
        }
        [] => Err(Failure::own("folder-invalid", "what was dropped is no folder".to_owned())
            .with_hint("Drop the plugin's folder itself, from the file manager")),
        several => Err(Failure::own("folder-invalid", format!("{} things were dropped at once", several.len()))
            .with_hint("Drop one folder, the one that holds `plugin.yaml` or `aisoc-plugin.json`")),
    }
}

/// The window's size, in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Size {
    width: f64,
    height: f64,
    maximized: bool,
}

/// The largest size that is believed.
const LARGEST: f64 = 16_384.0;

/// Reads the size; a missing or strange file is the same as none, since nothing is lost with it.
fn read_size(folder: &Path) -> Option<Size> {
    let text = std::fs::read(folder.join(SIZE_FILE)).ok()?;
    let size: Size = serde_json::from_slice(&text).ok()?;
    let fits = |length: f64| length.is_finite() && (1.0..=LARGEST).contains(&length);
    (fits(size.width) && fits(size.height)).then_some(size)
}

/// Keeps the size beside what else is remembered. Where nothing is remembered yet, no folder is made for it.
fn keep_size<R: Runtime>(window: &WebviewWindow<R>, shell: &Shell) {
    let Some(folder) = shell.data_folder().filter(|folder| folder.is_dir()) else { return };
    let (Ok(inner), Ok(scale), Ok(maximized)) = (window.inner_size(), window.scale_factor(), window.is_maximized())
    else {
        return;
    };
    let LogicalSize { width, height } = inner.to_logical::<f64>(scale);
    let mut size = Size { width, height, maximized };
    if maximized && let Some(before) = read_size(folder) {
        // What it goes back to, not the screen's size.
        (size.width, size.height) = (before.width, before.height);
    }
    if let Ok(text) = serde_json::to_vec(&size) {
        // A size that is not kept is no reason to keep anybody from closing the window.
        let _ = atomic::replace(&folder.join(SIZE_FILE), &text, 0o600);
    }
}

#[cfg(test)]
mod tests {
    use aisoc_publisher_core::data_folder::DataFolder;

    use super::*;

    #[test]
    fn nothing_but_the_own_page_is_loaded() {
        let own: Option<Url> = "tauri://localhost".parse().ok();
        let allowed = |url: &str| is_own(&own, &url.parse().unwrap());
        assert!(allowed("tauri://localhost/index.html"));
        for url in [
            "https://example.com",
            "http://localhost:1420",
            "tauri://localhost.evil",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
            "ipc://localhost",
        ] {
            assert!(!allowed(url), "{url}");
        }
        assert!(!is_own(&None, &"tauri://localhost".parse().unwrap()));
    }

    #[test]
    fn one_folder_or_package_is_taken_and_anything_else_refused() {
        let folder = tempfile::tempdir().unwrap();
        let shell = Shell::at(DataFolder::at(folder.path().join("data")), None);
        let BackendEvent::FolderDropped { folder: handle } = dropped(&shell, &[folder.path().to_owned()]).unwrap()
        else {
            panic!("a folder")
        };
        assert_eq!(shell.folder(&handle).unwrap(), folder.path());
        for name in ["p.whl", "p-1.0.tar.gz", "p.TGZ", "p.zip", "p.tar"] {
            let package = folder.path().join(name);
            std::fs::write(&package, "").unwrap();
            let BackendEvent::PackageDropped { package: given } =
                dropped(&shell, std::slice::from_ref(&package)).unwrap()
            else {
                panic!("{name}")
            };
            assert_eq!(shell.file(&given.file).unwrap(), package);
        }
        let file = folder.path().join("notes.txt");
        std::fs::write(&file, "").unwrap();
        for paths in [vec![], vec![file], vec![folder.path().to_owned(); 2], vec![folder.path().join("gone")]] {
            let failure = dropped(&shell, &paths).unwrap_err();
            assert_eq!(failure.code, "folder-invalid", "{paths:?}");
            assert!(failure.hint.is_some(), "{paths:?}");
        }
    }

    #[test]
    fn a_strange_size_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_size(folder.path()), None);
        let write = |text: &str| {
            std::fs::write(folder.path().join(SIZE_FILE), text).unwrap();
            read_size(folder.path())
        };
        assert!(write(r#"{"width":1000,"height":700,"maximized":false}"#).is_some());
        for strange in [
            "",
            "{}",
            r#"{"width":1e99,"height":700,"maximized":false}"#,
            r#"{"width":-1,"height":7,"maximized":true}"#,
        ] {
            assert_eq!(write(strange), None, "{strange}");
        }
    }
}
