//! What is found in a plugin's folder before it is signed: one folder for each finding in `tests/findings`, and what is made
//! here because a repository should not hold it. Severities and codes are what the documentation of `check` promises.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod sample;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use aisoc_publisher_core::preflight::{self, Finding, Severity};
use aisoc_publisher_core::task::Task;
use sample::write;
use tempfile::TempDir;
use walkdir::WalkDir;

fn findings_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/findings")
}

/// Puts the files of one folder over those of another.
fn overlay(from: &Path, to: &Path) {
    for entry in WalkDir::new(from) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            write(to, entry.path().strip_prefix(from).unwrap().to_str().unwrap(), fs::read(entry.path()).unwrap());
        }
    }
}

/// Makes the plugin about which there is nothing to say, with what is different about it.
fn plugin(different: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    overlay(&findings_folder().join("clean"), dir.path());
    overlay(&findings_folder().join(different), dir.path());
    dir
}

fn look(dir: &Path) -> Vec<Finding> {
    preflight::look(dir, &Task::unwatched()).unwrap().findings
}

/// A finding in one line: code, severity, file, line and column.
fn short(finding: &Finding, dir: &Path) -> String {
    let severity = serde_json::to_value(finding.severity).unwrap();
    let mut text = format!("{} {}", finding.code, severity.as_str().unwrap());
    if let Some(place) = &finding.place {
        text.push(' ');
        text.push_str(place.path.strip_prefix(dir).unwrap().to_str().unwrap());
        if let Some((line, column)) = place.position {
            text.push_str(&format!(":{line}:{column}"));
        }
    }
    text
}

fn shorts(dir: &Path) -> Vec<String> {
    look(dir).iter().map(|finding| short(finding, dir)).collect()
}

const FOUND: [(&str, &[&str]); 38] = [
    ("clean", &[]),
    ("build-folder", &["build-folder breaks-later build"]),
    ("built-wheel", &["build-folder note dist"]),
    ("caches", &["cache-folder note __pycache__"]),
    ("compiled", &["compiled-code note acme/fast.cpython-311-x86_64-linux-gnu.so"]),
    ("coverage-low", &["coverage-low note coverage.xml"]),
    ("coverage-not-a-number", &["coverage-unknown note coverage.xml"]),
    ("coverage-not-cobertura", &["coverage-unknown note coverage.xml"]),
    ("coverage-of-nothing", &["coverage-unknown note coverage.xml"]),
    ("coverage-with-entities", &["coverage-unknown note coverage.xml"]),
    ("crlf", &["crlf-in-python note acme.py"]),
    ("date-released", &["date stops plugin.yaml:11:11"]),
    ("description-and-author-missing", &["entry-field-missing note", "entry-field-missing note"]),
    ("egg-info", &["build-folder note acme.egg-info"]),
    ("go-beside", &[]),
    ("id-with-capital", &["id-for-validator note plugin.yaml:1:5"]),
    ("id-with-dot", &["id-for-validator note plugin.yaml:1:5"]),
    ("lone-cr", &["crlf-in-python note acme.py"]),
    ("no-licence-homepage-or-minimum", &["manifest-fields-advised note plugin.yaml"]),
    ("node-modules", &["dependencies-in-folder breaks-later node_modules"]),
    ("plugin-yml-beside", &["manifest-look-alike surprise plugin.yml"]),
    ("pyproject-broken", &[]),
    ("pyproject-open", &["dependency-unpinned note pyproject.toml:4:1"]),
    ("plugin-needs-arguments", &["plugin-py-fails breaks-later plugin.py:2:5"]),
    ("requirements-open", &["dependency-unpinned note requirements.txt:3:1"]),
    ("requirements-pinned", &[]),
    ("second-manifest", &["manifest-ignored surprise aisoc-plugin.json"]),
    ("tests-signed", &["tests-signed note tests"]),
    ("tier-community", &[]),
    ("tier-number", &["tier-not-text surprise plugin.yaml:11:7"]),
    ("tier-stable", &["tier-self-declared surprise plugin.yaml:11:7"]),
    ("tox", &["cache-folder breaks-later .tox"]),
    ("type-action", &["type-for-validator note plugin.yaml:4:14"]),
    ("vendored", &["vendored-folder note _vendor"]),
    ("vendored-data", &[]),
    ("version-is-a-number", &["number-respelled surprise plugin.yaml:3:10"]),
    ("version-of-two-numbers", &["version-for-validator note plugin.yaml:3:10"]),
    ("version-with-suffix", &["version-for-validator note plugin.yaml:3:10"]),
];

