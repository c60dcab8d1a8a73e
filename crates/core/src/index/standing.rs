//! What an index is on the disk besides its bytes, which replacing it by another file could lose.

use std::fs::Metadata;

use crate::atomic::Owner;

/// What an index is on the disk besides its bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether its owner may not write to it.
    pub(super) read_only: bool,
    /// How many other names it has.
    pub(super) other_names: u64,
    /// What the new file is given.
    pub(super) owner: Owner,
    /// Whether the new file belongs to somebody else than this one.
    pub(super) changes_hands: bool,
}

impl Standing {
    #[cfg(unix)]
    pub(super) fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let me = rustix::process::geteuid().as_raw();
        // Where they cannot be listed, none is counted on.
        let groups = rustix::process::getgroups().unwrap_or_default();
        let groups: Vec<_> =
            groups.into_iter().chain([rustix::process::getegid()]).map(rustix::process::Gid::as_raw).collect();
        let owner = may_keep((file.uid(), file.gid()), me, &groups);
        Self {
            read_only: file.mode() & 0o200 == 0,
            other_names: file.nlink().saturating_sub(1),
            owner,
            changes_hands: owner.user.is_none() || owner.group.is_none(),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn of(file: &Metadata) -> Self {
        Self { read_only: file.permissions().readonly(), ..Self::default() }
    }

    /// Tells whether replacing the file takes something from it that was not known when `planned` was looked at.
    pub(super) fn takes_more_than(&self, planned: &Self) -> bool {
        (self.other_names > 0 && planned.other_names == 0) || (self.changes_hands && !planned.changes_hands)
    }
}

/// Which of a file's user and group a new file can be given: any by root, and otherwise its own user and any of its groups.
#[cfg(unix)]
fn may_keep((user, group): (u32, u32), me: u32, groups: &[u32]) -> Owner {
    let is_root = me == 0;
    Owner {
        user: (is_root || user == me).then_some(user),
        group: (is_root || groups.contains(&group)).then_some(group),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// As chown(2) says.
    #[test]
    fn whose_a_new_file_can_be() {
        let owner = |user, group| Owner { user, group };
        assert_eq!(may_keep((7, 8), 0, &[]), owner(Some(7), Some(8)));
        assert_eq!(may_keep((7, 8), 7, &[8, 9]), owner(Some(7), Some(8)));
        assert_eq!(may_keep((7, 10), 7, &[8, 9]), owner(Some(7), None));
        assert_eq!(may_keep((6, 9), 7, &[8, 9]), owner(None, Some(9)));
    }
}
