#!/usr/bin/env python3
"""Fails on what clang-format cannot see: long files, left-over notes, headers without an opening comment, two types
of one name (the program is one namespace: the linker would take either).

Usage: check_style.py ROOT. Exit 0 clean, 1 with one line per offence.
"""
import collections
import pathlib
import re
import sys

LONGEST_FILE = 400  # lines; past this a file holds two ideas
LEFT_OVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
TYPE = re.compile(r"(?:struct|class|enum class) (\w+)(?: final)?(?: :.*)? ?\{")


def doubled_types(root: pathlib.Path):
    places = collections.defaultdict(set)
    for path in sorted((root / "src").rglob("*.hpp")):
        for line in path.read_text().splitlines():
            if found := TYPE.match(line):
                places[found.group(1)].add(str(path.relative_to(root)))
    for name, headers in sorted(places.items()):
        if len(headers) > 1:
            yield f"{', '.join(sorted(headers))}: two types are named {name}"


def offences(root: pathlib.Path):
    yield from doubled_types(root)
    for folder in ("src", "tests", "bench", "fuzz"):
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            relative = path.relative_to(root)
            lines = path.read_text().splitlines()
            if folder == "src" and len(lines) > LONGEST_FILE:
                yield f"{relative}: {len(lines)} lines; a file holds one idea, at most {LONGEST_FILE} lines"
            for number, line in enumerate(lines, 1):
                if LEFT_OVER.search(line):
                    yield f"{relative}:{number}: a left-over note"
            if folder == "src" and path.suffix == ".hpp":
                if not lines or not lines[0].startswith("//"):
                    yield f"{relative}:1: a header opens with a comment: what it is, its source, where it is wrong"
                if "#pragma once" not in lines:
                    yield f"{relative}: lacks #pragma once"


def main() -> int:
    found = list(offences(pathlib.Path(sys.argv[1])))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
