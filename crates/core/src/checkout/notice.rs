//! What the author of a submission should know.

use std::fmt;
use std::path::PathBuf;

use crate::code::Code;
use crate::explain::Explain;
use crate::files::printable;
use crate::shell::quoted;

/// So many paths a message names.
const MAX_NAMED: usize = 5;

/// What keeps a clone's `.gitattributes` away from a plugin: the hint of every notice and error that asks for it, to which whoever
/// shows it may add how a file is included.
pub const OWN_ATTRIBUTES: &str = "put a `.gitattributes` with the line `* -text -filter -ident !working-tree-encoding` into the plugin's folder and include it";

/// What the author should know before the files are written, or do after it. Paths are below the plugin's folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Notice {
    /// The id does not follow AiSOC's convention for community plugins.
    #[error("the id `{id}` is not of the form `community-<github-handle>-<short-name>`")]
    IdConvention {
        /// The id.
        id: String,
    },
    /// The script names AiSOC where the manifest has no author.
    #[error("the manifest has no `author`, and the index will name AiSOC")]
    AuthorFilledIn,
    /// A field stands in the index as something else than text.
    #[error("`{field}` is {what}, and stands in the index as that")]
    NotText {
        /// The field.
        field: &'static str,
        /// What it is.
        what: &'static str,
    },
    /// Tags that are no text do not come into the index.
    #[error("{dropped} of the tags {} no text, and the index drops {}", verb(*dropped), if *dropped == 1 { "it" } else { "them" })]
    TagsDropped {
        /// How many.
        dropped: usize,
    },
    /// The tags are no list.
    #[error("`tags` is {what} and no list, so the index has none, or makes its own of them")]
    TagsNoList {
        /// What it is.
        what: &'static str,
    },
    /// The script reads `plugin.yaml` alone.
    #[error("the plugin has no `plugin.yaml`, so the index will have no item for it")]
    NoItem,
    /// There is neither `plugin.py` nor `go/main.go`.
    #[error("there is neither `plugin.py` nor `go/main.go`, so the index will list no SDK")]
    NoSdk,
    /// `go/main.go` is there and does not go along.
    #[error("`go/main.go` stays behind, so the index will not list Go")]
    GoLeftOut,
    /// Files are reached through symlinks.
    #[error("{} {} reached through a symlink; the bytes behind it are written", named(paths), verb(paths.len()))]
    LinksFollowed {
        /// The files.
        paths: Vec<String>,
    },
    /// Files of the target make the signature invalid.
    #[error("the clone has {}, which the plugin does not have; the signature is invalid with {}", named(paths), if paths.len() == 1 { "it" } else { "them" })]
    Surplus {
        /// The files.
        paths: Vec<String>,
        /// Whether they are removed.
        removed: bool,
    },
    /// Other files of the target that the plugin does not bring.
    #[error("the clone has {}, which the plugin does not bring and which {}", named(paths), if paths.len() == 1 { "stays" } else { "stay" })]
    Kept {
        /// The files.
        paths: Vec<String>,
    },
    /// The index has this version, or a higher one, with other bytes.
    #[error(
        "the index has version {} of the plugin, {} {}{}",
        printable(there),
        if *is_higher { "which is higher than" } else { "and this is" },
        printable(here),
        if *is_higher { "" } else { " with other files" }
    )]
    NotNewer {
        /// The version there.
        there: String,
        /// The version here.
        here: String,
        /// Whether the one there is the higher one.
        is_higher: bool,
    },
    /// The submission's branch is there already, and is not checked out.
    #[error("the clone has a branch `{branch}` already, and the first command would stop at it")]
    BranchTaken {
        /// The branch.
        branch: String,
    },
    /// The submission would stand on something else than what `origin` has.
    #[error(
        "the clone has {} checked out, and not `{}`, which is the default branch of `origin`: the submission would bring its commits, too",
        branch.as_ref().map_or_else(|| "a commit of no branch".to_owned(), |branch| format!("`{}`", printable(branch))),
        printable(default)
    )]
    OtherBranch {
        /// The branch that is checked out.
        branch: Option<String>,
        /// The default branch.
        default: String,
    },
    /// The clone is no Git work tree, so that its folder counts as what was there before.
    #[error("`{}` is no Git work tree: nothing can be committed in it, and what it holds now counts as what was there", root.display())]
    NoWorkTree {
        /// The clone.
        root: PathBuf,
    },
    /// The clone's commit is not read, so that its folder counts as what was there before.
    #[error("what the clone holds now counts as what was there, because its commit cannot be read: {}", printable(why))]
    NoCommit {
        /// The reason's code.
        code: Code,
        /// The reason.
        why: String,
    },
    /// Files of the commit are not in the clone's folder any more.
    #[error("the commit has {}, which neither the clone's folder nor the plugin has: {}", named(paths), if paths.len() == 1 { "it goes" } else { "they go" })]
    Gone {
        /// The files.
        paths: Vec<String>,
    },
    /// The clone lacks files that its index lists.
    #[error(
        "the clone lacks {absent} of the files that its index lists, and its script would drop them from the index"
    )]
    Incomplete {
        /// How many.
        absent: usize,
    },
    /// A fresh clone has CRLF.
    #[error("the clone's .gitattributes make {} CRLF in a fresh clone", named(.0))]
    ToCrlf(Vec<String>),
    /// Committing takes CRLF away.
    #[error("the clone's .gitattributes make {} LF when {} committed", named(.0), if .0.len() == 1 { "it is" } else { "they are" })]
    ToLf(Vec<String>),
    /// Files are kept in Git LFS.
    #[error("the clone's .gitattributes put {} into Git LFS", named(.0))]
    Lfs(Vec<String>),
    /// Archives lack files.
    #[error("the clone's .gitattributes keep {} out of the archives that a forge offers", named(.0))]
    ExportIgnored(Vec<String>),
    /// Files are not committed without being forced.
    #[error("the clone's .gitignore keeps {} out of commits", named(.0))]
    Ignored(Vec<String>),
    /// What a fresh clone has cannot be told.
    #[error("cannot tell what a fresh clone has as `{}`: {why}", printable(path))]
    CloneUnknown {
        /// The file.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// Attributes that are looked at are not those of the commit, which a fresh clone has.
    #[error("{} {} not as the commit has {}, and a fresh clone has the commit's", named(paths), verb(paths.len()), if paths.len() == 1 { "it" } else { "them" })]
    AttributesNotCommitted {
        /// The files, below the clone.
        paths: Vec<String>,
    },
    /// Attributes of this one clone override those that everybody has.
    #[error("`{}` counts in this clone alone, and may change what is committed", path.display())]
    OwnAttributes {
        /// The file.
        path: PathBuf,
    },
}

