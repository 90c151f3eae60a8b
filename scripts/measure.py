#!/usr/bin/env python3
"""Measures the engine and writes docs/accuracy.md, docs/performance.md and the figures of
docs/accuracy_serving.md.

Usage: measure.py [--binary PATH] [--reference-tests PATH] [--only accuracy|performance|serving]
  --binary           the program (default: build/release/polyfleet)
  --reference-tests  the test program that prints the comparisons with other tools (default: tests/test_reference
                     in the folder of --binary; built by the target test_reference)

docs/performance.md needs the load client (target load_api), Node and Chromium as well: the page is measured in a browser.
The figures of docs/accuracy.md depend on the program and its data alone; those of docs/performance.md on the machine
as well. Takes a few minutes.
"""
import argparse
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from measuring import accuracy, performance, serving  # noqa: E402
from measuring.program import Program  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/polyfleet")
    parser.add_argument("--reference-tests", type=pathlib.Path)
    parser.add_argument("--only", choices=["accuracy", "performance", "serving"])
    options = parser.parse_args()
    tests = options.reference_tests or options.binary.parent / "tests/test_reference"
    needed = [options.binary] + ([tests] if options.only in (None, "accuracy") else [])
    for path in needed:
        if not path.is_file():
            sys.exit(f"{path}: no such program; build the targets polyfleet and test_reference first")
    os.environ.setdefault("POLYFLEET_DATA", str(ROOT / "data"))
    os.environ["POLYFLEET_STORE"] = "none"  # nothing that is measured belongs to anybody's history
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.binary.resolve(), tests.resolve(), ROOT, pathlib.Path(folder))
        if options.only in (None, "accuracy"):
            (ROOT / "docs/accuracy.md").write_text(accuracy.document(program))
        if options.only in (None, "performance"):
            (ROOT / "docs/performance.md").write_text(performance.document(program))
        if options.only in (None, "serving"):
            page = ROOT / "docs/accuracy_serving.md"
            page.write_text(serving.document(program, page.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
