//! The texts of a pull request, for copying.

use aisoc_publisher_core::pull_request::Kit;
use serde::Serialize;

use super::KitHandle;

/// What a pull request needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PullRequest {
    pub(crate) kit: KitHandle,
    pub(crate) branch: String,
    pub(crate) title: String,
    /// With a final newline.
    pub(crate) commit_message: String,
    /// In Markdown.
    pub(crate) body: String,
    /// The names of the files that saving it gives.
    pub(crate) files: Vec<String>,
}

impl PullRequest {
    /// Writes a kit of the core's that is named `handle`.
    pub(crate) fn of(kit: &Kit, handle: KitHandle) -> Self {
        Self {
            kit: handle,
            branch: kit.branch.clone(),
            title: kit.title.clone(),
            commit_message: kit.commit_message.clone(),
            body: kit.body.clone(),
            files: kit.files().into_iter().map(|(name, _)| name.to_owned()).collect(),
        }
    }
}
