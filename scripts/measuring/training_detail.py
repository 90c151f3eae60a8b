"""Kinds of runs, worst rows, reasons and maturity factors of training validation."""
import collections
import os
import pathlib
import tomllib

from measuring import errors
from measuring.classes import CLASSES, in_no_class
from measuring.markdown import ERROR_HEADER, command, error_cells, error_table, percent, table

WORST = 20
LARGEST_PARTS = 3
WEAK_ROWS, WEAK_MEDIAN = 3, 0.15
FIRST_PART = "projection"  # the columns from here on are parts of the predicted time


def kinds(rows, strict, judged):
    """The kinds with a stated figure, then all the others by framework, family and workload."""
    lines = []
    for name, _, holds in CLASSES:
        lines.append([name, *error_cells(errors.summary(list(filter(holds, rows)))),
                      percent(errors.summary(list(filter(holds, strict))).median),
                      percent(errors.summary(list(filter(holds, judged))).median)])
    first = table(["kind", *ERROR_HEADER, "strict median %", "judged half median %"], lines)
    rest = errors.grouped([r for r in rows if in_no_class(r) and errors.is_predicted(r)],
                          lambda r: f"{r['framework']}, {r['family']}, {r['workload']}")
    return first + "\nPredicted runs of no stated kind:\n\n" + error_table("framework, family, workload",
                                                                 [(k, errors.summary(v)) for k, v in rest.items()])


def largest_parts(row):
    names = list(row)
    parts = sorted(((float(row[n]), n) for n in names[names.index(FIRST_PART):]), key=lambda p: (-p[0], p[1]))
    total = float(row["predicted_s"])
    return ", ".join(f"{n} {percent(v / total)} %" for v, n in parts[:LARGEST_PARTS] if v > 0)


def worst_rows(rows):
    good = sorted(filter(errors.is_predicted, rows), key=lambda r: (-abs(errors.error(r)), r["id"]))[:WORST]
    return table(["row", "measured s", "predicted s", "error %", "in interval", "half", "largest parts"],
                 [[f"`{r['id']}`", r["measured_s"], r["predicted_s"], percent(errors.error(r), True),
                   "yes" if errors.inside(r) else "no", "fit" if r["in_fit_half"] == "true" else "judged",
                   largest_parts(r)] for r in good])


def weak_groups(rows):
    """Where the errors sit: runs of one source, part and kind whose median is large, worst first."""
    groups = errors.grouped(filter(errors.is_predicted, rows),
                            lambda r: f"{r['source']}, {r['accelerator']}, {r['framework']}, {r['workload']}")
    found = [(name, errors.summary(own)) for name, own in groups.items()]
    weak = [(n, e) for n, e in found if e.predicted >= WEAK_ROWS and e.median > WEAK_MEDIAN]
    return error_table("source, part, framework, kind", sorted(weak, key=lambda g: (-g[1].median, g[0])))


def skipped_reasons(document):
    found = sorted(document["skipped"], key=lambda s: (-s["count"], s["reason"]))
    return table(["rows", "reason"], [[s["count"], s["reason"]] for s in found])


def maturity_factors(program):
    path = pathlib.Path(os.environ["POLYFLEET_DATA"]) / "frameworks/software_maturity.toml"
    entries = [e for e in tomllib.loads(path.read_text())["maturity"] if e["fitted_on"]]
    groups = collections.defaultdict(list)
    for e in entries:
        groups[e["vendor"], e["family"], e["workload"]].append(e)
    factors = [e["factor"] for e in entries]
    _, rows = program.validation("train")
    judged = [float(r["maturity"]) for r in rows if errors.is_predicted(r) and r["in_fit_half"] == "false"]
    yield (f"{len(entries)} factors, {min(factors):.2f} to {max(factors):.2f}, median {errors.median(factors):.2f}; 1 is the "
           f"kernel-calibrated bound. {sum(f == 1 for f in factors)} are 1. Of the {len(judged)} rows of the judged half, "
           f"{sum(f != 1 for f in judged)} get a factor other than 1.\n")
    lines = []
    for (vendor, family, workload), own in sorted(groups.items()):
        values = [e["factor"] for e in own]
        sources = sorted({s for e in own for s in e["fitted_on"]})
        lines.append([f"{vendor} {family}, {workload}", len(own), f"{min(values):.2f}", f"{max(values):.2f}", ", ".join(sources)])
    yield table(["vendor, family, workload", "factors", "lowest", "highest", "fitted on"], lines)
    yield command("polyfleet validate train --strict --rows strict.csv",
                  "scripts/fit_training.py maturity strict.csv    # data/frameworks/software_maturity.toml")
