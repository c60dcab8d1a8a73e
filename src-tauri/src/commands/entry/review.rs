//! What reviewers and CI look at, with what they would find today.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::preflight;
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::trusted::TrustedKeys;

use crate::commands::signature::rehearse;
use crate::commands::{Answer, Here};
use crate::view::{EntryCheck, Failure, FolderHandle, KeyHandle, Operation};

/// Looks at the folder as it is now, as reviewers and CI do.
#[tauri::command]
pub(crate) async fn review_entry(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
) -> Answer<Vec<EntryCheck>> {
    let shell = Arc::clone(&shell);
    shell.operate(operation, move |shell, long| review(&shell.folder(&folder)?, &shell.key(&key)?, &long.task)).await
}

fn review(dir: &Path, record: &Record, task: &Task<'_>) -> Result<Vec<EntryCheck>, Failure> {
    let look = preflight::look(dir, task).map_err(|error| Failure::of(&error, Some(dir)))?;
    let keys = TrustedKeys::only(&record.key_id, record.spki.clone());
    let rehearsal = rehearse(dir, look.plan.as_ref(), &keys, task)?;
    let loader = EntryCheck::of_rehearsal(&rehearsal, &record.key_id, dir);
    Ok(loader.into_iter().chain(EntryCheck::of_look(&look)).collect())
}

#[cfg(test)]
mod tests {
    use aisoc_publisher_core::key::SecretKey;
    use aisoc_publisher_core::records::Kept;
    use aisoc_publisher_core::sign::Plan;

    use super::*;
    use crate::view::CheckAnswer;

    fn answers(dir: &Path, record: &Record) -> Vec<(String, CheckAnswer)> {
        let checks = review(dir, record, &Task::unwatched()).unwrap();
        checks.into_iter().map(|check| (check.title, check.answer)).collect()
    }

    /// The answer to the one check whose title holds `words`.
    fn answer(answers: &[(String, CheckAnswer)], words: &str) -> CheckAnswer {
        let found: Vec<_> = answers.iter().filter(|(title, _)| title.contains(words)).collect();
        assert_eq!(found.len(), 1, "{words}: {answers:?}");
        found[0].1
    }

    #[test]
    fn each_check_follows_what_is_in_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        // A dot in the id is loader contract §9's own example of what the validator does not take.
        write("plugin.yaml", "id: my.org\nname: Sample\nversion: '1.0'\nplugin_type: enricher\ntier: Stable\n");
        write("plugin.py", "class Plugin:\n    pass\n");
        let secret = SecretKey::generate().unwrap();
        let record = Record::of_new_key("myorg-prod".parse().unwrap(), secret.public(), Kept::File);
        let before = answers(dir.path(), &record);
        for words in ["id passes", "three numbers", "`tier`", "verified"] {
            assert_eq!(answer(&before, words), CheckAnswer::Unmet, "{words}");
        }
        for words in ["README", "Licence", "code of conduct", "Tests"] {
            assert_eq!(answer(&before, words), CheckAnswer::Advised, "{words}");
        }

        write(
            "plugin.yaml",
            "id: my-org\nname: Sample\nversion: 1.0.0\nplugin_type: enricher\nlicense: MIT\n\
             homepage: https://example.org\nmin_aisoc_version: 7.0.0\n",
        );
        write("README.md", "Sample\n");
        write("CODE_OF_CONDUCT.md", "Be kind.\n");
        Plan::look(dir.path(), &Task::unwatched())
            .unwrap()
            .sign(&record.key_id, &secret, None, &Task::unwatched())
            .unwrap();
        let after = answers(dir.path(), &record);
        for words in ["id passes", "three numbers", "`tier`", "verified", "README", "Licence", "code of conduct"] {
            assert_eq!(answer(&after, words), CheckAnswer::Met, "{words}");
        }
        assert_eq!(answer(&after, "Tests"), CheckAnswer::Advised);
    }

    #[test]
    fn what_cannot_be_looked_at_is_not_called_met() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("plugin.yaml"), "id: [\n").unwrap();
        let secret = SecretKey::generate().unwrap();
        let record = Record::of_new_key("myorg-prod".parse().unwrap(), secret.public(), Kept::File);
        let seen = answers(dir.path(), &record);
        assert_eq!(answer(&seen, "id passes"), CheckAnswer::Unknown);
        assert_eq!(answer(&seen, "verified"), CheckAnswer::Unmet);
    }
}
