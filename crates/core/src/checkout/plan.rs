//! Looking at what a submission would do: the plugin, the target in the clone, its index, and what a commit makes of it.

use std::path::Path;

use super::index::Index;
use super::target::{self, Compared};
use super::{
    COMMUNITY, COPIES, Checkout, Error, FileState, INDEX, Notice, Options, Planned, Rewritten, SCRIPT, Submission,
    base, collect, commit, is_verified, manifest, shown, tree_of,
};
use crate::atomic::Obstacle;
use crate::committed;
use crate::files::RelPath;
use crate::key::{KeyId, PublicKey};
use crate::manifest::{Manifest, PluginId};
use crate::preflight;
use crate::task::Task;
use crate::tree::Tree;
use crate::trusted::TrustedKeys;
use crate::verdict::{self, Verdict};

impl Checkout {
    /// Looks at what a submission of the plugin in `dir`, signed by `key` under the name `key_id`, would do. Writes nothing.
    ///
    /// # Errors
    /// See [`Error`]; whatever is no reason to stop is a [`Notice`].
    pub fn plan(
        &self,
        dir: &Path,
        key_id: &KeyId,
        key: &PublicKey,
        options: &Options,
        task: &Task<'_>,
    ) -> Result<Submission, Error> {
        let collected = collect::collect(dir, &options.include, task)?;
        let trusted = TrustedKeys::only(key_id, key.clone());
        let plugin = tree_of(dir, &collected.files);
        let examined = verdict::judge_tree(&plugin, Ok(&trusted), task)?;
        let Some(digest) = examined.digest.filter(|_| is_verified(&examined.strict)) else {
            return Err(Error::Unverified { key_id: key_id.clone(), finding: examined.strict.finding });
        };
        let manifest = Manifest::read_from(&plugin)?;
        let id = manifest.check_for_signing()?.id;
        manifest::refuse_crashes(&manifest)?;
        let mut notices = manifest::notices(&manifest, &plugin);

        self.refuse_links()?;
        let folder = format!("{COMMUNITY}/{id}");
        let branch = commit::branch_of(&id, &manifest.field_as_read("version").text.unwrap_or_default());
        let committed = base::look(self, &folder, &branch, &mut notices, task)?;
        let before = target::look(&self.root, &id, task)?;
        let Compared { files, surplus, kept } = target::compare(&self.root, &folder, collected.files, before.as_ref())?;
        target::refuse_secrets(&self.root, &folder, surplus.iter().chain(&kept), task)?;
        let linked: Vec<_> = files.iter().filter(|file| file.linked).map(|file| file.path.to_string()).collect();
        if !linked.is_empty() {
            notices.push(Notice::LinksFollowed { paths: linked });
        }
        if !surplus.is_empty() {
            notices.push(Notice::Surplus { paths: shown(&surplus), removed: options.remove });
        }
        if !kept.is_empty() {
            notices.push(Notice::Kept { paths: shown(&kept) });
        }
        let planned = files.iter().map(|file| &file.path).collect();
        let breaks = |path: &RelPath| target::breaks(path, &files);
        let gone = committed
            .as_ref()
            .map_or_else(Vec::new, |committed| base::gone(committed, &planned, before.as_ref(), breaks));
        notices.extend(base::notice(&gone));
        let removed = match &committed {
            None if options.remove => target::read_removed(&self.root, &folder, before.as_ref(), &surplus)?,
            _ => Vec::new(),
        };
        let go = collected.left_out.iter().any(|file| file.path.to_string() == "go/main.go");
        notices.extend(go.then_some(Notice::GoLeftOut));

        let index = Index::read(&self.root.join(INDEX))?;
        self.look_at_index(&index, &id, &manifest, &files, &mut notices)?;
        let (fresh_clone, rewritten) = self.look_at_clone(&folder, &plugin, &trusted, &mut notices, task)?;
        if let Some(committed) = &committed {
            notices.extend(base::attributes_not_committed(self, &folder, committed, &kept)?);
        }
        let mut findings = preflight::look(dir, task)?.findings;
        findings.retain(|finding| manifest::REVIEWED.iter().any(|code| finding.code == code.to_string()));
        Ok(Submission {
            target: self.root.join(COMMUNITY).join(id.as_str()),
            id,
            folder,
            digest,
            files,
            surplus,
            kept,
            gone,
            left_out: collected.left_out,
            fresh_clone,
            notices,
            findings,
            checkout: self.clone(),
            key_id: key_id.clone(),
            key: key.clone(),
            trusted,
            plugin,
            remove: options.remove,
            before,
            committed,
            removed,
            rewritten,
        })
    }

