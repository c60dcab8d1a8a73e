//! Puts an entry into an index and prints how many seconds that took: `edit_index FILE`. For `tests/bench/index.py`.
#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::path::Path;
use std::time::Instant;

use aisoc_publisher_core::entry::Entry;
use aisoc_publisher_core::index::Index;
use aisoc_publisher_core::manifest::PluginId;
use aisoc_publisher_core::task::Task;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("an index is missing")?;
    let text = |text: &str| Some(text.to_owned());
    let entry = Entry {
        id: PluginId::new("myorg.virustotal").ok_or("no id")?,
        name: "VirusTotal Enricher".to_owned(),
        item_type: "plugin",
        description: text("Enriches IPs, domains and hashes via VirusTotal API."),
        author: text("My Org"),
        version: "1.0.0".to_owned(),
        tags: vec!["threat-intel".to_owned(), "enrichment".to_owned()],
        url: text("https://github.com/myorg/aisoc-virustotal"),
        install: text("pip install aisoc-plugin-virustotal"),
        signing_key_id: "myorg-prod".parse()?,
    };
    let started = Instant::now();
    Index::read(Path::new(&path), &Task::unwatched())?.plan(&entry)?.write()?;
    println!("{}", started.elapsed().as_secs_f64());
    Ok(())
}
