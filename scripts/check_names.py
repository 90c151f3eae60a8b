#!/usr/bin/env python3
"""Fails where two files of a room cannot be compiled together (docs/decisions/0011): a name local to one file is also
local to another, hides or doubles a function of a header that another calls, or is a constant that a function of
another file writes anew (-Wshadow). Rooms are the folders under src/; each folder of tests is one program.

Functions of one name may stand in several files where their parameters tell them apart (text from numbers, one struct
from another) and none is passed on by its name. This reads declarations, not C++: what it overlooks, the compiler finds when a batch changes.

Usage: check_names.py ROOT. Exit 0 clean, 1 with one line per offence.
"""
import collections
import dataclasses
import pathlib
import re
import sys
import tomllib

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:\\\n|[^\n])*|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
    r"""|\d[\w'.]*|\w+|::|->|\s+|.""", re.S | re.M)
OPENING, CLOSING = "([{", ")]}"
NUMBERS = set("bool char int unsigned long float double size_t int32_t int64_t uint32_t uint64_t uint16_t".split())
TEXTS = {"string", "string_view", "char*"}
LOCAL_CONSTANT = re.compile(r"^[ \t]+(?:static )?constexpr [^;\n]*?\b(k[A-Z]\w*)\b\s*[={\[]", re.M)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


@dataclasses.dataclass
class Declared:
    name: str
    line: int
    local: bool
    parameters: list | None = None  # of a function: (type, has a default value); "any" for a template's parameter

    def is_function(self):
        return self.parameters is not None

    def is_found_by_arguments(self):
        """Whether an argument is of a type of ours, so that a call finds the function past others of its name."""
        return any(re.search(r"\b[A-Z]", type_) for type_, _ in self.parameters)


@dataclasses.dataclass
class Source:
    """What a file declares at the level of namespaces, and which names it calls, passes on or writes as constants."""
    path: str
    declared: list
    aliases: dict
    called: set
    passed: set
    constants: set
    includes: list


def tokens_of(text):
    for match in TOKEN.finditer(text):
        token = match.group(0)
        if not token.isspace() and not token.startswith(("//", "/*")) and not token.lstrip().startswith("#"):
            yield token, match.start()


def end_of(words, at):
    """The place of the bracket that closes the one at `at`; of '<' the '>'."""
    opening = words[at]
    closing = ">" if opening == "<" else CLOSING[OPENING.index(opening)]
    depth = 0
    while at < len(words):
        if words[at] == opening:
            depth += 1
        elif words[at] == closing:
            depth -= 1
            if depth == 0:
                break
        elif opening == "<" and words[at] == "(":
            at = end_of(words, at)
        at += 1
    return at


def outside_brackets(words):
    depth, kept = 0, []
    for word in words:
        depth -= word in CLOSING
        if depth == 0:
            kept.append(word)
        depth += word in OPENING
    return kept


def parts_of(words):
    """The words between the commas that stand in no bracket."""
    part, depth = [], 0
    for word in words:
        depth += (word in "([{<") - (word in ")]}>")
        if word == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(word)
    if part:
        yield part


def parameters_of(words):
    parameters = []
    for part in parts_of(words):
        default = "=" in part
        part = part[:part.index("=")] if default else part
        kept = [word for word in part if word not in ("const", "&", "std", "::", "polyfleet")]
        if len(kept) > 1 and re.match(r"[a-z_]\w*$", kept[-1]) and kept[-1] not in NUMBERS | TEXTS:
            kept.pop()  # its name
        parameters.append(("".join(kept), default))
    return parameters


def declarations_of(words, line, local):
    """What one statement or head of a definition declares; `{}` stands for a body or initialiser."""
    open_types = {"auto"}
    while words and words[0] == "template":
        end = end_of(words, 1)
        open_types.update(part[1] for part in parts_of(words[2:end]) if len(part) == 2)
        words = words[end + 1:]
    if not words or not re.match(r"[A-Za-z_\[]", words[0]) or words[0] in ("static_assert", "namespace", "friend", "typedef", "extern"):
        return
    local = local or "static" in words
    if words[0] == "using":
        if "=" in words:
            yield Declared(words[1], line, local)
        return
    if words[0] in ("struct", "class", "union", "enum") and "(" not in words:
        names = [word for word in words[1:] if word not in ("struct", "class")]
        if "{}" in words:  # not where it is only announced
            yield Declared(names[0], line, local)
        return
    at = 0
    while at < len(words):
        if words[at] == "<" and at > 0 and re.match(r"\w+$", words[at - 1]):
            at = end_of(words, at)
        elif words[at] == "operator":
            return
        elif words[at] in ("=", "{}", "["):
            break
        elif words[at] == "(":
            if not re.match(r"[A-Za-z_]\w*$", words[at - 1]) or words[at - 2:at - 1] == ["::"]:
                return  # a member's definition, or a macro
            parameters = parameters_of(words[at + 1:end_of(words, at)])
            yield Declared(words[at - 1], line, local, [("any" if type_.rstrip("&.") in open_types else type_, default)
                                                        for type_, default in parameters])
            return
        at += 1
    for part in parts_of(words):
        ends = [part.index(mark) for mark in ("=", "{}", "[") if mark in part]
        name = part[min(ends) - 1] if ends and min(ends) > 0 else part[-1]
        if re.match(r"[A-Za-z_]\w*$", name):
            yield Declared(name, line, local)


