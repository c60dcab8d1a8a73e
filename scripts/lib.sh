# What the commands in this folder share: finding the tools, and installing the ones that are missing.
# Sourced by bash; needs nothing but a Debian or Ubuntu system.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
# The parser that reads `plugin.py` asks for this one; Tauri would do with 1.90.
rust_needed=1.95
node_needed=20.19

# The Debian packages of each purpose.
build_packages=(build-essential pkg-config)
window_packages=("${build_packages[@]}" libwebkit2gtk-4.1-dev)
keyring_packages=(dbus gnome-keyring)
display_packages=(xvfb xdotool imagemagick libx11-6 fonts-dejavu-core python3)
driver_packages=(webkit2gtk-driver openssl libsecret-tools)

# The one form in which the window is built and tested: every other one would build Tauri once more.
window_form=(--locked -p aisoc-publisher-desktop --features custom-protocol)

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf '\nerror: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf 'hint: %s\n' "$@" >&2
  exit 1
}

# Whether version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

need_rust() {
  command -v cargo >/dev/null || PATH="$HOME/.cargo/bin:$PATH"
  command -v cargo >/dev/null ||
    fail "there is no Rust here; version $rust_needed or newer is needed" "install it with rustup (package rustup, or its own site)"
  local version
  version=$(rustc --version | cut -d ' ' -f 2)
  at_least "$version" "$rust_needed" || fail "Rust $version is too old; $rust_needed or newer is needed" "run: rustup update stable"
}

# Installs Debian packages that are missing; says which, and why they are needed.
need_packages() {
  local why=$1 missing=() package
  shift
  for package in "$@"; do
    dpkg-query --show --showformat '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing ${missing[*]} ($why)"
  command -v apt-get >/dev/null || fail "these packages are missing, and there is no apt-get: ${missing[*]}" "install what your system calls them"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing: ${missing[*]}" "install them as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q || fail "apt-get update failed; its reason stands above"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]}; its reason stands above"
}

need_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    local offered
    offered=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^  Candidate: //p')
    at_least "${offered:-0}" "$node_needed" ||
      fail "there is no Node with npm here; version $node_needed or newer is needed, and this system's packages offer ${offered:-none}" \
        "install Node 20 or newer from its own site, or with a version manager"
    need_packages "building the window's screens" nodejs npm
  fi
  local version
  version=$(node --version)
  at_least "${version#v}" "$node_needed" ||
    fail "Node ${version#v} at $(command -v node) is too old; $node_needed or newer is needed" \
      "install Node 20 or newer, and see that it comes first in PATH"
}

# What package-lock.json names, in ui/node_modules.
need_node_packages() {
  need_node
  cmp -s "$root/ui/package-lock.json" "$root/ui/node_modules/.installed-from" && return
  say "Installing the packages of ui/package-lock.json into ui/node_modules"
  (cd "$root/ui" && npm ci --no-fund --no-audit) || fail "npm ci failed; its reason stands above"
  cp "$root/ui/package-lock.json" "$root/ui/node_modules/.installed-from"
}

# Builds the screens and the window around them, with cargo's further arguments; the program is in $app.
build_window() {
  say "Building the window's screens"
  (cd "$root/ui" && npm run --silent build -- --logLevel warn) || fail "the screens do not build; the reason stands above"
  say "Building the window${*:+ ($*)}; the first time takes some minutes"
  cargo build --quiet "${window_form[@]}" "$@"
  local profile=debug
  [[ " $* " != *" --release "* ]] || profile=release
  app=$target/$profile/aisoc-publisher-desktop
}

# A new folder below out/, in $out.
new_out_folder() {
  mkdir -p "$root/out"
  out=$(mktemp -d "$root/out/$(date +%Y-%m-%d)-XXXXXX")
}

# A Python of our own for the tests, with the pinned packages; its path is in $AISOC_TEST_PYTHON.
need_test_python() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages "the Python reference" python3 python3-venv
  local venv=$target/python wanted=$root/tests/requirements.txt
  if ! cmp -s "$wanted" "$venv/installed.txt"; then
    say "Installing the packages of tests/requirements.txt into $venv"
    rm -rf "$venv"
    python3 -m venv "$venv" || fail "python3 -m venv failed; its reason stands above"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted" ||
      fail "pip could not install the packages; its reason stands above"
    cp "$wanted" "$venv/installed.txt"
  fi
  export AISOC_TEST_PYTHON=$venv/bin/python
}