    /// Refuses what the script would write through: symlinks at the index, its copies and the script, and on the way to them.
    pub(super) fn refuse_links(&self) -> Result<(), Error> {
        for path in [SCRIPT, INDEX].into_iter().chain(COPIES) {
            match target::at(&self.root, path)? {
                None | Some(Obstacle::File) => {}
                Some(what) => return Err(Error::InTheWay { path: self.root.join(path), what }),
            }
        }
        Ok(())
    }

    /// Refuses an id that is somebody else's, and says what the index has of this plugin.
    fn look_at_index(
        &self,
        index: &Index,
        id: &PluginId,
        manifest: &Manifest,
        files: &[Planned],
        notices: &mut Vec<Notice>,
    ) -> Result<(), Error> {
        let own = format!("{COMMUNITY}/{id}/{}", crate::manifest::YAML_NAME);
        for item in index.plugins(id) {
            match item.get("path").and_then(serde_json::Value::as_str) {
                Some(path) if path == own => {
                    let there = item.get("version").and_then(serde_json::Value::as_str);
                    let here = manifest.get("version").and_then(|value| value.python_str());
                    let here = here.map(|version| version.to_string_lossy());
                    let changes = files.iter().any(|file| file.state != FileState::Same);
                    if let (Some(there), Some(here), true) = (there, here, changes)
                        && manifest::is_not_newer(&here, there)
                    {
                        let is_higher = manifest::is_higher(there, &here);
                        notices.push(Notice::NotNewer { there: there.to_owned(), here, is_higher });
                    }
                }
                path => {
                    let at =
                        path.map_or_else(|| format!("`{INDEX}`"), |path| format!("`{path}`, which `{INDEX}` lists"));
                    return Err(Error::IdTaken { id: id.clone(), at });
                }
            }
        }
        if let Some(at) = target::same_id_elsewhere(&self.root, id) {
            return Err(Error::IdTaken { id: id.clone(), at: format!("`{at}`") });
        }
        let absent = index.absent_files(&self.root, &own);
        if absent > 0 {
            notices.push(Notice::Incomplete { absent });
        }
        Ok(())
    }

    /// Follows the files through a commit and a fresh clone, and judges what comes out.
    fn look_at_clone(
        &self,
        folder: &str,
        plugin: &Tree,
        trusted: &TrustedKeys,
        notices: &mut Vec<Notice>,
        task: &Task<'_>,
    ) -> Result<(Option<Verdict>, Rewritten), Error> {
        let fresh = committed::fresh(&self.root, folder, plugin, task)?;
        let rewritten = Rewritten {
            to_crlf: fresh.to_crlf.clone(),
            to_lf: fresh.to_lf.clone(),
            by: fresh.by.into_iter().collect(),
        };
        let cannot_tell = !fresh.unknown.is_empty() || fresh.own_attributes.is_some();
        notices.extend(fresh.own_attributes.map(|path| Notice::OwnAttributes { path }));
        notices.extend(fresh.unknown.into_iter().map(|(path, why)| Notice::CloneUnknown { path, why }));
        let lists = [
            (fresh.to_crlf, Notice::ToCrlf as fn(Vec<String>) -> Notice),
            (fresh.to_lf, Notice::ToLf),
            (fresh.lfs, Notice::Lfs),
            (fresh.export_ignored, Notice::ExportIgnored),
            (fresh.ignored, Notice::Ignored),
        ];
        notices.extend(lists.into_iter().filter(|(paths, _)| !paths.is_empty()).map(|(paths, notice)| notice(paths)));
        if cannot_tell {
            return Ok((None, rewritten));
        }
        Ok((Some(verdict::judge_tree(&fresh.plugin, Ok(trusted), task)?), rewritten))
    }
}