#[test]
fn each_folder_has_its_finding_and_no_other() {
    let mut folders: Vec<_> = fs::read_dir(findings_folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let mut told: Vec<_> = FOUND.iter().map(|(name, _)| (*name).to_owned()).collect();
    told.push("virtual-environment".to_owned());
    told.sort();
    assert_eq!(folders, told, "a folder without a row, or a row without a folder");
    for (name, expected) in FOUND {
        let dir = plugin(name);
        let found = look(dir.path());
        assert_eq!(shorts(dir.path()), expected, "{name}");
        for finding in &found {
            assert!(finding.cure.is_some(), "{name}: {finding:?}");
            assert!(finding.why.is_some() || finding.code == "entry-field-missing", "{name}: {finding:?}");
            assert!(!finding.title.ends_with('.'), "{name}: {finding:?}");
        }
    }
}

/// One finding for the environment, none for the packages, caches and links that every environment has.
#[cfg(unix)]
#[test]
fn a_virtual_environment_is_one_finding() {
    let dir = plugin("virtual-environment");
    std::os::unix::fs::symlink("/usr/bin/python3", dir.path().join("env/python")).unwrap();
    let found = look(dir.path());
    assert_eq!(shorts(dir.path()), ["virtual-environment breaks-later env"]);
    assert_eq!(found[0].title, "`env` is a virtual environment: 2 .py files that would be signed");
}

#[test]
fn titles_have_the_counts() {
    let title = |name: &str| look(plugin(name).path())[0].title.clone();
    assert_eq!(title("caches"), "2 folders `__pycache__` are caches: 2 files, none of them signed");
    assert_eq!(title("tests-signed"), "`tests` holds 1 .py file that would be signed");
    assert_eq!(title("coverage-low"), "the tests cover 77.5 % of the lines");
    assert_eq!(title("requirements-open"), "`requirements.txt` leaves versions open: `httpx`, `pydantic`, `idna`");
    assert_eq!(title("pyproject-open"), "`pyproject.toml` leaves versions open: `requests`, `idna`, `rich`, `attrs`");
    assert!(title("compiled").starts_with("2 files of compiled code are not covered: `acme/fast."));
}

#[test]
fn what_is_missing_is_told() {
    for (remove, expected) in [
        (&["README.md"][..], &["readme-missing note"][..]),
        (&["CODE_OF_CONDUCT.md"], &["code-of-conduct-missing note"]),
        (&["coverage.xml"], &["coverage-unknown note"]),
        (&["test_plugin.py"], &["tests-missing note"]),
        (&["plugin.py"], &["plugin-py-missing breaks-later"]),
        (
            &["plugin.py", "test_plugin.py"],
            &["plugin-py-missing breaks-later", "no-covered-files breaks-later", "tests-missing note"],
        ),
    ] {
        let dir = plugin("clean");
        remove.iter().for_each(|name| fs::remove_file(dir.path().join(name)).unwrap());
        assert_eq!(shorts(dir.path()), expected, "{remove:?}");
    }
    let dir = plugin("go-beside");
    fs::remove_file(dir.path().join("plugin.py")).unwrap();
    assert_eq!(shorts(dir.path()), ["go-only breaks-later"]);
    let dir = plugin("plugin-yml-beside");
    fs::remove_file(dir.path().join("plugin.yaml")).unwrap();
    let stops: Vec<_> = look(dir.path()).into_iter().filter(|finding| finding.severity == Severity::Stops).collect();
    assert_eq!(stops.len(), 1);
    assert!(stops[0].cure.as_ref().unwrap().contains("rename `plugin.yml`"));
}

#[cfg(unix)]
#[test]
fn symlinks_are_told_by_what_the_loader_makes_of_them() {
    use std::os::unix::fs::symlink;
    let dir = plugin("clean");
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "folder/evil.py", "");
    write(outside.path(), "code.py", "");
    symlink(outside.path().join("code.py"), dir.path().join("a.py")).unwrap();
    symlink(outside.path().join("folder"), dir.path().join("b")).unwrap();
    symlink("nowhere.py", dir.path().join("c.py")).unwrap();
    symlink("README.md", dir.path().join("d.md")).unwrap();
    let found = look(dir.path());
    assert_eq!(shorts(dir.path()), ["a.py", "b", "c.py", "d.md"].map(|name| format!("symlink breaks-later {name}")));
    let titles: Vec<_> = found.iter().map(|finding| finding.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "`a.py` is a symbolic link; what it points to is signed",
            "`b` is a symbolic link to a folder, which is not entered",
            "`c.py` is a symbolic link to nothing",
            "`d.md` is a symbolic link, which no signature covers",
        ]
    );
    for n in 0..40 {
        symlink("README.md", dir.path().join(format!("l{n:02}"))).unwrap();
    }
    let found = look(dir.path());
    assert_eq!(found.len(), 21);
    assert!(found.iter().any(|finding| finding.title == "24 more symbolic links are in the folder"));
}

