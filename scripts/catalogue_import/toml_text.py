"""Writes the catalogue's TOML: figures as inline tables, stable order, one line a key."""

import json

STATUS = {
    "vendor-spec": "vendor specification",
    "vendor-claim": "vendor claim",
    "third-party": "third party",
    "rumor": "rumour",
    "derived": "derived",
    "measured": "measured",
    "estimated": "estimated",
}


def number(value):
    """A figure's number as people write it: no exponent, no trailing zero."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text


def figure(value, source, status, note=None, unit=None):
    """One sourced figure. `value` is a number, a text or a [low, high] pair."""
    status = STATUS.get(status, status)
    assert status in STATUS.values(), status
    parts = {}
    if isinstance(value, (list, tuple)):
        parts["low"], parts["high"] = (quantity(v, unit) for v in value)
    else:
        parts["value"] = quantity(value, unit)
    parts["source"] = source
    parts["status"] = status
    if note:
        parts["note"] = note
    return parts


def ranged(value, low, high, source, status, note=None, unit=None):
    """A figure with a default inside a stated range."""
    made = figure(value, source, status, note, unit)
    return {"value": made.pop("value"), "low": quantity(low, unit), "high": quantity(high, unit), **made}


def quantity(value, unit):
    if unit is None:
        return value
    return f"{number(value)} {unit}"


def literal(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return number(value) if not isinstance(value, float) or value < 1e15 else repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key(k)} = {literal(v)}" for k, v in value.items()) + " }"
    raise TypeError(value)


def key(name):
    plain = all(c.isascii() and (c.isalnum() or c in "_-") for c in name) and name
    return name if plain else json.dumps(name)


def is_table(value):
    """Figures and other flat records print inline; groups print as [tables]."""
    return isinstance(value, dict) and not ({"value", "low", "url"} & value.keys())


def table(content, prefix=""):
    lines = [f"{key(k)} = {literal(v)}" for k, v in content.items() if v is not None and not is_table(v)]
    for k, v in content.items():
        if is_table(v) and v:
            name = f"{prefix}{key(k)}"
            body = table(v, name + ".")
            direct = any(not is_table(x) for x in v.values())
            lines.append(("\n" if lines else "") + (f"[{name}]\n" if direct else "") + body)
    return "\n".join(lines)


def write(path, content, heading):
    path.parent.mkdir(parents=True, exist_ok=True)
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    path.write_text(comment + table(content) + "\n", encoding="utf-8")
