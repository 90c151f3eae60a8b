#!/usr/bin/env python3
"""Keeps the commands shown in README.md and docs/ true.

Usage: update_docs.py [--check] [--binary PATH] ROOT

In every block fenced as ```console, a line `$ polyfleet ARGUMENTS` is run and the lines below it, up to the
next `$` or the end of the block, are its output (standard output, then standard error). Without --check the
documents are rewritten; with it, differences are printed and the exit code is 1.
  `...`                  a line that stands for any number of lines
  `# exit 1`             at the end of the command: the documented exit code (0 if not said)
  `# output varies`      at the end of the command: only the exit code is checked (times of this machine)
Commands run in a scratch folder that links to the entries of ROOT, so what they write is thrown away.
Relative links to files are checked as well. Other commands (`$ ./run`) are not run.
"""
import argparse
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

TIME_LIMIT_S = 300
ELLIPSIS = "..."
RUN_HISTORY = "documented_runs.sqlite"  # in the scratch folder; every document begins with an empty one
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def split_command(line: str):
    """`$ polyfleet x  # exit 1, output varies` -> (arguments, exit code, output varies)."""
    command, _, comment = line[2:].partition(" # ")
    code = re.search(r"exit (\d+)", comment)
    return shlex.split(command), int(code.group(1)) if code else 0, "output varies" in comment


def run(arguments, binary, folder):
    environment = dict(os.environ, NO_COLOR="1", COLUMNS="100", LC_ALL="C.UTF-8",
                       POLYFLEET_STORE=str(pathlib.Path(folder) / RUN_HISTORY))
    done = subprocess.run([binary, *arguments[1:]], cwd=folder, env=environment, capture_output=True,
                          text=True, timeout=TIME_LIMIT_S, stdin=subprocess.DEVNULL)
    lines = (done.stdout + done.stderr).rstrip("\n").split("\n")
    return done.returncode, [line.rstrip() for line in lines] if lines != [""] else []


def matches(shown, real):
    """Whether `shown`, in which a line of three dots stands for any number of lines, describes `real`."""
    if ELLIPSIS not in shown:
        return shown == real
    pieces, piece = [], []
    for line in shown:
        if line.strip() == ELLIPSIS:
            pieces.append(piece)
            piece = []
        else:
            piece.append(line)
    pieces.append(piece)
    head, *middle, tail = pieces
    if len(head) + len(tail) > len(real):
        return False
    if real[:len(head)] != head or (tail and real[-len(tail):] != tail):
        return False
    at, end = len(head), len(real) - len(tail)
    for piece in middle:
        while at + len(piece) <= end and real[at:at + len(piece)] != piece:
            at += 1
        if at + len(piece) > end:
            return False
        at += len(piece)
    return True


def refreshed(shown, real):
    """The new text of an output: with its first and last stretch of the old length where it was abridged."""
    places = [i for i, line in enumerate(shown) if line.strip() == ELLIPSIS]
    if not places:
        return real
    head, tail = places[0], len(shown) - places[-1] - 1
    if head + tail >= len(real):
        return real
    return real[:head] + [ELLIPSIS] + (real[len(real) - tail:] if tail else [])


def examine(path, binary, folder, root):
    """New lines of one document and the offences found in it."""
    lines, new, offences, inside, i = path.read_text().split("\n"), [], [], False, 0
    name = path.relative_to(root)
    for old in pathlib.Path(folder).glob(RUN_HISTORY + "*"):
        old.unlink()
    while i < len(lines):
        line = lines[i]
        i += 1
        new.append(line)
        if line.startswith("```"):
            inside = not inside and line.strip() == "```console"
            continue
        if not inside:
            for target in LINK.findall(line):
                if "://" not in target and not (path.parent / target).exists():
                    offences.append(f"{name}:{i}: the link to {target} leads nowhere")
        if not (inside and line.startswith("$ polyfleet")):
            continue
        start = i
        while i < len(lines) and not lines[i].startswith(("$ ", "```")):
            i += 1
        shown = [text.rstrip() for text in lines[start:i]]
        arguments, wanted, varies = split_command(line)
        code, real = run(arguments, binary, folder)
        if code != wanted:
            offences.append(f"{name}:{start}: {line}\n  exit code {code}, documented {wanted}\n  " + "\n  ".join(real[-5:]))
        if varies or matches(shown, real):
            new.extend(lines[start:i])
            continue
        new.extend(refreshed(shown, real))
        difference = difflib.unified_diff(shown, real, "documented", "real", lineterm="", n=1)
        offences.append(f"{name}:{start}: {line}\n  " + "\n  ".join(list(difference)[:40]))
    return new, offences


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--binary", type=pathlib.Path)
    options = parser.parse_args()
    root = options.root.resolve()
    binary = (options.binary or root / "build/release/polyfleet").resolve()
    documents = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for entry in root.iterdir():
            (pathlib.Path(folder) / entry.name).symlink_to(entry)
        for path in documents:
            if not path.exists():
                continue
            new, offences = examine(path, binary, folder, root)
            found += offences
            if not options.check and new != path.read_text().split("\n"):
                path.write_text("\n".join(new))
                print(f"rewrote {path.relative_to(root)}")
    for offence in found:
        print(offence)
    return 1 if options.check and found else 0


if __name__ == "__main__":
    sys.exit(main())
