//! `sign`: signs a plugin folder.

use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::plugin_py::{self, Answer};
use aisoc_publisher_core::receipts::Receipts;
use aisoc_publisher_core::sign::{Plan, Signed};
use aisoc_publisher_core::{Code, Explain as _};

use super::{count, object};
use crate::args;
use crate::failure::Failure;
use crate::output::{Note, Report};
use crate::{key_source, progress};

pub(crate) fn run(args: &args::Sign, json: bool) -> Result<Report, Failure> {
    let plan = progress::watch(json, |task| Plan::look(args.plugin.path(), task))?;
    if let Some(digest) = &args.digest {
        plan.expect_digest(digest)?;
    }
    // The key last: whoever unlocks a keyring should not do so for a plugin that cannot be signed.
    let key = key_source::load(&args.key)?;
    let receipts = DataFolder::of_user().map(Receipts::new);
    let key_id = args.key.key_id.as_ref();
    let out = args.out.as_deref();
    let signed = progress::watch(json, |task| plan.sign_and_keep(key_id, &key, out, receipts, task))?;
    let not_noted = key_id.and_then(|id| key_source::note_use(id, key.public()).err());
    let fingerprint = key.public().fingerprint();
    // What is signed may be refused all the same; a missing plugin.py is among the plan's warnings.
    let import = plugin_py::would_import_in(args.plugin.path());
    let import_fails =
        import.reason.filter(|reason| import.answer == Answer::No && reason.code() != Code::PluginPyMissing);
    Ok(Report {
        lines: lines(&plan, &signed, args, &fingerprint.to_string()),
        json: object! {
            "digest": signed.digest.to_string(),
            "signature": signed.signature.to_string(),
            "signature_file": signed.path.to_string_lossy(),
            "files": signed.files,
            "id": plan.facts().id.as_str(),
            "version": plan.facts().version,
            "key_id": args.key.key_id.as_ref().map(KeyId::as_str),
            "fingerprint": fingerprint.to_string(),
        },
        notes: plan
            .warnings()
            .iter()
            .map(|warning| Note::of(warning))
            .chain(import_fails.as_ref().map(|reason| Note::of(reason)))
            .chain(signed.not_kept.as_ref().map(|not_kept| Note::of(not_kept)))
            // Most likely for one and the same reason.
            .chain(not_noted.as_ref().filter(|_| signed.not_kept.is_none()).map(|not_noted| Note::of(not_noted)))
            .collect(),
        ..Report::default()
    })
}

fn lines(plan: &Plan, signed: &Signed, args: &args::Sign, fingerprint: &str) -> Vec<String> {
    let facts = plan.facts();
    let covered = count(signed.files, "file", "files");
    let by = args.key.key_id.as_ref().map_or_else(String::new, |id| format!(" by `{id}`"));
    vec![
        format!("Signed `{}` {}{by}: the manifest and {covered}.", facts.id.as_str(), facts.version),
        format!("signature    {}", signed.path.display()),
        format!("digest       {}", signed.digest),
        format!("fingerprint  {fingerprint}"),
        match &args.out {
            None => "A loader that trusts this key answers `verified`. Any change to the manifest or a .py file undoes that.",
            Some(_) => "A loader that trusts this key answers `verified` once this file is the plugin's `plugin.sig`.",
        }
        .to_owned(),
    ]
}
