# What the commands in this folder share: finding the tools, and installing the ones that are missing.
# Sourced by bash; needs nothing but a Debian or Ubuntu system.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rust_needed=1.89
node_needed=20

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

# A Python of our own for the tests, with the pinned packages; its path is in $AISOC_TEST_PYTHON.
need_test_python() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages "the Python reference" python3 python3-venv
  local venv=$root/target/python wanted=$root/tests/requirements.txt
  if ! cmp -s "$wanted" "$venv/installed.txt"; then
    say "Installing the packages of tests/requirements.txt into target/python"
    rm -rf "$venv"
    python3 -m venv "$venv" || fail "python3 -m venv failed; its reason stands above"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted" ||
      fail "pip could not install the packages; its reason stands above"
    cp "$wanted" "$venv/installed.txt"
  fi
  export AISOC_TEST_PYTHON=$venv/bin/python
}