def read_source(path, root):
    text = path.read_text()
    tokens = list(tokens_of(text))
    words = [token for token, _ in tokens]
    declared, namespaces = [], []
    at = start = 0

    def declare(until):
        statement, place = [], start
        while place < until:
            if words[place] == "{":
                statement.append("{}")
                place = end_of(words, place)
            else:
                statement.append(words[place])
            place += 1
        if not any(inner and inner != "polyfleet" for inner in namespaces):
            line = text.count("\n", 0, tokens[start][1]) + 1 if start < len(tokens) else 0
            declared.extend(declarations_of(statement, line, "" in namespaces))

    while at < len(words):
        if words[at] == "{":
            if "namespace" in words[start:at]:
                namespaces.append("".join(words[start + 1:at]))
                start = at + 1
            else:
                end = end_of(words, at)
                head = outside_brackets(words[start:at])
                if ")" in head and "=" not in head:  # a function's body
                    declare(end + 1)
                    start = end + 1
                at = end
        elif words[at] == "}":
            if namespaces:
                namespaces.pop()
            start = at + 1
        elif words[at] == ";":
            declare(at)
            start = at + 1
        at += 1
    aliases = dict(re.findall(r"^\s*using (\w+) = ([\w:]+);", text, re.M))
    called = {words[i] for i in range(1, len(words) - 1)
              if words[i + 1] == "(" and words[i - 1] not in (".", "->", "::") and re.match(r"[a-z]\w*$", words[i])}
    passed = {words[i] for i in range(1, len(words) - 1)
              if words[i + 1] in (",", ")", "}") and words[i - 1] in (",", "(", "{", "&") and words[i].isidentifier()}
    return Source(str(path.relative_to(root)), declared, aliases, called, passed, set(LOCAL_CONSTANT.findall(text)),
                  INCLUDE.findall(text))


class Checker:
    def __init__(self, root):
        self.root = root
        layers = tomllib.loads((root / "layers.toml").read_text())
        self.alone = set(layers.get("heavy", {}).values())
        self.headers = {}
        for folder in ("src", "tests"):
            for path in sorted((root / folder).rglob("*.hpp")):
                if "_fixture/" not in str(path.relative_to(root)):
                    self.headers[str(path.relative_to(root / folder))] = read_source(path, root)
        self.aliases = {}
        for header in self.headers.values():
            self.aliases.update(header.aliases)

    def kind(self, type_):
        seen = set()
        while type_ in self.aliases and type_ not in seen:
            seen.add(type_)
            type_ = self.aliases[type_].removeprefix("std::")
        return "number" if type_ in NUMBERS else "text" if type_ in TEXTS else type_

    def alike(self, one, other):
        """Whether a call may mean either function."""
        if not one.is_function() or not other.is_function():
            return True
        a, b = one.parameters, other.parameters
        least = max(sum(not default for _, default in a), sum(not default for _, default in b))
        if least > min(len(a), len(b)):
            return False
        kinds = [(self.kind(x), self.kind(y)) for (x, _), (y, _) in zip(a[:least], b[:least])]
        return all(x == y or "any" in (x, y) for x, y in kinds)

    def included(self, source, seen):
        for name in source.includes:
            for candidate in (name, str(pathlib.PurePath(source.path).parent.relative_to(
                    source.path.split("/")[0]) / name)):
                if candidate in self.headers and candidate not in seen:
                    seen.add(candidate)
                    self.included(self.headers[candidate], seen)
        return seen

    def room_offences(self, sources):
        seen = set()
        for source in sources:
            self.included(source, seen)
        outside = collections.defaultdict(list)
        for name in sorted(seen):
            for each in self.headers[name].declared:
                outside[each.name].append((name, each))
        inside = collections.defaultdict(list)
        for source in sources:
            for each in source.declared:
                if each.local:
                    inside[each.name].append((source, each))
        for name, places in sorted(inside.items()):
            yield from self.doubled(name, places)
            yield from self.hiding(name, places, outside.get(name, []), sources)
            if name.startswith("k"):
                for source in sources:
                    others = [each for place, each in places if place is not source]
                    if name in source.constants and others:
                        yield f"{source.path}: a function's {name} shadows that of {places[0][0].path}:{places[0][1].line}"

    def doubled(self, name, places):
        for i, (source, each) in enumerate(places):
            for other, second in places[:i]:
                if other is not source and (self.alike(each, second) or name in source.passed or name in other.passed):
                    yield f"{source.path}:{each.line}: {name} is also local to {other.path}:{second.line}"
                    break

    def hiding(self, name, places, outside, sources):
        owners = {id(source) for source, _ in places}
        for source, each in places:
            for header, second in outside:
                if self.alike(each, second) and (second.is_function() or not each.is_function()):
                    yield f"{source.path}:{each.line}: {name} is also declared in {header}"
                    break
                callers = [other.path for other in sources if id(other) not in owners and name in other.called]
                if each.is_function() and second.is_function() and callers and not second.is_found_by_arguments():
                    yield f"{source.path}:{each.line}: {name} hides that of {header}, which {callers[0]} calls"
                    break

    def offences(self):
        rooms = collections.defaultdict(list)
        for folder in ("src", "tests"):
            for path in sorted((self.root / folder).rglob("*.cpp")):
                relative = str(path.relative_to(self.root))
                if relative not in self.alone and "_fixture/" not in relative:
                    rooms[path.parent].append(path)
        for paths in rooms.values():
            yield from self.room_offences([read_source(path, self.root) for path in paths])


def main() -> int:
    found = list(Checker(pathlib.Path(sys.argv[1])).offences())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