/// A FIFO would be waited for; a socket and a device are no files.
#[cfg(unix)]
#[test]
fn nothing_but_regular_files_is_opened() {
    let dir = plugin("clean");
    for name in ["fifo", "fifo.py", "requirements.txt", ".gitattributes"] {
        assert!(Command::new("mkfifo").arg(dir.path().join(name)).status().unwrap().success());
    }
    fs::remove_file(dir.path().join("coverage.xml")).unwrap();
    assert!(Command::new("mkfifo").arg(dir.path().join("coverage.xml")).status().unwrap().success());
    assert_eq!(shorts(dir.path()), ["coverage-unknown note"]);
}

fn secrets(name: &str, text: &[u8]) -> Vec<String> {
    let dir = plugin("clean");
    write(dir.path(), name, text);
    shorts(dir.path())
}

fn openssl(arguments: &str) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments.split(' ')).output().unwrap();
    assert!(output.status.success(), "openssl {arguments}");
    output.stdout
}

/// Keys as OpenSSL and OpenSSH write them, under names that say nothing.
#[test]
fn private_keys_are_found_by_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let ssh = folder.path().join("id");
    let status = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&ssh).status().unwrap();
    assert!(status.success());
    let pkcs8 = openssl("genpkey -algorithm ed25519");
    let program = format!("KEY = \"{}\"\n", String::from_utf8_lossy(&pkcs8).replace('\n', "\\n"));
    let lines = String::from_utf8_lossy(&pkcs8).lines().map(|l| format!("    b\"{l}\\n\"\n")).collect::<String>();
    let pem = folder.path().join("key.pem");
    fs::write(&pem, openssl("genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:1024")).unwrap();
    let rsa = openssl(&format!("rsa -traditional -in {}", pem.display()));
    let encrypted_rsa = openssl(&format!("rsa -traditional -aes128 -passout pass:x -in {}", pem.display()));
    let der = openssl(&format!("pkcs8 -topk8 -nocrypt -outform DER -in {}", pem.display()));
    let ec = openssl("ecparam -name prime256v1 -genkey");
    let encrypted = openssl("genpkey -algorithm ed25519 -aes-256-cbc -pass pass:correct");
    let mut minisign = b"untrusted comment: minisign encrypted secret key\n".to_vec();
    // The form of a secret key: algorithms, salt and limits, then encrypted bytes; 158 in all.
    let body = [b"EdScB2".as_slice(), &(0..152).collect::<Vec<u8>>()].concat();
    minisign.extend(openssl_base64(&body));
    let age =
        format!("# a comment\nAGE-SECRET-KEY-1{}\n", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".repeat(2)[..58].to_owned());
    let jwk = br#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxXN7RZGzkBnKwDriAbc","x":"11qY"}"#;
    for (what, text, line, column) in [
        ("pkcs8", pkcs8.as_slice(), 1, 1),
        ("one text of a program", program.as_bytes(), 1, 8),
        ("lines of a program", format!("K = (\n{lines})\n").as_bytes(), 2, 7),
        ("rsa", &rsa, 1, 1),
        ("rsa under a passphrase", &encrypted_rsa, 1, 1),
        ("der", &der, 1, 1),
        // After the parameters, three lines.
        ("ec", &ec, 4, 1),
        ("encrypted", &encrypted, 1, 1),
        ("openssh", &fs::read(&ssh).unwrap(), 1, 1),
        ("minisign", &minisign, 1, 1),
        ("age", age.as_bytes(), 2, 1),
        ("jwk", jwk, 1, 1),
        ("after text", &[b"x\n\xc3\xa4 ".as_slice(), &pkcs8].concat(), 2, 3),
    ] {
        let expected = format!("private-key-in-folder exposes notes.txt:{line}:{column}");
        assert_eq!(secrets("notes.txt", text), [expected], "{what}");
    }
    // Wherever it is: hidden, ignored by Git, beside the manifest, in a file that is covered.
    let dir = plugin("clean");
    write(dir.path(), ".gitignore", "secret/\n*.key\n");
    for name in ["secret/.a/x.key", ".b", "acme.py"] {
        write(dir.path(), name, &pkcs8);
    }
    let found = look(dir.path());
    assert_eq!(found.iter().filter(|finding| finding.code == "private-key-in-folder").count(), 3);
    let secret = String::from_utf8_lossy(&pkcs8).lines().nth(1).unwrap().to_owned();
    assert!(!format!("{found:?}").contains(&secret[20..]), "the value itself is told");
}

