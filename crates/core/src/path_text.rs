//! A path as JSON: the text where it is one, otherwise the hex of what the system has, so that no folder is lost.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    Hex(Hex),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hex {
    hex: String,
}

pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => Form::Text(text.to_owned()),
        None => Form::Hex(Hex { hex: hex::encode(units(path)) }),
    }
    .serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let path = match Form::deserialize(deserializer)? {
        Form::Text(text) => PathBuf::from(text),
        Form::Hex(Hex { hex }) => {
            PathBuf::from(from_units(hex::decode(hex).map_err(D::Error::custom)?).map_err(D::Error::custom)?)
        }
    };
    Ok(path)
}

#[cfg(unix)]
fn units(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
fn from_units(bytes: Vec<u8>) -> Result<OsString, &'static str> {
    use std::os::unix::ffi::OsStringExt as _;
    Ok(OsString::from_vec(bytes))
}

#[cfg(windows)]
fn units(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt as _;
    path.as_os_str().encode_wide().flat_map(u16::to_be_bytes).collect()
}

#[cfg(windows)]
fn from_units(bytes: Vec<u8>) -> Result<OsString, &'static str> {
    use std::os::windows::ffi::OsStringExt as _;
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("a Windows path has two bytes for each unit");
    }
    let wide: Vec<u16> = pairs.iter().map(|&pair| u16::from_be_bytes(pair)).collect();
    Ok(OsString::from_wide(&wide))
}
