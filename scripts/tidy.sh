#!/usr/bin/env bash
# clang-tidy over the sources (all, or the rooms or files named), with the debug preset's commands.
#   scripts/tidy.sh            every file under src/
#   scripts/tidy.sh config     one room
# Not part of ./test: it takes about three seconds a file. Needs clang-tidy (apt-get install clang-tidy).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
command -v clang-tidy >/dev/null || { echo "tidy: clang-tidy is missing (apt-get install clang-tidy)" >&2; exit 1; }

# Without the precompiled header: g++'s form of it is nothing to clang.
cmake --preset debug -DPOLYFLEET_PCH=OFF -DPOLYFLEET_TESTS=OFF -DPOLYFLEET_BENCH=OFF -B build/tidy >/dev/null
files=()
for name in "${@:-src}"; do
  [[ -e $name ]] || name=src/$name
  while IFS= read -r file; do files+=("$file"); done < <(find "$name" -name '*.cpp' | sort)
done
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p build/tidy