fn openssl_base64(bytes: &[u8]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    openssl(&format!("base64 -A -in {}", file.path().display()))
}

/// A token as PyPI makes them: a macaroon with the site's name, an identifier and a signature, in base 64 (RFC 4648 §5).
fn pypi(site: &str) -> String {
    let identifier: Vec<u8> = (0..40_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let length = u8::try_from(site.len()).unwrap();
    let macaroon = [&[2, 1, length], site.as_bytes(), &[2, 40], &identifier].concat();
    let base64 = String::from_utf8(openssl_base64(&macaroon)).unwrap();
    format!("pypi-{}", base64.trim_end_matches('=').replace('+', "-").replace('/', "_"))
}

/// Prefix and rest stand apart, so that this file holds no token either.
#[test]
fn credentials_are_found_by_their_form() {
    let jwt =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    for (token, severity) in [
        // The example of a public description of the form, with GitHub's own checksum.
        (format!("gh{}_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17", 'p'), "exposes"),
        (format!("AK{}QYLPMN5HFIQR7XYA", "IA"), "exposes"),
        (format!("AI{}SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe", "za"), "exposes"),
        // By GitLab's documentation of prefixes and the rules of its own secret detection, in all forms.
        (format!("gl{}-kSaPeOD_-T0JxMi3p28B", "pat"), "exposes"),
        (format!("gl{}-rQmS1cF7nZ0vWb4LkTx9YdPg2Ha.0w1x9k2bc", "pat"), "exposes"),
        (format!("gl{}-rQmS1cF7nZ0vWb4LkTx9YdPg2Ha.01.0w1x9k2bc", "pat"), "exposes"),
        (format!("gl{}-8c5f0e17b2d94a6c3e70f1b85d29a4c6e3f07b1d", "ptt"), "exposes"),
        (pypi("pypi.org"), "exposes"),
        (pypi("test.pypi.org"), "exposes"),
        (format!("np{}_TCllNwh2WLQlMWVhybM1iQrsTj6rMQ0BOh6d", 'm'), "exposes"),
        (format!("xo{}-123456789012-1234567890123-4mt0t4l1yf4k3t0k3nQzWxRv", "xb"), "exposes"),
        (jwt.to_owned(), "note"),
    ] {
        let text = format!("# ä\ntoken = \"{token}\"\n");
        assert_eq!(secrets("acme.py", text.as_bytes()), [format!("credential-in-folder {severity} acme.py:2:10")]);
        let text = format!("{token}\n");
        assert_eq!(secrets("a.json", text.as_bytes()), [format!("credential-in-folder {severity} a.json:1:1")]);
        let found = {
            let dir = plugin("clean");
            write(dir.path(), "a", &text);
            format!("{:?}", look(dir.path()))
        };
        assert!(!found.contains(&token[8..]), "the value itself is told: {found}");
        // Compiled code has no texts.
        assert_eq!(secrets("blob", format!("\0{text}").as_bytes()), [""; 0]);
    }
}

/// What programs, documentation and tests hold of such texts without any secret in them.
#[test]
fn what_looks_like_a_secret_and_is_none() {
    let key = tempfile::NamedTempFile::new().unwrap();
    fs::write(key.path(), openssl("genpkey -algorithm ed25519")).unwrap();
    let public = openssl(&format!("pkey -pubout -in {}", key.path().display()));
    let github = format!("gh{}_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18", 'p');
    for text in [
        "if text.startswith('-----BEGIN PRIVATE KEY-----'):\n",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n<your key goes here, in base64, as openssl writes it>\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQzJyVn7o1xq2xZ8Jv3sXb7cL0YwwCgYIKoZIzj0EAwIw\n-----END CERTIFICATE-----\n",
        "AGE-SECRET-KEY-1...\n",
        "untrusted comment: minisign public key E7620F1842B4E81F\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "AKIAIOSFODNN7EXAMPLE\n",
        "AKIAXXXXXXXXXXXXXXXX\n",
        "regex = r\"AKIA[0-9A-Z]{16}\"\n",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        "ghp_123456789012345678901234567890123456\n",
        "glpat-xxxxxxxxxxxxxxxxxxxx\n",
        "glpat-your-personal-access\n",
        "glptt-0000000000000000000000000000000000000000\n",
        "gldt-kSaPeOD_T0JxMi3p28\n",
        "pypi-AgEIcHlwaS5vcmc...\n",
        "pypi-AgEIcHlwaS5vcmcxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        "npm_config_registry=https://registry.example.org\n",
        "npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        "xoxb-your-token\n",
        "xoxb-000000000000-000000000000-xxxxxxxxxxxxxxxxxxxxxxxx\n",
        "AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX\n",
        "eyJhbGciOiJub25lIn0.e30.\n",
        "eyJ.eyJ.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        github.as_str(),
        std::str::from_utf8(&public).unwrap(),
    ] {
        assert_eq!(secrets("notes.txt", text.as_bytes()), [""; 0], "{text}");
    }
}

/// A key at the end of a long file is not found, and that it was not looked for is said.
#[test]
fn what_was_not_searched_to_its_end_is_named() {
    let key = openssl("genpkey -algorithm ed25519");
    for name in ["model.bin", "acme.py"] {
        for (length, expected) in [(1 << 20, "files-not-searched note"), (1 << 10, "private-key-in-folder exposes")] {
            let dir = plugin("clean");
            write(dir.path(), name, [vec![b'\n'; length], key.clone()].concat());
            let found = look(dir.path());
            let [finding] = found.as_slice() else { panic!("{found:?}") };
            assert!(short(finding, dir.path()).starts_with(&format!("{expected} {name}")), "{finding:?}");
            assert!(finding.title.contains(&format!("`{name}`")), "{finding:?}");
        }
    }
}

#[test]
fn many_secrets_are_counted() {
    let dir = plugin("clean");
    let key = openssl("genpkey -algorithm ed25519");
    for n in 0..30 {
        write(dir.path(), &format!("k{n:02}"), &key);
    }
    let found = look(dir.path());
    assert_eq!(found.len(), 21);
    assert!(found.iter().any(|finding| finding.title == "10 more private keys lie in the folder"), "{found:?}");
}

fn git(dir: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .current_dir(dir)
        .args(["-c", "user.name=n", "-c", "user.email=e@x", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "git {arguments:?}");
}

/// Each setting is judged beside what Git itself checks out: here, with a repository's own setting, and as on Windows.
#[test]
fn gits_settings_are_what_git_makes_of_them() {
    for (attributes, setting, expected) in [
        ("", None, "note"),
        ("*.py text eol=lf\n", None, ""),
        ("# *.py text eol=lf\n", None, "note"),
        ("* -text\n", None, ""),
        ("*.py binary\n", None, ""),
        ("* text=auto\n", None, "note"),
        ("* text=auto eol=lf\n", None, ""),
        ("*.py text\n", None, "note"),
        ("*.py text eol=crlf\n", None, "breaks-later"),
        ("*.py text eol=lf\n*.py eol=crlf\n", None, "breaks-later"),
        ("*.md text eol=lf\n", None, "note"),
        ("", Some(("core.autocrlf", "true")), "breaks-later"),
        ("", Some(("core.autocrlf", "input")), "note"),
        ("* text=auto\n", Some(("core.eol", "crlf")), "breaks-later"),
        ("*.py text eol=lf\n", Some(("core.autocrlf", "true")), ""),
    ] {
        let repository = tempfile::tempdir().unwrap();
        let dir = repository.path().join("plugins/acme");
        overlay(plugin("clean").path(), &dir);
        git(repository.path(), &["init", "-q"]);
        if !attributes.is_empty() {
            write(repository.path(), ".gitattributes", attributes);
        }
        if let Some((name, value)) = setting {
            git(repository.path(), &["config", name, value]);
        }
        let found: Vec<_> = look(&dir).into_iter().filter(|finding| finding.code == "git-line-endings").collect();
        let severity = found.first().map(|finding| serde_json::to_value(finding.severity).unwrap());
        assert_eq!(severity.as_ref().and_then(|s| s.as_str()).unwrap_or(""), expected, "{attributes:?} {setting:?}");

        git(repository.path(), &["add", "."]);
        git(repository.path(), &["commit", "-q", "-m", "m"]);
        let checked_out = |arguments: &[&str]| {
            let file = dir.join("plugin.py");
            fs::remove_file(&file).unwrap();
            git(repository.path(), &[arguments, &["checkout", "-q", "--", "plugins/acme/plugin.py"]].concat());
            fs::read(&file).unwrap().contains(&b'\r')
        };
        let here = checked_out(&[]);
        let windows = checked_out(&["-c", "core.autocrlf=true"]);
        let expected = if here {
            "breaks-later"
        } else if windows {
            "note"
        } else {
            ""
        };
        assert_eq!(
            severity.as_ref().and_then(|s| s.as_str()).unwrap_or(""),
            expected,
            "Git: {attributes:?} {setting:?}"
        );

        // And the edit mends it, for Git as well.
        let Some(finding) = found.first() else { continue };
        finding.edit.as_ref().unwrap().apply().unwrap();
        assert!(look(&dir).iter().all(|finding| finding.code != "git-line-endings"), "{attributes:?}");
        assert!(!checked_out(&[]) && !checked_out(&["-c", "core.autocrlf=true"]), "{attributes:?} {setting:?}");
    }
}

/// A further work tree has a file for `.git`, and its settings elsewhere.
#[test]
fn settings_of_a_further_work_tree_are_found() {
    let repository = tempfile::tempdir().unwrap();
    overlay(plugin("clean").path(), repository.path());
    git(repository.path(), &["init", "-q"]);
    git(repository.path(), &["add", "."]);
    git(repository.path(), &["commit", "-q", "-m", "m"]);
    git(repository.path(), &["config", "core.autocrlf", "true"]);
    let other = tempfile::tempdir().unwrap();
    let tree = other.path().join("tree");
    git(repository.path(), &["-c", "core.autocrlf=false", "worktree", "add", "-q", tree.to_str().unwrap()]);
    assert_eq!(shorts(&tree), ["git-line-endings breaks-later .gitattributes"]);
}

/// CRLF matters more where Git writes LF into the commit.
#[test]
fn crlf_that_git_takes_away_breaks_the_signature() {
    for (attributes, expected) in [("* text=auto eol=lf\n", "breaks-later"), ("* -text\n", "note")] {
        let dir = plugin("crlf");
        git(dir.path(), &["init", "-q"]);
        write(dir.path(), ".gitattributes", attributes);
        assert_eq!(shorts(dir.path()), [format!("crlf-in-python {expected} acme.py")]);
    }
}

/// AiSOC's own plugins, in the shape that they have in its repository: `plugins/<id>` with a README, the marketplace beside.
/// Every line is one that their maintainers would agree with.
#[test]
fn aisocs_own_plugins_have_no_false_alarms() {
    let repository = tempfile::tempdir().unwrap();
    let top = repository.path();
    git(top, &["init", "-q"]);
    write(top, "marketplace/index.json", "{}");
    write(top, "CODE_OF_CONDUCT.md", "");
    write(top, ".gitattributes", "* text=auto eol=lf\n");
    write(top, "coverage.xml", "<coverage lines-valid=\"9\" line-rate=\"0.91\"/>");
    fs::create_dir(top.join("tests")).unwrap();
    let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/manifests");
    let mut found: Vec<String> = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(manifests).unwrap() {
        let path = entry.unwrap().path();
        let dir = top.join("plugins").join(path.file_stem().unwrap());
        write(&dir, "plugin.yaml", fs::read(&path).unwrap());
        write(&dir, "README.md", "");
        write(&dir, "plugin.py", "class Plugin: pass\n");
        count += 1;
        let looked = look(&dir);
        assert!(
            looked
                .iter()
                .all(|finding| finding.severity >= Severity::Surprise
                    || finding.code.starts_with("manifest-fields-missing")),
            "{path:?}: {looked:?}"
        );
        let named = format!("the manifest `{}`", dir.join("plugin.yaml").display());
        found.extend(looked.iter().map(|finding| finding.title.replace(&named, "the manifest")));
    }
    assert_eq!(count, 28);
    found.sort();
    let mut counted: Vec<(usize, String)> = Vec::new();
    for title in found {
        match counted.last_mut() {
            Some((n, last)) if *last == title => *n += 1,
            _ => counted.push((1, title)),
        }
    }
    // Three of the manifests are no plugins to the loader, which the test above has let pass as what stops.
    let expected = [
        (4, "AiSOC's validator does not know the plugin type `action`"),
        (1, "the manifest has no `homepage` or `min_aisoc_version`"),
        (2, "the manifest has no `min_aisoc_version`"),
        (3, "the manifest lacks `plugin_type`"),
        (2, "the marketplace entry has no `author`"),
        (3, "the marketplace entry has no `tags`"),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(n, title)| (n, title.to_owned())).collect();
    assert_eq!(counted, expected);
}

#[test]
fn cancelling_ends_it() {
    let dir = plugin("clean");
    let cancelled = AtomicBool::new(true);
    let error = preflight::look(dir.path(), &Task::new(&cancelled, &|_| {})).unwrap_err();
    assert_eq!(serde_json::to_value(aisoc_publisher_core::Explain::code(&error)).unwrap(), "cancelled");
}
