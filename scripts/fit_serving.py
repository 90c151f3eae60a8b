#!/usr/bin/env python3
"""Intervals of serving predictions (data/engines/intervals.toml): 10 % and 90 % quantiles of measured / predicted, by
kind of run, quantity and vendor, from the fit half of the sources only (validation/serving_split.toml).

Usage: fit_serving.py intervals ROWS.csv > data/engines/intervals.toml
       fit_serving.py host ROWS.csv
ROWS.csv is what `polyfleet validate serve --rows ROWS.csv` writes (with --strict for host, which prints the host time
per iteration that each engine's fit half asks for: the median of measured minus predicted TPOT of plain runs).
"""
import collections
import csv
import sys

LEAST_ROWS = 20  # fewer say nothing about a 10 % quantile
LEAST_SOURCES = 2  # one source's bias is no spread: its kinds of run share the entries of all kinds
# Entries of all kinds stand for kinds that the fit half does not hold: their tails are taken further out.
UNSEEN_TAIL = 0.05
HEADER = """# How far measured serving figures lie from predicted ones: 10 % and 90 % quantiles of measured / predicted, by kind of
# run, quantity and vendor. Written by scripts/fit_serving.py from the fit half of the sources; see docs/accuracy.md.
known_sigma = {:.4f}
"""
ENTRY = """
[[interval]]
kind = "{}"
metric = "{}"
vendor = "{}"
low = {:.4f}
high = {:.4f}
rows = {}
sources = {}
"""


def quantile(values, q):
    ordered = sorted(values)
    at = q * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def fit_rows(path):
    with open(path, newline="") as file:
        return [row for row in csv.DictReader(file) if row["predicted"] and row["in_fit_half"] == "true"]


def intervals(path):
    groups = collections.defaultdict(list)
    for row in fit_rows(path):
        for kind in (row["kind"], "*"):
            for metric in (row["metric"], "*"):
                for vendor in (row["vendor"], "*"):
                    groups[kind, metric, vendor].append(row)
    everything = groups["*", "*", "*"]
    if not everything:
        raise SystemExit(f"{path}: no predicted row of the fit half")
    print(HEADER.format(quantile([float(row["log_sigma"]) for row in everything], 0.5)), end="")
    for (kind, metric, vendor), rows in sorted(groups.items()):
        if len(rows) < LEAST_ROWS:
            continue
        ratios = [float(row["measured"]) / float(row["predicted"]) for row in rows]
        sources = len({row["source"] for row in rows})
        if kind != "*" and sources < LEAST_SOURCES:
            continue
        tail = UNSEEN_TAIL if kind == "*" else 0.1
        low, high = quantile(ratios, tail), quantile(ratios, 1 - tail)
        print(ENTRY.format(kind, metric, vendor, low, high, len(rows), sources), end="")


def host(path):
    engines = collections.defaultdict(list)
    for row in fit_rows(path):
        if row["kind"] == "plain" and row["metric"] == "tpot":
            engines[row["engine"]].append(1e3 * (float(row["measured"]) - float(row["predicted"])))
    for engine, gaps in sorted(engines.items()):
        print(f"{engine}: {quantile(gaps, 0.5):.2f} ms over {len(gaps)} rows")


def main():
    tasks = {"intervals": intervals, "host": host}
    if len(sys.argv) != 3 or sys.argv[1] not in tasks:
        raise SystemExit(__doc__)
    tasks[sys.argv[1]](sys.argv[2])


if __name__ == "__main__":
    main()