impl Notice {
    /// Tells whether a fresh clone has no valid signature because of it, or may have none.
    pub fn breaks_fresh_clone(&self) -> bool {
        matches!(
            self,
            Self::ToCrlf(_)
                | Self::ToLf(_)
                | Self::Lfs(_)
                | Self::CloneUnknown { .. }
                | Self::OwnAttributes { .. }
                | Self::AttributesNotCommitted { .. }
                | Self::Surplus { removed: false, .. }
        )
    }
}

impl Explain for Notice {
    fn code(&self) -> Code {
        match self {
            Self::IdConvention { .. } => Code::IdConvention,
            Self::AuthorFilledIn
            | Self::NotText { .. }
            | Self::TagsDropped { .. }
            | Self::TagsNoList { .. }
            | Self::NoItem
            | Self::NoSdk
            | Self::GoLeftOut => Code::IndexItemDiffers,
            Self::LinksFollowed { .. } => Code::Symlink,
            Self::Surplus { .. } | Self::Kept { .. } | Self::Gone { .. } => Code::CheckoutSurplus,
            Self::NotNewer { .. } => Code::CheckoutNotNewer,
            Self::BranchTaken { .. } | Self::OtherBranch { .. } => Code::CheckoutBranch,
            Self::NoWorkTree { .. } => Code::NoRepository,
            Self::NoCommit { code, .. } => *code,
            Self::Incomplete { .. } => Code::CheckoutIncomplete,
            Self::ToCrlf(_) => Code::GitCrlf,
            Self::ToLf(_) => Code::GitLineEndings,
            Self::Lfs(_) => Code::GitLfs,
            Self::ExportIgnored(_) => Code::GitExportIgnored,
            Self::Ignored(_) => Code::GitIgnored,
            Self::CloneUnknown { .. } | Self::OwnAttributes { .. } | Self::AttributesNotCommitted { .. } => {
                Code::CloneUnknown
            }
        }
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::BranchTaken { branch } => {
                    return Some(format!(
                        "`git switch {branch}` and do this again, to put another commit on it; or delete it: `git branch -D {branch}`"
                    ));
                }
                Self::OtherBranch { default, .. } => {
                    return Some(format!(
                        "`git switch {}` and `git pull --ff-only` first, unless this one should stand on that",
                        printable(&quoted(default))
                    ));
                }
                Self::IdConvention { .. } => {
                    "AiSOC's guide asks for it; another id needs a new signature, since the signature covers it"
                }
                Self::AuthorFilledIn => "add `author` to the manifest, and sign after that",
                Self::NotText { .. } => "write it in quotes, and sign after that",
                Self::TagsDropped { .. } | Self::TagsNoList { .. } => "write `tags` as a list of texts, and sign after that",
                Self::NoItem => "make it a `plugin.yaml`, and sign after that",
                Self::NoSdk => "AiSOC asks community plugins for one of them",
                Self::GoLeftOut => "include `go`, if it is part of the plugin; no signature covers it",
                Self::LinksFollowed { .. } => "nothing, unless they should stay links: a community plugin stands alone in its folder",
                Self::Surplus { removed: true, .. } => "they are removed, as you asked",
                Self::Surplus { .. } => "ask for their removal, or put them into the plugin and sign again",
                Self::Kept { .. } => "remove them by hand if an older version left them; no signature covers them",
                Self::NotNewer { .. } => "raise the version and sign again, so that operators can tell the two apart",
                Self::NoWorkTree { .. } => "clone the repository with Git, or copy the folder into a clone later",
                Self::NoCommit { .. } => {
                    "a copy that you made before then counts as an older release; if it is none, write `add` for `update` yourself"
                }
                Self::Gone { .. } => "nothing, if they should go; otherwise `git restore` brings them back",
                Self::Incomplete { .. } => {
                    "if the clone is a sparse one, `git sparse-checkout disable` brings everything; otherwise `git status` says what is gone"
                }
                Self::ToCrlf(_) | Self::ToLf(_) | Self::Lfs(_) | Self::CloneUnknown { .. } => OWN_ATTRIBUTES,
                Self::AttributesNotCommitted { .. } => {
                    "put back what the commit has; a `.gitattributes` of the plugin's own goes along if it lies in its folder and is included"
                }
                Self::OwnAttributes { .. } => "move the file away, or its lines to a `.gitattributes`",
                Self::ExportIgnored(_) => "say so in the pull request: whoever takes the archive gets no valid plugin",
                Self::Ignored(_) => "the commands that are printed add them with `-f`; or move them to names that are not ignored and sign again",
            }
            .to_owned(),
        )
    }

    fn at_the_loader(&self) -> Option<String> {
        let text = match self {
            Self::ToCrlf(_) | Self::ToLf(_) | Self::Lfs(_) => {
                "the loader hashes what lies on the operator's disk: from a fresh clone the signature is invalid"
            }
            Self::Ignored(_) => "what is not committed reaches nobody; without a signed file the signature is invalid",
            Self::Surplus { removed: false, .. } => "the loader hashes every .py file of the folder",
            _ => return None,
        };
        Some(text.to_owned())
    }
}

fn verb(n: usize) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

/// Names some paths: `a.py`, `b.py` and 3 more.
pub(super) fn named(paths: &[String]) -> Named<'_> {
    Named(paths)
}

pub(super) struct Named<'a>(&'a [String]);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<_> = self.0.iter().take(MAX_NAMED).map(|path| format!("`{}`", printable(path))).collect();
        f.write_str(&shown.join(", "))?;
        match self.0.len().saturating_sub(MAX_NAMED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
