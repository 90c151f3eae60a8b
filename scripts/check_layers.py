#!/usr/bin/env python3
"""Fails when an include under src/ points upward, names an unknown room, or a heavy header leaves its one file.

Usage: check_layers.py ROOT   (ROOT holds layers.toml and src/). Exit 0 clean, 1 with one line per offence.
"""
import pathlib
import re
import sys
import tomllib

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def table_offences(root: pathlib.Path, rooms):
    """The table itself: rooms bottom first, each seeing only rooms above it in the file; CMake's list agrees."""
    seen = []
    for room in rooms:
        for below in room["sees"]:
            if below not in seen:
                yield f"layers.toml: room '{room['name']}' sees '{below}', which does not stand below it"
        seen.append(room["name"])
    build = root / "CMakeLists.txt"
    if build.exists():
        listed = re.search(r"^polyfleet_rooms\(([^)]*)\)", build.read_text(), re.MULTILINE)
        if not listed or listed.group(1).split() != seen:
            yield "CMakeLists.txt: polyfleet_rooms() does not list the rooms of layers.toml in their order"


def offences(root: pathlib.Path):
    layers = tomllib.loads((root / "layers.toml").read_text())
    yield from table_offences(root, layers["room"])
    sees = {room["name"]: set(room["sees"]) | {room["name"]} for room in layers["room"]}
    heavy = layers.get("heavy", {})
    families = {name.split("/")[0]: name for name in heavy if "/" in name}
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
            target = name.split("/")[0]
            # Any header of a heavy library counts as the heavy one: <toml++/toml_table.h> is no way around.
            one_file = heavy.get(name) or heavy.get(families.get(target, ""))
            if one_file and str(relative) != one_file:
                yield f"{relative}:{number}: <{name}> belongs in {one_file} only"
            elif kind == "<" and target in sees and (root / "src" / name).exists():
                yield f"{relative}:{number}: write \"{name}\", not <{name}>: it is a room's header"
            elif kind == '"' and not one_file:
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
