//! Environment variables that WebKit and Tauri read, set right before either starts.

/// Lets another program drive the window through WebDriver. Tauri reads it.
#[cfg(target_os = "linux")]
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Draws without DMA buffers. WebKit reads it.
#[cfg(target_os = "linux")]
const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Lets scripts be compiled to machine code at run time. WebKit's JavaScriptCore reads it.
#[cfg(target_os = "linux")]
const JIT: &str = "JSC_useJIT";

/// Tells whether a build may be driven by tests.
#[cfg(target_os = "linux")]
const fn may_be_driven(is_release: bool, has_automation: bool) -> bool {
    !is_release || has_automation
}

/// Prepares the environment. Comes before anything starts a thread.
///
/// WebKitGTK's DMA-BUF renderer shows an empty window with some graphics drivers and on remote displays, and a window
/// of forms gains nothing from it; without it the window also takes a quarter less memory.
///
/// Scripts are interpreted: memory that is written and then run is what most attacks on a web view need, and the window's
/// few scripts do not gain from compilation what its compiler takes in memory.
///
/// Whoever set one of these variables, to whatever value, keeps it.
#[cfg(target_os = "linux")]
pub(crate) fn prepare() {
    allow_automation(may_be_driven(!cfg!(debug_assertions), cfg!(feature = "automation")));
    // Should it fail, WebKit chooses for itself, as it does where this program is not.
    let _ = glib::setenv(NO_DMABUF, "1", false);
    let _ = glib::setenv(JIT, "0", false);
}

/// Takes the wish to be driven out of the environment, unless this build may be.
///
/// Otherwise whoever can start this program could read and press everything in its window.
#[cfg(target_os = "linux")]
fn allow_automation(allowed: bool) {
    if !allowed {
        glib::unsetenv(AUTOMATION);
    }
}

/// Nothing: only WebKitGTK reads these.
#[cfg(not(target_os = "linux"))]
pub(crate) fn prepare() {}

/// Tells whether there is an address at which a session bus could answer.
///
/// Containers and `sudo` leave addresses such as `disabled:`, an empty one or a path, and the plugin that finds the first
/// window through the bus ends the program for them.
#[cfg(target_os = "linux")]
pub(crate) fn names_session_bus() -> bool {
    zbus::Address::session().is_ok()
}

/// Yes: elsewhere no bus is needed to find the first window.
#[cfg(not(target_os = "linux"))]
pub(crate) fn names_session_bus() -> bool {
    true
}

/// Tells whether a display is named that a window could open on.
pub(crate) fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_driven_only_where_it_was_built_for_that() {
        let answers = [(false, false), (false, true), (true, false), (true, true)]
            .map(|(is_release, has_automation)| may_be_driven(is_release, has_automation));
        assert_eq!(answers, [true, true, false, true]);
    }

    #[test]
    fn only_test_builds_are_driven() {
        glib::setenv(AUTOMATION, "true", true).unwrap();
        allow_automation(true);
        assert_eq!(std::env::var(AUTOMATION).as_deref(), Ok("true"));
        allow_automation(false);
        assert_eq!(std::env::var_os(AUTOMATION), None);
    }
}
