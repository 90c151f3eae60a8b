#!/usr/bin/env python3
"""Fails when an include under src/ points upward, names an unknown room, or a heavy header leaves its one file.

Usage: check_layers.py ROOT   (ROOT holds layers.toml and src/). Exit 0 clean, 1 with one line per offence.
"""
import pathlib
import re
import sys
import tomllib

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def offences(root: pathlib.Path):
    layers = tomllib.loads((root / "layers.toml").read_text())
    sees = {room["name"]: set(room["sees"]) | {room["name"]} for room in layers["room"]}
    heavy = layers.get("heavy", {})
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in {".hpp", ".cpp"}:
            continue
        relative = path.relative_to(root)
        room = relative.parts[1] if len(relative.parts) > 2 else None
        if room is not None and room not in sees:
            yield f"{relative}: folder '{room}' is not a room of layers.toml"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            kind, name = match.groups()
            if name in heavy and str(relative) != heavy[name]:
                yield f"{relative}:{number}: <{name}> belongs in {heavy[name]} only"
            if kind == '"':
                target = name.split("/")[0]
                if "/" not in name or not (root / "src" / name).exists():
                    yield f"{relative}:{number}: \"{name}\" is not a path of the form room/file.hpp that exists"
                elif room is not None and target not in sees[room]:
                    yield f"{relative}:{number}: room '{room}' must not see '{target}' (layers.toml)"


def main() -> int:
    found = list(offences(pathlib.Path(sys.argv[1])))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
