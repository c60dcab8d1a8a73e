//! Progress on a terminal, and Ctrl-C.

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aisoc_publisher_core::task::{Progress, Step, Task};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter work shows no bar.
const DELAY: Duration = Duration::from_secs(1);

static CANCELLED: AtomicBool = AtomicBool::new(false);
static IN_TASK: AtomicBool = AtomicBool::new(false);

/// Runs a long call. Ctrl-C cancels it, so that nothing is half done; outside of one, Ctrl-C ends the program as ever.
pub(crate) fn watch<T>(json: bool, work: impl FnOnce(&Task<'_>) -> T) -> T {
    // Where no handler can be set, Ctrl-C ends the program at once, which is safe too: files are renamed into place.
    let _ = ctrlc::set_handler(|| {
        if !IN_TASK.load(Ordering::SeqCst) || CANCELLED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    });
    let start = Instant::now();
    let bar: OnceLock<ProgressBar> = OnceLock::new();
    let shows = !json && std::io::stderr().is_terminal();
    let report = |progress: Progress| {
        if shows && start.elapsed() >= DELAY {
            show(bar.get_or_init(new_bar), progress);
        }
    };
    IN_TASK.store(true, Ordering::SeqCst);
    let result = work(&Task::new(&CANCELLED, &report));
    IN_TASK.store(false, Ordering::SeqCst);
    if let Some(bar) = bar.get() {
        bar.finish_and_clear();
    }
    result
}

fn new_bar() -> ProgressBar {
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
}

fn show(bar: &ProgressBar, progress: Progress) {
    let (words, template) = match progress.step {
        Step::Hashing => ("Hashing", "{msg} {bar:30} {bytes}/{total_bytes}"),
        _ => ("Listing files", "{msg} {pos}"),
    };
    if bar.message() != words {
        // The templates are constants; a wrong one shows in the first test on a terminal.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(words);
    }
    match progress.total {
        Some(total) => bar.set_length(total),
        None => bar.unset_length(),
    }
    bar.set_position(progress.done);
}
