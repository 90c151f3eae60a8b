"""Markdown tables and the wording of figures."""
import re

FIGURE = re.compile(r"[-+]?[\d,.]*(e[-+]?\d+)?( / -?[\d.]+)?$")


def percent(share, signed=False):
    if share is None:
        return "-"
    text = f"{100 * share:+.1f}" if signed else f"{100 * share:.1f}"
    return "0.0" if text in ("-0.0", "+0.0") else text


def cell(value):
    return str(value).replace("|", "/")


def table(header, rows):
    """Columns of figures are right-aligned."""
    rule = ["---:" if all(FIGURE.match(cell(row[i])) for row in rows) else "---" for i in range(len(header))]
    lines = [header, rule, *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines) + "\n"


def command(*lines):
    return "```sh\n" + "\n".join(lines) + "\n```\n"


ERROR_HEADER = ["rows", "predicted", "median %", "p90 %", "bias %", "in interval %"]


def error_cells(e):
    return [e.rows, e.predicted, percent(e.median), percent(e.p90), percent(e.bias, True), percent(e.coverage)]


def error_table(name, named_errors):
    return table([name, *ERROR_HEADER], [[key, *error_cells(e)] for key, e in named_errors])
