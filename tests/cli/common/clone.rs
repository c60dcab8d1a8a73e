//! A small repository in the form of AiSOC's, with an index script that was written from the contract.

use std::ffi::OsString;
use std::fs;

use super::python;
use super::sandbox::Sandbox;
use super::tests_folder;

/// A manifest that AiSOC's guide has nothing against.
pub const MANIFEST: &str = "id: community-zoe-lookup\nname: Lookup\nversion: 1.0.0\nplugin_type: enricher\n\
                            description: Looks things up.\nauthor: Zoe\ntags: [lookup]\nlicense: MIT\n\
                            homepage: https://example.org/lookup\nmin_aisoc_version: 1.0.0\n";

/// Makes it in the folder `AiSOC`, with an index that its script made.
pub fn make(sandbox: &Sandbox) {
    let script = fs::read(tests_folder().join("checkout/build_marketplace.py")).unwrap();
    let script = sandbox.write("AiSOC/scripts/build_marketplace.py", script);
    sandbox.write("AiSOC/scripts/variant.py", "WORDS = ['three-copies', 'sha256']\n");
    sandbox.write("AiSOC/plugins/core/plugin.yaml", MANIFEST.replace("community-zoe-lookup", "core"));
    fs::create_dir_all(sandbox.path("AiSOC/.git")).unwrap();
    python::python(["-B", script.to_str().unwrap()], b"");
}

/// A `PATH` on which the Python with PyYAML is the first.
pub fn path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(python::folder().into_iter().chain(std::env::split_paths(&path))).unwrap()
}
