//! What is really shipped: the plugin in a built package, and as it is committed, judged in memory.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::artifact::Artifact;
use aisoc_publisher_core::causes::{self, Causes, Memory};
use aisoc_publisher_core::shipping::{self, Carrier, Finding};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::tree::Tree;
use aisoc_publisher_core::{committed, rehearsal, state};
use tauri::{Runtime, WebviewWindow};

use super::{Answer, Here};
use crate::dialog;
use crate::state::Shell;
use crate::view::{
    ChosenFile, Failure, FileHandle, FolderHandle, Operation, Shipped, ShippedAs, archive_failure, shown,
};

/// Asks for a built package; null when the dialog was dismissed.
#[tauri::command]
pub(crate) async fn choose_package<R: Runtime>(
    shell: Here<'_>,
    window: WebviewWindow<R>,
) -> Answer<Option<ChosenFile>> {
    let here = Arc::clone(&shell);
    let start = here.call(|shell| Ok(shell.dialog_start())).await?;
    let chosen = dialog::open_file(&window, "Choose a built package", &start).await;
    chosen.map(|file| Ok(ChosenFile { file: shell.give_file(&file)?, place: shown(&file) })).transpose()
}

/// Judges the plugin in a built package, and compares it with the folder that it was made from, where one is open.
#[tauri::command]
pub(crate) async fn check_package(
    shell: Here<'_>,
    operation: Operation,
    file: FileHandle,
    folder: Option<FolderHandle>,
) -> Answer<Shipped> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let file = shell.file(&file)?;
            let dir = folder.map(|folder| shell.folder(&folder)).transpose()?;
            package(shell, &file, dir.as_deref(), &long.task)
        })
        .await
}

/// Judges the plugin as a fresh clone of its repository has it.
#[tauri::command]
pub(crate) async fn check_committed(shell: Here<'_>, operation: Operation, folder: FolderHandle) -> Answer<Shipped> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (dir, task) = (shell.folder(&folder)?, &long.task);
            let committed = committed::read(&dir, task).map_err(|error| Failure::of(&error, Some(&dir)))?;
            let mut findings = compare(&dir, &committed.plugin, Carrier::Commit, task)?;
            findings.extend(committed.look_at_git(&findings));
            let about = ShippedAs::Commit { id: committed.commit, folder: committed.folder };
            judge(shell, &committed.plugin, Some(&dir), about, &findings, task)
        })
        .await
}

fn package(shell: &Shell, file: &Path, dir: Option<&Path>, task: &Task<'_>) -> Result<Shipped, Failure> {
    let artifact = Artifact::read(file, task).map_err(|error| archive_failure(&error))?;
    let folder = artifact.find_plugin().map_err(|error| archive_failure(&error))?;
    let plugin = artifact.plugin_in(&folder).map_err(|error| archive_failure(&error))?;
    let mut findings = shipping::look_at_wheel(&artifact, &folder);
    if let Some(dir) = dir {
        findings.extend(compare(dir, &plugin, Carrier::Archive(artifact.kind()), task)?);
    }
    shipping::add_cures(&mut findings, &artifact, &folder, dir);
    let about = ShippedAs::Package { place: shown(file), kind: artifact.kind().name().to_owned(), folder };
    judge(shell, &plugin, dir, about, &findings, task)
}

fn compare(dir: &Path, plugin: &Tree, carrier: Carrier, task: &Task<'_>) -> Result<Vec<Finding>, Failure> {
    shipping::compare(dir, plugin, carrier, task).map_err(|error| Failure::of(&error, Some(dir)))
}

