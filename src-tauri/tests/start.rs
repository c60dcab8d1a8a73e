//! What happens at the program's start, before there is a window.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env::var;
use std::process::ExitCode;

/// Alone in its program: it changes the environment of all of it.
#[test]
fn the_environment_is_prepared_before_anything_else() {
    glib::unsetenv("DISPLAY");
    glib::unsetenv("WAYLAND_DISPLAY");
    glib::unsetenv("WEBKIT_DISABLE_DMABUF_RENDERER");
    glib::unsetenv("JSC_useJIT");
    glib::setenv("TAURI_WEBVIEW_AUTOMATION", "true", true).unwrap();
    assert_eq!(aisoc_publisher_desktop::run(), ExitCode::FAILURE, "there is no display");
    assert_eq!(var("WEBKIT_DISABLE_DMABUF_RENDERER").as_deref(), Ok("1"));
    assert_eq!(var("JSC_useJIT").as_deref(), Ok("0"));
    let driven = cfg!(any(debug_assertions, feature = "automation"));
    assert_eq!(var("TAURI_WEBVIEW_AUTOMATION").is_ok(), driven);
}
