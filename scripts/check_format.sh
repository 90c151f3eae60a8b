#!/usr/bin/env bash
# Fails when a C++ file is not formatted as .clang-format says; `--fix` rewrites it instead.
# Pinned to clang-format 14 (Debian 12): other versions format differently.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
format=$(command -v clang-format-14 || true)
if [[ -z $format ]]; then
  echo "check_format: clang-format-14 is missing; run scripts/install_dependencies.sh" >&2
  exit 1
fi
mode=(--dry-run -Werror)
[[ ${1:-} == --fix ]] && mode=(-i)
find src tests bench fuzz cmake -name '*.[ch]pp' -not -path '*_fixture/src/*' -print0 |
  sort -z | xargs -0 -r -n 40 -P "$(nproc)" "$format" --style=file "${mode[@]}"
