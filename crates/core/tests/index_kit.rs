//! The pull request of an entry in an index: real Git applies the patch and runs the steps, in clones of every kind.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod sample;

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aisoc_publisher_core::entry::{self, Options, Prepared};
use aisoc_publisher_core::index::Index;
use aisoc_publisher_core::pull_request::{Error, Kit, Notice, Request};
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain as _};
use sample::{key, key_id, sample, write};
use tempfile::TempDir;

const NAME: &str = "marketplace/index.json";

const INDEX: &str = "{\n  \"items\": [\n    {\n      \"id\": \"aaa\",\n      \"type\": \"plugin\"\n    }\n  ]\n}\n";

/// With an older release of the sample, by somebody else.
const OLDER: &str = "{\n  \"items\": [\n    {\n      \"id\": \"myorg.virustotal\",\n      \"type\": \"plugin\",\n      \
                     \"version\": \"2.0\",\n      \"url\": \"https://real.example/a\",\n      \
                     \"signing_key_id\": \"real-prod\",\n      \"author\": \"Zo\\u00eb\\n+ version: 9\"\n    }\n  ]\n}\n";

struct Desk {
    plugin: TempDir,
    prepared: Prepared,
    /// A bare repository with the index, and clones of it.
    all: TempDir,
}

impl Desk {
    fn new(index: &str) -> Self {
        let plugin = sample();
        let task = Task::unwatched();
        Plan::look(plugin.path(), &task).unwrap().sign(&key_id(), &key(), None, &task).unwrap();
        let options = Options::default();
        let prepared = entry::prepare(plugin.path(), &key_id(), Some(key().public()), &options, &task).unwrap();
        let all = tempfile::tempdir().unwrap();
        let first = all.path().join("first");
        write(&first, NAME, index);
        write(&first, "README.md", "An index\n");
        git(&first, &["init", "--quiet"]);
        git(&first, &["add", "--all"]);
        git(&first, &["commit", "--quiet", "-m", "first"]);
        git(all.path(), &["clone", "--quiet", "--bare", "first", "bare"]);
        Self { plugin, prepared, all }
    }

    /// Clones the repository with these settings.
    fn clone(&self, name: &str, settings: &[&str]) -> PathBuf {
        let mut arguments = vec!["clone", "--quiet"];
        arguments.extend(settings.iter().flat_map(|setting| ["-c", setting]));
        arguments.extend(["bare", name]);
        git(self.all.path(), &arguments);
        self.all.path().join(name)
    }

    fn try_kit(&self, index: &Path, write: bool) -> Result<Kit, Error> {
        let change = Index::read(index, &Task::unwatched()).unwrap().plan(&self.prepared.entry).unwrap();
        if write {
            change.write().unwrap();
        }
        let key = key();
        let request = Request {
            dir: self.plugin.path(),
            prepared: &self.prepared,
            key: key.public(),
            index: Some(&change),
            written: write,
        };
        Kit::prepare(&request, &Task::unwatched())
    }

    fn kit(&self, index: &Path) -> Kit {
        self.try_kit(index, false).unwrap()
    }

    fn save(&self, kit: &Kit, name: &str) -> PathBuf {
        let place = self.all.path().join(name);
        kit.save(&place).unwrap();
        place
    }
}

fn command(program: &str, folder: &Path) -> Command {
    let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .envs(who.map(|name| (name, "nobody@example.org")));
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let defaults = ["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"];
    command("git", folder).args(defaults).args(arguments).output().expect("this test runs `git`")
}

#[track_caller]
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The index as it is staged.
fn staged(clone: &Path) -> String {
    git(clone, &["show", &format!(":{NAME}")])
}

