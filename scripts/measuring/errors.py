"""Errors over rows of `polyfleet validate ... --rows`, by the definitions of the program itself."""
import collections
import dataclasses
import math

SYNTHETIC = "vtrain-single"  # 1,440 rows of one source, composed from per-layer timings


@dataclasses.dataclass(frozen=True)
class Errors:
    rows: int
    predicted: int
    median: float | None = None
    p90: float | None = None
    bias: float | None = None
    coverage: float | None = None


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values, share):
    ordered = sorted(values)
    return ordered[max(1, math.ceil(share * len(ordered))) - 1]


def error(row):
    return float(row["error"])


def is_predicted(row):
    return row["predicted_s"] != ""


def inside(row):
    return float(row["low_s"]) <= float(row["measured_s"]) <= float(row["high_s"])


def summary(rows):
    good = [row for row in rows if is_predicted(row)]
    if not good:
        return Errors(len(rows), 0)
    signed = [error(row) for row in good]
    sizes = [abs(e) for e in signed]
    return Errors(len(rows), len(good), median(sizes), percentile(sizes, 0.9), median(signed),
                  sum(map(inside, good)) / len(good))


def grouped(rows, key):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(sorted(groups.items()))


def source_median(rows):
    """Median over sources of their median errors: one vote each."""
    return median([summary(own).median for own in grouped(filter(is_predicted, rows), lambda r: r["source"]).values()])


def without_synthetic(rows):
    return [row for row in rows if row["source"] != SYNTHETIC]


def same_as_printed(rows, document):
    """Stops when the errors computed here are not those that the program prints."""
    own, printed = summary(rows), document["overall"]
    pairs = [(own.rows, printed["rows"]), (own.predicted, printed["predicted"]), (own.median, printed["median_ape"]),
             (own.p90, printed["p90_ape"]), (own.bias, printed["median_bias"]), (own.coverage, printed["coverage80"]),
             (source_median(rows), document["source_median_ape"])]
    if (thin := document.get("without_dominant_source")) and thin["left_out"] == SYNTHETIC:
        own = summary(without_synthetic(rows))
        pairs += [(own.rows, thin["rows"]), (own.median, thin["median_ape"]), (own.p90, thin["p90_ape"])]
    assert all(abs(a - b) < 2e-3 for a, b in pairs), pairs
