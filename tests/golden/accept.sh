#!/usr/bin/env bash
# Accepts the present results of all scenarios as the golden ones. Usage: tests/golden/accept.sh [BUILD_FOLDER]
# Look at `git diff tests/golden` before committing, and say in the commit what moved and why.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)"
build="${1:-$root/build/release}"
cmake --build "$build" --target test_golden
POLYFLEET_ACCEPT=1 "$build/tests/test_golden"
git -C "$root" diff --stat -- tests/golden
