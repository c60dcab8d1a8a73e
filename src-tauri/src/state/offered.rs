//! The findings that the web view shows, and the changes to the plugin's files that it may ask for.

use aisoc_publisher_core::edits::Edit;
use aisoc_publisher_core::preflight::Finding;

use super::handles;
use crate::view::EditHandle;

/// Findings, with names for those of them that come with a change. A name is worth something as long as they are shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Offered {
    findings: Vec<(Finding, Option<EditHandle>)>,
    /// A change that comes with no finding.
    alone: Option<(Edit, EditHandle)>,
}

impl Offered {
    /// Names the changes of these findings.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub(crate) fn new(findings: Vec<Finding>) -> Result<Self, getrandom::Error> {
        let name = |finding: Finding| {
            let name = finding.edit.is_some().then(handles::name).transpose()?;
            Ok((finding, name.map(EditHandle)))
        };
        Ok(Self { findings: findings.into_iter().map(name).collect::<Result<_, _>>()?, alone: None })
    }

    /// Names a change that comes with no finding, until another one is named or the plugin is read again.
    ///
    /// # Errors
    /// As [`Offered::new`].
    pub(crate) fn offer(&mut self, edit: Edit) -> Result<EditHandle, getrandom::Error> {
        if let Some((known, name)) = &self.alone
            && *known == edit
        {
            return Ok(name.clone());
        }
        let name = EditHandle(handles::name()?);
        self.alone = Some((edit, name.clone()));
        Ok(name)
    }

    /// Takes later findings, of which those that were there before keep their names.
    ///
    /// # Errors
    /// As [`Offered::new`].
    pub(crate) fn renewed(&self, findings: Vec<Finding>) -> Result<Self, getrandom::Error> {
        let mut renewed = Self::new(findings)?;
        for (finding, name) in &mut renewed.findings {
            if let Some((_, known)) = self.findings.iter().find(|(known, _)| known == finding) {
                name.clone_from(known);
            }
        }
        renewed.alone.clone_from(&self.alone);
        Ok(renewed)
    }

    /// Returns the findings, each with the name of its change.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Finding, Option<&EditHandle>)> {
        self.findings.iter().map(|(finding, name)| (finding, name.as_ref()))
    }

    /// Finds the change that the web view speaks of.
    pub(crate) fn edit(&self, wanted: &EditHandle) -> Option<Edit> {
        let alone = self.alone.iter().find(|(_, name)| name == wanted).map(|(edit, _)| edit);
        let found = self.findings.iter().find(|(_, name)| name.as_ref() == Some(wanted));
        alone.or_else(|| found?.0.edit.as_ref()).cloned()
    }
}
