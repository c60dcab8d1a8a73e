//! Why a receipt cannot be kept or found.

use std::io;
use std::path::PathBuf;

use super::MAX_RECEIPT;
use crate::data_file::DataFileError;
use crate::data_folder::DataFolderError;
use crate::{Code, Explain, Place};

/// A plugin is signed, and there is no receipt of it.
#[derive(Debug, thiserror::Error)]
#[error("no receipt of this signing could be kept: {0}")]
pub struct NotKept(ReceiptsError);

impl<E: Into<ReceiptsError>> From<E> for NotKept {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl Explain for NotKept {
    fn code(&self) -> Code {
        Code::ReceiptNotKept
    }

    fn hint(&self) -> Option<String> {
        let why = "the signature is as good without it; should it no longer fit one day, less can be said of why";
        Some(match self.0.hint() {
            Some(hint) => format!("{why}; {hint}"),
            None => why.to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        self.0.place()
    }
}

/// A receipt cannot be kept or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptsError {
    /// The receipt's file, or the folder of receipts, failed.
    #[error(transparent)]
    File(#[from] DataFileError),
    /// The data folder failed.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The plugin's folder has no absolute path.
    #[error("find the folder `{}`: {source}", folder.display())]
    NoFolder {
        /// The path as given.
        folder: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The receipt would have more than [`MAX_RECEIPT`] bytes.
    #[error("the receipt of {files} files is larger than {} MiB", MAX_RECEIPT >> 20)]
    TooLarge {
        /// How many files are covered.
        files: usize,
    },
}

impl Explain for ReceiptsError {
    fn code(&self) -> Code {
        match self {
            Self::File(error) => error.code(),
            Self::DataFolder(error) => error.code(),
            Self::NoFolder { .. } => Code::FolderInvalid,
            Self::TooLarge { .. } => Code::ReceiptNotKept,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::DataFolder(error) => error.hint(),
            Self::NoFolder { .. } => Some("give the plugin's folder".to_owned()),
            Self::TooLarge { .. } => Some(
                "a virtual environment, node_modules or build output may be in the folder; move it out, since every .py \
                 file in it is signed and has to travel with the plugin"
                    .to_owned(),
            ),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::File(error) => error.place(),
            Self::DataFolder(error) => error.place(),
            Self::NoFolder { folder, .. } => Some(Place { path: folder.clone(), position: None }),
            Self::TooLarge { .. } => None,
        }
    }
}