/// What Python reads, with the entry put in behind the items.
#[track_caller]
fn assert_has(index: &str, before: &str, entry: &Prepared) {
    let script = "import json, sys\nnow, before, entry = (json.loads(text) for text in sys.argv[1:])\n\
                  before['items'].append(entry)\nassert now == before, now\n";
    let python = std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let entry = serde_json::to_string(&entry.entry).unwrap();
    let output = Command::new(python).args(["-c", script, index, before, &entry]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The commands are run to the letter, in one piece.
fn follow(place: &Path, folder: &Path) -> String {
    let steps = fs::read_to_string(place.join("steps.txt")).unwrap();
    let block = steps.split("\n\n").find(|block| block.starts_with("cd ")).unwrap();
    let output = command("sh", folder).args(["-c", block]).output().unwrap();
    assert!(output.status.success(), "{steps}\n{}", String::from_utf8_lossy(&output.stderr));
    steps
}

/// From a clone with any line endings comes a patch that applies there and in one without settings.
#[test]
fn the_patch_is_of_what_git_has() {
    for (number, settings) in
        [&[][..], &["core.autocrlf=true"], &["core.autocrlf=input"], &["core.autocrlf=true", "apply.whitespace=fix"]]
            .into_iter()
            .enumerate()
    {
        let desk = Desk::new(INDEX);
        let own = desk.clone("own", settings);
        let has_crlf = fs::read(own.join(NAME)).unwrap().windows(2).any(|two| two == b"\r\n");
        assert_eq!(has_crlf, number % 2 == 1, "{settings:?}");
        let place = desk.save(&desk.kit(&own.join(NAME)), "kit");
        let other = desk.clone("other", &[]);
        for clone in [&own, &other] {
            let patch = place.join("change.patch");
            git(clone, &["apply", "--index", "--whitespace=nowarn", patch.to_str().unwrap()]);
            assert_has(&staged(clone), INDEX, &desk.prepared);
            assert!(!staged(clone).contains('\r'), "{settings:?}");
        }
        assert_eq!(staged(&own), staged(&other));
    }
}

#[test]
fn attributes_and_committed_line_endings_are_kept() {
    let crlf = INDEX.replace('\n', "\r\n");
    for (attributes, index) in [("*.json text eol=crlf\n", INDEX), ("*.json -text\n", &crlf), ("", &crlf)] {
        let desk = Desk::new(index);
        let first = desk.all.path().join("first");
        write(&first, ".gitattributes", attributes);
        git(&first, &["add", "--all"]);
        git(&first, &["commit", "--quiet", "-m", "attributes"]);
        git(&first, &["push", "--quiet", "../bare", "HEAD"]);
        let own = desk.clone("own", &[]);
        assert!(fs::read_to_string(own.join(NAME)).unwrap().contains('\r'), "{attributes}");
        let place = desk.save(&desk.kit(&own.join(NAME)), "kit");
        for clone in [own, desk.clone("other", &[])] {
            let patch = place.join("change.patch");
            git(&clone, &["apply", "--index", "--whitespace=nowarn", patch.to_str().unwrap()]);
            let now = staged(&clone);
            assert_has(&now, index, &desk.prepared);
            let is_crlf = index.contains('\r');
            assert_eq!(now.matches("\r\n").count(), if is_crlf { now.matches('\n').count() } else { 0 });
        }
    }
}

/// The steps make the same commit, whatever the file here is by then, and leave that as it is.
#[test]
fn the_steps_lead_to_the_commit() {
    let with_other = INDEX.replace("aaa", "aab");
    for (name, write_first, here) in
        [("clean", false, INDEX), ("written", true, INDEX), ("other", false, &with_other), ("both", true, &with_other)]
    {
        let desk = Desk::new(INDEX);
        let own = desk.clone("own", &["core.autocrlf=true", "apply.whitespace=error-all"]);
        let index = own.join(NAME);
        if here == INDEX {
            // As it was checked out, and written anew since.
            fs::write(&index, fs::read(&index).unwrap()).unwrap();
        } else {
            write(&own, NAME, here);
        }
        let kit = desk.try_kit(&index, write_first).unwrap();
        let notices: Vec<_> = kit.notices.iter().map(|notice| notice.code()).collect();
        let expected = if here == INDEX { vec![] } else { vec![Code::IndexUncommitted] };
        assert_eq!(notices, expected, "{name}");
        let before = fs::read_to_string(&index).unwrap();
        let place = desk.save(&kit, "the kit's");
        follow(&place, &own.join("marketplace"));
        let now = git(&own, &["show", &format!("HEAD:{NAME}")]);
        assert_has(&now, INDEX, &desk.prepared);
        assert_eq!(git(&own, &["diff", "--name-only", "HEAD~1", "HEAD"]), format!("{NAME}\n"), "{name}");
        assert_eq!(git(&own, &["log", "-1", "--format=%s"]), format!("{}\n", kit.title));
        assert_eq!(git(&desk.all.path().join("bare"), &["rev-parse", &kit.branch]), git(&own, &["rev-parse", "HEAD"]));
        if name == "clean" {
            assert_eq!(git(&own, &["status", "--porcelain"]), "");
        } else {
            assert_eq!(fs::read_to_string(&index).unwrap(), before, "{name}");
        }
        if name == "written" {
            // Once it is committed, there is nothing left to ask for; Git sees no other change either.
            git(&own, &["add", NAME]);
            assert_eq!(git(&own, &["status", "--porcelain"]), "");
            assert_eq!(desk.try_kit(&index, false).unwrap_err().code(), Code::IndexSame);
        }
    }
}

/// Written in one run, asked for in the next: the commit has not got it yet.
#[test]
fn a_written_index_still_has_a_patch() {
    let desk = Desk::new(INDEX);
    let own = desk.clone("own", &[]);
    let index = own.join(NAME);
    let first = desk.try_kit(&index, true).unwrap();
    let later = desk.kit(&index);
    assert!(!later.patch.is_empty() && first.patch == later.patch);
    assert_eq!((first.title, first.body), (later.title.clone(), later.body.clone()));
    follow(&desk.save(&later, "kit"), &own);
    assert_eq!(git(&own, &["status", "--porcelain"]), "");
}

/// As `git diff` writes the same change, ids included.
#[test]
fn git_writes_the_same_patch() {
    for executable in [false, true] {
        let desk = Desk::new(INDEX);
        let first = desk.all.path().join("first");
        if executable {
            git(&first, &["update-index", "--chmod=+x", NAME]);
            git(&first, &["commit", "--quiet", "-m", "x"]);
            git(&first, &["reset", "--quiet", "--hard"]);
        }
        let kit = desk.kit(&first.join(NAME));
        let place = desk.save(&kit, "kit");
        git(&first, &["apply", "--index", place.join("change.patch").to_str().unwrap()]);
        assert_eq!(String::from_utf8(kit.patch).unwrap(), git(&first, &["diff", "--cached", "--full-index"]));
        git(&first, &["reset", "--quiet", "--hard"]);
        // And what it names is there for a merge.
        let merged = run(&first, &["apply", "--3way", place.join("change.patch").to_str().unwrap()]);
        let said = String::from_utf8_lossy(&merged.stderr);
        assert!(merged.status.success() && !said.contains("lacks the necessary blob"), "{said}");
    }
}

#[test]
fn an_index_has_the_name_that_git_gives_it() {
    let desk = Desk::new(INDEX);
    let own = desk.clone("own", &[]);
    std::os::unix::fs::symlink("marketplace", own.join("link")).unwrap();
    let through_link = desk.kit(&own.join("link/index.json"));
    assert_eq!(through_link.patch, desk.kit(&own.join(NAME)).patch);

    let bad = [own.join(".git/index.json"), own.join("sub/.GIT/index.json"), own.join("a\nb.json")];
    for path in bad.into_iter().chain([own.join(std::ffi::OsStr::from_bytes(b"\xff.json"))]) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, INDEX).unwrap();
        assert_eq!(desk.try_kit(&path, false).unwrap_err().code(), Code::BadPath, "{}", path.display());
    }
    fs::remove_dir_all(own.join("sub")).unwrap();
    let odd = ["a\\b.json", "-tab\t \"quote\" ä.json", " sub/index.json "];
    odd.iter().for_each(|name| drop(write(&own, name, INDEX)));
    git(&own, &["add", "--", odd[0], odd[1], odd[2]]);
    git(&own, &["commit", "--quiet", "-m", "odd"]);
    for (number, name) in odd.into_iter().enumerate() {
        follow(&desk.save(&desk.kit(&own.join(name)), &format!("odd{number}")), &own);
        assert_has(&git(&own, &["show", &format!("HEAD:{name}")]), INDEX, &desk.prepared);
        git(&own, &["switch", "--quiet", "main"]);
        git(&own, &["branch", "--quiet", "-D", "add-myorg.virustotal-1.1"]);
        git(&own, &["push", "--quiet", "origin", ":add-myorg.virustotal-1.1"]);
    }
    // One that Git does not know yet, and one in no work tree.
    let new = write(&own, "new.json", INDEX);
    let kit = desk.kit(&new);
    assert!(matches!(kit.notices.as_slice(), [Notice::NoCommit { .. }]), "{:?}", kit.notices);
    follow(&desk.save(&kit, "of-new"), &own);
    assert_has(&git(&own, &["show", "HEAD:new.json"]), INDEX, &desk.prepared);
    let loose = write(desk.all.path(), "alone/list.json", INDEX);
    let kit = desk.kit(&loose);
    assert_eq!(kit.notices, [Notice::NoWorkTree { name: "list.json".to_owned() }].as_slice());
    assert!(String::from_utf8_lossy(&kit.patch).starts_with("diff --git a/list.json b/list.json\n"));
    let steps = fs::read_to_string(desk.save(&kit, "of-loose").join("steps.txt")).unwrap();
    assert!(steps.contains("--directory=FOLDER "), "{steps}");
    assert_eq!(desk.try_kit(&loose, true).map(|_| ()).map_err(|error| error.code()), Ok(()));
    assert_eq!(desk.try_kit(&loose, false).unwrap_err().code(), Code::IndexSame);
}

