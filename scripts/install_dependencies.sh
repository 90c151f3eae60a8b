#!/usr/bin/env bash
# Installs what building and testing polyfleet needs on Debian 12 or later (also Ubuntu 24.04).
# Idempotent: asks apt only when a package is missing. Needs root or sudo in that case.
set -euo pipefail

packages=(
  cmake ninja-build g++ ccache                                                # build
  libfmt-dev libtomlplusplus-dev nlohmann-json3-dev libcli11-dev libexpected-dev  # the program
  libyaml-cpp-dev
  coinor-libclp-dev coinor-libcbc-dev                                         # linear and integer programs
  libboost-dev                                                                # Boost.Random: seeded streams
  doctest-dev librapidcheck-dev libbenchmark-dev                              # tests and benchmarks
  python3 clang-format-14                                                     # checks, data scripts
)

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "install_dependencies: this system has no apt-get; install by hand: ${packages[*]}" >&2
  exit 1
fi
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "install_dependencies: missing packages: ${missing[*]}" >&2
    echo "install_dependencies: run as root or install sudo: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "install_dependencies: installing ${missing[*]}" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
