#!/usr/bin/env bash
# Guards the guard of the documents: update_docs.py must refuse an untrue output, a wrong exit code and a dead
# link, accept the same document once rewritten, and still refuse what rewriting cannot mend.
# Usage: documents_guard.sh PYTHON SOURCE_ROOT BINARY
set -euo pipefail
script=$2/scripts/update_docs.py
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$2"/tests/documents_fixture/README.md "$folder"
refused() { ! "$1" "$script" --check --binary "$2" "$folder" >"$folder/out.txt"; }

refused "$1" "$3"
grep -q -- '-a version that never was' "$folder/out.txt"
grep -q 'exit code 2, documented 0' "$folder/out.txt"
grep -q 'leads nowhere' "$folder/out.txt"
[[ $(grep -c 'README.md:' "$folder/out.txt") -eq 4 ]] # the abridged block and the varying one are true

"$1" "$script" --binary "$3" "$folder" >/dev/null
refused "$1" "$3"
[[ $(grep -c 'a version that never was' "$folder/README.md") -eq 0 ]]
grep -q "^polyfleet " "$folder/README.md"
[[ $(grep -c 'README.md:' "$folder/out.txt") -eq 2 ]] # the exit code and the link remain
