#!/usr/bin/env bash
# Installs the Debian packages that are missing, and says which. Quick when nothing is missing.
# Usage: tests/tools/install.sh [build|test|bench|fuzz]
set -euo pipefail

build=(g++ cmake ninja-build ccache lld pkg-config git curl clang-format
       libboost1.81-dev librocksdb-dev libssl-dev nlohmann-json3-dev libgtest-dev libgmock-dev libcli11-dev
       libyaml-cpp-dev libspdlog-dev libfmt-dev libarchive-dev zlib1g-dev libpugixml-dev libqrencode-dev libdeflate-dev libpython3.11-dev
       python3 python3-botocore python3-boto3 python3-jose python3-pytest python3-requests awscli)
wanted=("${build[@]}")

# A node that is already there is used, wherever it came from: Debian's would fight with it.
node_is_usable() {
  command -v node > /dev/null && command -v npm > /dev/null &&
    [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge 18 ]
}

case "${1:-build}" in
  build) ;;
  test)
    # A browser and JavaScript clients; their packages come from npm when the tests run.
    wanted+=(chromium fonts-dejavu-core)
    node_is_usable || wanted+=(nodejs npm)
    ;;
  bench)
    wanted+=(wrk)
    command -v nginx > /dev/null || [ -x /usr/sbin/nginx ] || wanted+=(nginx-light)
    node_is_usable || wanted+=(nodejs npm)
    ;;
  fuzz)
    # With libFuzzer and the sanitizers' libraries.
    wanted+=(clang libclang-rt-dev)
    ;;
  *)
    echo "usage: $0 [build|test|bench|fuzz]" >&2
    exit 2
    ;;
esac

present=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2> /dev/null | sed -n 's/^ii *//p' || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF -- "$package" <<< "$present" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || {
    echo "These packages are needed and this user may not install them. As root: apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" > "$log" 2>&1 || {
    cat "$log" >&2
    echo "This failed: $*" >&2
    exit 1
  }
}
run apt-get update -q
run apt-get install -q -y --no-install-recommends "${missing[@]}"
echo "Installed."
