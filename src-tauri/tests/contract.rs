//! What the web view may do, as the files say it that Tauri reads. The real window is tried in `tests/window`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn config() -> Value {
    serde_json::from_str(&read("tauri.conf.json")).unwrap()
}

/// The words of a text that stand between `before` and the next `after`.
fn words(text: &str, before: &str, after: char) -> BTreeSet<String> {
    text.split(before).skip(1).map(|rest| rest.split(after).next().unwrap().to_owned()).collect()
}

/// The directives of a content security policy, each with its sources.
fn directives(policy: &str) -> BTreeSet<String> {
    policy.split(';').map(|directive| directive.trim().to_owned()).collect()
}

#[test]
fn the_policy_lets_nothing_in_but_the_programs_own_files() {
    let security = &config()["app"]["security"];
    let policy = security["csp"].as_str().unwrap();
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("data:"), "{policy}");
    assert!(directives(policy).contains("default-src 'none'"), "{policy}");
    for directive in directives(policy) {
        let mut sources = directive.split(' ');
        let allowed: &[&str] = match sources.next().unwrap() {
            // How the page speaks to this process.
            "connect-src" => &["ipc:", "http://ipc.localhost"],
            "script-src" | "style-src" | "img-src" | "font-src" => &["'self'"],
            _ => &["'none'"],
        };
        assert!(sources.all(|source| allowed.contains(&source)), "{directive}");
    }
    for dangerous in
        ["devCsp", "dangerousDisableAssetCspModification", "assetProtocol", "dangerousRemoteDomainIpcAccess"]
    {
        assert_eq!(security[dangerous], Value::Null, "{dangerous}");
    }
    assert_eq!(security["freezePrototype"], json!(true));
}

/// The UI is tested in a browser under the same policy, but that a browser has no IPC and is served from `'self'`.
#[test]
fn the_ui_is_tested_under_the_same_policy() {
    let policy = config()["app"]["security"]["csp"].as_str().unwrap().to_owned();
    let source = read("../ui/csp.ts");
    let tested = words(&source, "\n  \"", '"');
    let expected = directives(&policy).into_iter().map(|directive| match directive.as_str() {
        "connect-src ipc: http://ipc.localhost" => format!("{directive} 'self'"),
        _ => directive,
    });
    assert_eq!(tested, expected.collect());
}

#[test]
fn there_is_one_window_and_no_global_door_to_tauri() {
    let app = &config()["app"];
    assert_eq!(app["withGlobalTauri"], json!(false));
    let windows = app["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 1);
    // Made in Rust, where navigation and new windows are refused.
    assert_eq!((&windows[0]["label"], &windows[0]["create"]), (&json!("main"), &json!(false)));
    assert!(windows[0].get("url").is_none());
}

/// WebKitGTK opens nothing for a program that says nothing, so that no test with it can see the refusal go; other web
/// views open a browser.
#[test]
fn the_window_refuses_other_pages_and_other_windows() {
    let source = read("src/window.rs");
    for line in [".on_navigation(move |url| is_own(&own, url))", ".on_new_window(|_, _| NewWindowResponse::Deny)"] {
        assert_eq!(source.matches(&format!("\n        {line}\n")).count(), 1, "{line}");
    }
    assert_eq!(source.matches("WebviewWindowBuilder::").count(), 1, "there is one way to a window");
}

#[test]
fn every_command_is_granted_by_name_and_nothing_else_is() {
    let commands = words(&read("build.rs"), "\n    \"", '"');
    let handlers = words(&read("src/commands/mod.rs"), "\n        ", ',');
    let handlers: BTreeSet<_> =
        handlers.iter().filter_map(|path| path.rsplit_once("::")).map(|(_, name)| name.to_owned()).collect();
    assert_eq!(handlers, commands, "build.rs and the handlers");
    let called = words(&read("../ui/src/lib/backend/tauri.ts"), "invoke('", '\'');
    assert_eq!(called, commands, "build.rs and what the page calls");

    let files: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("capabilities"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(config()["app"]["security"]["capabilities"], json!(["main"]));
    let capability: Value = serde_json::from_str(&read("capabilities/main.json")).unwrap();
    assert_eq!(capability["windows"], json!(["main"]));
    for absent in ["remote", "webviews", "local"] {
        assert_eq!(capability[absent], Value::Null, "{absent}");
    }
    let granted: BTreeSet<_> =
        capability["permissions"].as_array().unwrap().iter().map(|permission| permission.as_str().unwrap()).collect();
    let names = commands.iter().map(|command| format!("allow-{}", command.replace('_', "-")));
    assert_eq!(granted, names.collect::<BTreeSet<_>>().iter().map(String::as_str).collect());
}

/// The ways for a page to reach Tauri: its package, however it is imported, and what that package itself calls.
const DOORS: [&str; 3] = ["@tauri-apps", "__TAURI", "isTauri"];

/// Tells whether a file of the UI uses a door. To look whether one is there, as the browser tests need it, is not to use it.
fn speaks(text: &str) -> bool {
    let text = text.replace("'__TAURI_INTERNALS__' in window", "");
    DOORS.iter().any(|door| text.contains(door))
}

#[test]
fn one_file_of_the_ui_speaks_to_tauri() {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            // Tests are no part of the page; one of them looks for the same words.
            } else if !path.to_string_lossy().ends_with(".test.ts")
                && speaks(&fs::read_to_string(&path).unwrap_or_default())
            {
                found.push(path.file_name().unwrap().to_owned());
            }
        }
    }
    assert_eq!(found, ["tauri.ts"]);
}
