#!/usr/bin/env bash
# Installs what building polyfleet needs on Debian 12 or later (also Ubuntu 24.04); with the argument `tests` also what
# only its tests need. Idempotent: asks apt and npm only when something is missing. Needs root or sudo for packages.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

packages=(
  cmake ninja-build g++ ccache                                                # build
  libfmt-dev libtomlplusplus-dev nlohmann-json3-dev libcli11-dev libexpected-dev  # the program
  libyaml-cpp-dev
  coinor-libclp-dev coinor-libcbc-dev                                         # linear and integer programs
  libboost-dev                                                                # Boost.Random: seeded streams
  doctest-dev librapidcheck-dev libbenchmark-dev                              # tests and benchmarks
  python3 clang-format-14                                                     # checks, data scripts
  libsqlite3-dev                                                              # run history
  libcpp-httplib-dev libssl-dev zlib1g-dev libbrotli-dev                      # the server of the web page
)
[[ ${1:-} == tests ]] && packages+=(chromium fonts-dejavu-core)               # browser tests
# Node from elsewhere (18 or later, with npm) does as well as Debian's; the two do not mix.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done

install_packages() {
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
}

# What the web page is made of, as web/package-lock.json pins it.
install_web_packages() {
  local installed=web/node_modules/.polyfleet-lock
  cmp -s web/package-lock.json "$installed" && return
  echo "install_dependencies: installing the packages of web/package-lock.json" >&2
  npm ci --prefix web --no-audit --no-fund --loglevel=error >&2
  cp web/package-lock.json "$installed"
}

[[ ${#missing[@]} -eq 0 ]] || install_packages
install_web_packages
