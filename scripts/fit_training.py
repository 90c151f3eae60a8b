#!/usr/bin/env python3
"""Fits the two things about training that no microbenchmark tells, from the fit half of the sources only:

- software maturity (data/frameworks/software_maturity.toml): measured / strict prediction per accelerator family,
  framework profile, workload class and date; sources vote, and little evidence shrinks a factor towards 1;
- intervals (data/training/intervals.toml): 10 % and 90 % quantiles of measured / default prediction, by kind of run.

Usage: fit_training.py maturity ROWS.csv > data/frameworks/software_maturity.toml
       fit_training.py intervals ROWS.csv > data/training/intervals.toml
ROWS.csv is what `polyfleet validate train --rows ROWS.csv` writes (with --strict for maturity).
"""
import collections
import csv
import math
import sys

# A factor is shrunk as if these many further rows, and sources, of factor 1 stood beside its own: one source speaks for
# its own configurations first, and a factor is meant for everybody else's.
PRIOR_ROWS = 1.0
PRIOR_SOURCES = 0.1
# A single source within this of 1 (log) is no news: it is the bias that a mature prediction may have.
SOURCE_SPREAD = 0.04
# Months that make one period; a period needs this many rows for a factor of its own.
PERIOD_ROWS = 6
# Sources count once each; rows of one source within a group give one median.
HEADER_MATURITY = """# How much slower than the kernel-calibrated bound a software stack ran at a date: measured time over
# predicted time, 1 = mature. A factor holds from its month until the next entry of the same vendor,
# family, framework and workload; the most specific entry wins ("*" matches anything). Fitted only on
# the sources named in fitted_on (validation/split.toml says which half); never part of a kernel rate.
# workload: dense | moe | hybrid | fine-tuning | diffusion | *
# Written by scripts/fit_training.py; do not edit.

[[maturity]]
vendor = "*"
family = "*"
framework = "*"
workload = "*"
from = "2000-01"
factor = 1.0
fitted_on = []
note = "the kernel-calibrated bound itself"
"""


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def quantile(values, q):
    ordered = sorted(values)
    at = q * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def predicted_rows(path):
    with open(path, newline="") as file:
        return [row for row in csv.DictReader(file) if row["predicted_s"]]


def log_ratio(row):
    return math.log(float(row["measured_s"]) / float(row["predicted_s"]))


def shrunk_factor(rows):
    """The mean over sources of their median log ratios, a source of few rows counting less, shrunk by the priors above."""
    by_source = collections.defaultdict(list)
    for row in rows:
        by_source[row["source"]].append(log_ratio(row))
    votes = {source: len(values) / (len(values) + PRIOR_ROWS) for source, values in by_source.items()}
    total = sum(votes.values())
    centre = sum(votes[source] * median(values) for source, values in by_source.items()) / total
    sources = len(by_source)
    if sources == 1 and abs(centre) < SOURCE_SPREAD:
        return 1.0
    return math.exp(centre * len(rows) / (len(rows) + PRIOR_ROWS) * sources / (sources + PRIOR_SOURCES))


def month_groups(rows):
    """Periods with their first month."""
    by_month = collections.defaultdict(list)
    for row in rows:
        by_month[row["date"] or "2000-01"].append(row)
    groups = []
    for month in sorted(by_month):
        if groups and len(groups[-1][1]) < PERIOD_ROWS:
            groups[-1][1].extend(by_month[month])
        else:
            groups.append([month, list(by_month[month])])
    if len(groups) > 1 and len(groups[-1][1]) < PERIOD_ROWS:
        last = groups.pop()
        groups[-1][1].extend(last[1])
    return groups


def entry(vendor, family, accelerator, framework, workload, start, rows):
    sources = sorted({row["source"] for row in rows})
    listed = ", ".join(f'"{source}"' for source in sources)
    return (f'\n[[maturity]]\nvendor = "{vendor}"\nfamily = "{family}"\naccelerator = "{accelerator}"\nframework = "{framework}"\n'
            f'workload = "{workload}"\nfrom = "{start}"\nfactor = {shrunk_factor(rows):.4f}\n'
            f'fitted_on = [{listed}]\nnote = "{len(rows)} rows of {len(sources)} sources"\n')


def print_maturity(rows):
    fit = [row for row in rows if row["in_fit_half"] == "true"]
    print(HEADER_MATURITY, end="")
    groups = collections.defaultdict(list)
    for row in fit:
        # Expert exchange depends on the scale-up domain, which differs inside a family (B200 8, GB200 72).
        part = row["accelerator"] if row["workload"] in ("moe", "hybrid") else "*"
        groups[row["vendor"], row["family"], part, row["framework"], row["workload"]].append(row)
    for (vendor, family, part, framework, workload), members in sorted(groups.items()):
        for index, (month, period) in enumerate(month_groups(members)):
            # The first period also speaks for earlier dates, where nothing was measured, unless it is faster than the bound:
            # nobody's older stack is known to be fast.
            start = "2000-01" if index == 0 and shrunk_factor(period) >= 1 else month
            print(entry(vendor, family, part, framework, workload, start, period), end="")
    # What a kind of workload on a family needs whatever the framework, for profiles that were never measured there.
    families = collections.defaultdict(list)
    for row in fit:
        families[row["vendor"], row["family"], row["workload"]].append(row)
    for (vendor, family, workload), members in sorted(families.items()):
        recent = month_groups(members)[-1][1]
        print(entry(vendor, family, "*", "*", workload, "2000-01", recent), end="")


def print_intervals(rows):
    print("# How far measured step times lie from predicted ones: 10 % and 90 % quantiles of measured / predicted, by kind of\n"
          "# run. Written by scripts/fit_training.py from the fit half of the sources; see docs/accuracy.md.")
    fit = [row for row in rows if row["in_fit_half"] == "true" and row["source"] != "vtrain-single"]
    sigma = median([float(row["log_sigma"]) for row in fit])
    print(f"known_sigma = {sigma:.4f}")
    groups = collections.defaultdict(list)
    for row in fit:
        for key in {("*", "*", "*", "*"), (row["vendor"], "*", "*", row["workload"]),
                    (row["vendor"], row["family"], "*", row["workload"])}:
            groups[key].append(row)
    for key in sorted(groups):
        members = groups[key]
        if len(members) < 10 and key != ("*", "*", "*", "*"):
            continue
        ratios = [math.exp(log_ratio(row)) for row in members]
        sources = len({row["source"] for row in members})
        vendor, family, framework, workload = key
        print(f'\n[[interval]]\nvendor = "{vendor}"\nfamily = "{family}"\nframework = "{framework}"\n'
              f'workload = "{workload}"\nlow = {quantile(ratios, 0.1):.4f}\nhigh = {quantile(ratios, 0.9):.4f}\n'
              f'rows = {len(members)}\nsources = {sources}')


def main():
    kind, path = sys.argv[1], sys.argv[2]
    {"maturity": print_maturity, "intervals": print_intervals}[kind](predicted_rows(path))


if __name__ == "__main__":
    main()
