//! A Tauri window with one page and nothing else: what `scripts/bench` measures the real window beside.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
