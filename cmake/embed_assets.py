#!/usr/bin/env python3
"""Writes the files of a folder as a C++ source that defines polyfleet::assets() (src/assets/asset.hpp).

Usage: embed_assets.py FOLDER OUT.cpp. Same files, same bytes. Exit 1 for a file of a kind that has no content type.
"""
import hashlib
import pathlib
import sys

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".ico": "image/x-icon",
    ".png": "image/png",
}
BYTES_A_LINE = 40


def array_text(name: str, content: bytes) -> str:
    lines = [",".join(str(byte) for byte in content[i:i + BYTES_A_LINE]) for i in range(0, len(content), BYTES_A_LINE)]
    return f"constexpr unsigned char {name}[] = {{{(',' + chr(10)).join(lines) or '0'}}};\n"


def main() -> int:
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.relative_to(folder).as_posix())
    arrays, rows = [], []
    for number, path in enumerate(files):
        name = path.relative_to(folder).as_posix()
        if path.suffix not in CONTENT_TYPES:
            print(f"embed_assets: {name}: no content type is known for {path.suffix}", file=sys.stderr)
            return 1
        content = path.read_bytes()
        arrays.append(array_text(f"kFile{number}", content))
        rows.append(f'      {{"{name}", "{CONTENT_TYPES[path.suffix]}", text_of(kFile{number}, {len(content)}), '
                    f'"{hashlib.sha256(content).hexdigest()[:16]}"}},\n')
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text('// Made by cmake/embed_assets.py.\n#include "assets/asset.hpp"\n\n#include <cstddef>\n\nnamespace polyfleet {\nnamespace {\n\n'
                   + "".join(arrays)
                   + "\nstd::string_view text_of(const unsigned char* bytes, std::size_t size) {\n"
                     "  return {reinterpret_cast<const char*>(bytes), size};\n}\n\n}  // namespace\n\n"
                     "const std::vector<Asset>& assets() {\n  static const std::vector<Asset> all{\n"
                   + "".join(rows) + "  };\n  return all;\n}\n\n}  // namespace polyfleet\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
