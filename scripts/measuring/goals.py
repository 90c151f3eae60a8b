"""The stated figures beside the measured ones."""
import dataclasses

from measuring import errors
from measuring.classes import CLASSES
from measuring.markdown import percent, table

VENDORS = ("NVIDIA", "AMD", "Google", "AWS", "Intel")
KERNEL_GOALS = {"gemm": ("GEMM", 0.07), "attention": ("attention", 0.10), "moe": ("mixture of experts", 0.12)}


@dataclasses.dataclass
class Goal:
    name: str
    limit: str
    value: str | None  # None: cannot be measured
    reached: bool = False

    def verdict(self):
        return "not measurable" if self.value is None else "yes" if self.reached else "**no**"

    def cells(self):
        return [self.name, self.limit, self.value or "-", self.verdict()]


def at_most(name, value, limit, signed=False):
    bound = f"within {percent(limit)} %" if signed else f"at most {percent(limit)} %"
    if value is None:
        return Goal(name, bound, None)
    return Goal(name, bound, f"{percent(value, signed)} %", abs(value) <= limit)


def median_of_kind(name, limit, rows):
    e = errors.summary(rows)
    made = at_most(f"{name}: median", e.median, limit)
    if e.predicted:
        made.value += f" of {e.predicted} row" + "s" * (e.predicted != 1)
    return made


def training(every_row, every_strict):
    """For one set of rows, default and strict: row-wise without the synthetic source, which has its vote among the sources."""
    rows, strict = errors.without_synthetic(every_row), errors.without_synthetic(every_strict)
    e = errors.summary(rows)
    made = [Goal("rows predicted", "at least 90 %", f"{percent(e.predicted / e.rows)} %", e.predicted >= 0.9 * e.rows),
            at_most("median error", e.median, 0.06), at_most("90th percentile of the errors", e.p90, 0.20),
            at_most("median over sources of their medians", errors.source_median(every_row), 0.06)]
    made += [median_of_kind(name, limit, list(filter(holds, rows))) for name, limit, holds in CLASSES]
    made.append(at_most("median error, strict", errors.summary(strict).median, 0.09))
    made += [at_most(f"{vendor}: bias", errors.summary([r for r in rows if r["vendor"] == vendor]).bias, 0.04, True)
             for vendor in VENDORS]
    made.append(Goal("measurements inside the 80 % interval", "75 to 85 %", f"{percent(e.coverage)} %",
                     0.75 <= e.coverage <= 0.85))
    return made


def training_table(every, judged):
    """Both halves side by side; a figure counts as reached where the sources that nothing was fitted on reach it too."""
    header = ["figure", "goal", "all sources", "reached", "judged half", "reached"]
    return table(header, [[*a.cells(), b.value or "no rows", b.verdict() if b.value else "-"] for a, b in zip(every, judged)])


def kernels(document):
    found = {(t["vendor"], t["operator"]): t for t in document["tables_by_vendor"]}
    made = []
    for vendor in ("NVIDIA", "AMD"):
        for operator, (words, limit) in KERNEL_GOALS.items():
            entry = found.get((vendor, operator))
            made.append(at_most(f"{words}, {vendor}", entry and entry["median_ape"], limit))
    return made


def collectives(document):
    return [at_most(f"collectives, {vendor}", document["by_vendor"][vendor]["median_ape"], 0.12) for vendor in ("NVIDIA", "AMD")]


def memory(document):
    return [at_most(f"memory, {source}", e["median_ape"], 0.05) for source, e in sorted(document["by_source"].items())]


def plain_table(made):
    return table(["figure", "goal", "measured", "reached"], [g.cells() for g in made])


def not_reached(made, where):
    return [f"{g.name} ({where}): {g.value}; the goal is {g.limit}" for g in made if g.value and not g.reached]