/// Rehearses a plugin in memory with all of this machine's keys trusted.
fn judge(
    shell: &Shell,
    plugin: &Tree,
    dir: Option<&Path>,
    about: ShippedAs,
    findings: &[Finding],
    task: &Task<'_>,
) -> Result<Shipped, Failure> {
    let home = shell.home()?;
    let trusted = state::trusted(&home.records.all()?);
    let rehearsal = rehearsal::rehearse_tree(plugin, Ok(&trusted), task)?;
    let memory = if rehearsal.mismatch().is_some() { Memory::read(&home.data) } else { Memory::default() };
    let causes = match rehearsal.mismatch() {
        Some(_) => causes::of_tree(plugin, dir, &rehearsal, &trusted, &memory, task)?,
        None => Causes::default(),
    };
    Ok(Shipped::of(about, dir.is_some(), plugin, &rehearsal, (&causes, &memory), findings))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use aisoc_publisher_core::data_folder::DataFolder;

    use super::*;

    fn shell(root: &Path) -> Shell {
        Shell::at(DataFolder::at(root.join("data")), None)
    }

    /// A tar of these files, written as POSIX says it.
    fn tar(files: &[(&str, &str)]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, text) in files {
            let mut header = [0_u8; 512];
            header[..name.len()].copy_from_slice(name.as_bytes());
            header[100..108].copy_from_slice(b"0000644\0");
            header[108..116].copy_from_slice(b"0000000\0");
            header[116..124].copy_from_slice(b"0000000\0");
            header[124..136].copy_from_slice(format!("{:011o}\0", text.len()).as_bytes());
            header[136..148].copy_from_slice(b"00000000000\0");
            header[148..156].copy_from_slice(b"        ");
            header[156] = b'0';
            header[257..265].copy_from_slice(b"ustar\x0000");
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            out.extend_from_slice(&header);
            out.extend_from_slice(text.as_bytes());
            out.resize(out.len().div_ceil(512) * 512, 0);
        }
        out.resize(out.len() + 1024, 0);
        out
    }

    const MANIFEST: &str = "id: acme-demo\nname: Demo\nversion: \"1.0\"\nplugin_type: enricher\n";
    const CODE: &str = "class Plugin:\n    pass\n";

    #[test]
    fn what_a_package_lost_is_named_with_what_the_loader_does() {
        let root = tempfile::tempdir().unwrap();
        let (dir, file) = (root.path().join("demo"), root.path().join("demo.tar"));
        fs::create_dir(&dir).unwrap();
        let signature = "00".repeat(64);
        for (name, text) in
            [("plugin.yaml", MANIFEST), ("plugin.py", CODE), ("more.py", "x = 1\n"), ("plugin.sig", signature.as_str())]
        {
            fs::write(dir.join(name), text).unwrap();
        }
        fs::write(&file, tar(&[("demo-1.0/plugin.yaml", MANIFEST), ("demo-1.0/plugin.py", CODE)])).unwrap();
        let shipped = package(&shell(root.path()), &file, Some(&dir), &Task::unwatched()).unwrap();
        let found: Vec<_> = shipped.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(found, ["shipped-without-signature", "shipped-files-missing"]);
        assert_eq!(shipped.findings[1].paths, ["more.py"]);
        assert!(shipped.findings.iter().all(|finding| finding.cure.is_some() && finding.breaks_signature));
        let strict = &shipped.verdicts[0];
        assert_eq!((strict.loads, strict.reason.as_str()), (false, "unsigned"));
        assert!(matches!(&shipped.about, ShippedAs::Package { folder, .. } if folder == "demo-1.0"));
    }

    #[test]
    fn a_package_that_is_refused_says_why_without_a_word_of_commands() {
        let root = tempfile::tempdir().unwrap();
        let check = |name: &str, bytes: &[u8]| {
            let file = root.path().join(name);
            fs::write(&file, bytes).unwrap();
            package(&shell(root.path()), &file, None, &Task::unwatched()).unwrap_err()
        };
        let twice = tar(&[("a/plugin.yaml", MANIFEST), ("a/plugin.yaml", MANIFEST)]);
        let out = tar(&[("../plugin.yaml", MANIFEST)]);
        let several = tar(&[("a/plugin.yaml", MANIFEST), ("b/plugin.yaml", MANIFEST)]);
        for (bytes, expected) in [(twice, "`a/plugin.yaml`"), (out, "`../plugin.yaml`"), (several, "2 plugins")] {
            let failure = check("demo.tar", &bytes);
            assert!(failure.message.contains(expected), "{failure:?}");
            assert!(!failure.hint.unwrap_or_default().contains("--"));
        }
        assert!(check("notes.txt", b"").message.contains("`"));
    }
}