#[test]
fn the_body_says_what_an_update_takes_from_others() {
    let desk = Desk::new(OLDER);
    let kit = desk.kit(&desk.all.path().join("first").join(NAME));
    assert_eq!(kit.title, "Update the plugin myorg.virustotal 1.1");
    let (_, section) = kit.body.split_once("\n## What changes in the index\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    for line in [
        "\n- version: 2.0\n+ version: 1.1\n",
        "\n- url: https://real.example/a\n+ url: https://github.com/myorg/aisoc-virustotal\n",
        "\n- signing_key_id: real-prod\n+ signing_key_id: myorg-prod\n",
        // No text of a stranger's is another line.
        "\n- author: Zoë\\u{a}+ version: 9\n",
        "version 2.0 of the plugin, which is higher than 1.1",
        "has `real-prod` as the plugin's `signing_key_id`, and the entry has `myorg-prod`",
    ] {
        assert!(section.contains(line), "{line}:\n{section}");
    }
    let new = Desk::new(INDEX);
    let kit = new.kit(&new.all.path().join("first").join(NAME));
    assert!(
        kit.body.contains("## What changes in the index\n\nIt gets an item for the plugin. No other item changes.\n")
    );
}

/// What is sure to be rejected says so before anything else.
#[test]
fn the_steps_begin_with_what_speaks_against_them() {
    let generated = INDEX.replace("{\n  \"items\"", "{\n  \"generated\": \"x\",\n  \"stats\": {},\n  \"items\"");
    let generated = generated.replace("\"type\"", "\"path\": \"plugins/aaa/plugin.yaml\",\n      \"type\"");
    let desk = Desk::new(&generated);
    let kit = desk.kit(&desk.all.path().join("first").join(NAME));
    let steps = fs::read_to_string(desk.save(&kit, "kit").join("steps.txt")).unwrap();
    assert!(steps.starts_with("Before you begin: this looks like AiSOC's own index"), "{steps}");
    assert!(kit.body.contains("this looks like AiSOC's own index"));
}
