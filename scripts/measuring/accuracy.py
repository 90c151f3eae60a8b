"""docs/accuracy.md: every stated figure beside the measured one, and where the errors lie."""
import tomllib

from measuring import errors, goals, outside
from measuring.markdown import command, error_table, percent, table
from measuring.plans import plans_section
from measuring.training_detail import WEAK_MEDIAN, WEAK_ROWS, kinds, maturity_factors, skipped_reasons, weak_groups, worst_rows

OPENING = """# Accuracy

How far predictions are from published measurements. `scripts/measure.py` wrote this file and every figure in it;
`polyfleet validate` prints the same errors for any table of yours (`--data FILE`).

An error is |predicted / measured - 1|, a bias the signed median of predicted / measured - 1, "in interval" the share of
measurements inside the printed 80 % interval (75 to 85 % is right; more means the interval is too wide).
"""

METHOD = """## How training is judged

* **Kernel rates are not fitted on training runs**; they come from microbenchmarks alone.
* **Strict** switches the software-maturity factor off: time is kernels, links, schedule and framework profile.
* **Default** multiplies by that factor, which says how far a software stack of a date was from the bound. It is fitted
  by `scripts/fit_training.py` on one half of the sources and judged on the other. The half of a source follows from
  a hash of its name, see [validation/split.toml](../validation/split.toml).
* **Intervals** are the 10 and 90 % quantiles of measured / predicted in the fit half, by kind of run, widened by what
  the operators behind a prediction are known to (`data/training/intervals.toml`).
* **One vote per source** (`source_median_ape`): the median over sources of their medians, so that large tables do not
  outvote small ones. `vtrain-single`, 1,440 rows composed from per-layer timings by its authors, is left out of the
  row-wise figures and has one vote there.
* A setting that a source leaves open gets its framework's documented default and the row says so (column `assumptions`
  of `--rows`); [framework profiles](frameworks.md) hold {fitted} entries of status "fitted", chosen because they explain
  residuals of published runs, not all of them of the fit half. Strict and judged figures stand on them too.
* Some published rows are corrected or excluded, each with its reason, in `validation/*.toml`.
"""


def fitted_settings(root):
    count = 0
    for path in sorted((root / "data/frameworks").glob("*.toml")):
        entries = tomllib.loads(path.read_text()).get("default", [])
        count += sum(entry.get("status") == "fitted" for entry in entries)
    return count


def training_sections(program, made):
    document, rows = program.validation("train")
    _, strict = program.validation("train", "--strict")
    judged_document, judged = program.validation("train", "--split", "test")
    fit_document, fit = program.validation("train", "--split", "train")
    _, strict_judged = program.validation("train", "--strict", "--split", "test")
    _, strict_fit = program.validation("train", "--strict", "--split", "train")
    for own, printed in ((rows, document), (judged, judged_document), (fit, fit_document)):
        errors.same_as_printed(own, printed)
    thin = errors.without_synthetic
    every, other = goals.training(rows, strict), goals.training(judged, strict_judged)
    made["training, all sources"], made["training, judged half"] = every, other
    yield "## Training: the stated figures\n"
    yield ("Row-wise without `vtrain-single`, which has one vote among the sources. The judged half holds the sources on which neither maturity nor intervals "
           "were fitted; its kinds are sparser.\n")
    yield goals.training_table(every, other)
    yield command("polyfleet validate train --json", "polyfleet validate train --split test --json",
                  "polyfleet validate train --strict --json", "scripts/measure.py    # without vtrain-single, by kind")
    yield METHOD.format(fitted=fitted_settings(program.root))
    yield "## Strict beside default, fit half beside judged half\n"
    sets = [("default", rows), ("strict", strict), ("default, fit half", fit), ("strict, fit half", strict_fit),
            ("default, judged half", judged), ("strict, judged half", strict_judged)]
    yield "All rows, as the program prints them:\n"
    yield error_table("", [(name, errors.summary(own)) for name, own in sets])
    yield "Without `vtrain-single`, and one vote per source:\n"
    yield table(["", "rows", "predicted", "median %", "p90 %", "bias %", "in interval %", "median over sources %"],
                [line(name, own) for name, own in sets])
    yield command("polyfleet validate train [--strict] [--split train|test] --json")
    yield "## By kind of run\n"
    yield kinds(thin(rows), thin(strict), thin(judged))
    yield command("polyfleet validate train --rows rows.csv    # columns framework, family, workload")
    yield from breakdowns(rows, thin(rows), document)


def line(name, rows):
    e = errors.summary(errors.without_synthetic(rows))
    return [name, e.rows, e.predicted, percent(e.median), percent(e.p90), percent(e.bias, True), percent(e.coverage),
            percent(errors.source_median(rows))]


def breakdowns(rows, thin, document):
    for title, key in (("vendor", "vendor"), ("accelerator", "accelerator"), ("source", "source")):
        own = rows if key == "source" else thin
        yield f"## By {title}\n"
        yield error_table(title, [(k, errors.summary(v)) for k, v in errors.grouped(own, lambda r: r[key]).items()])
        yield command("polyfleet validate train --json    # by_" + key)
    yield "## Where the errors sit\n"
    yield (f"Runs of one source, part and kind, at least {WEAK_ROWS} of them, with a median above {percent(WEAK_MEDIAN)} %:\n")
    yield weak_groups(thin)
    yield "## The twenty worst rows\n"
    yield "With the three largest parts of the predicted time.\n"
    yield worst_rows(rows)
    yield command("polyfleet validate train --rows rows.csv    # sorted by |error|")
    yield "## Rows left out\n"
    yield skipped_reasons(document)
    yield command("polyfleet validate train --json    # skipped")


def kernel_sections(program, made):
    kernels, _ = program.validation("kernels")
    collectives, _ = program.validation("collectives")
    made["kernels"] = goals.kernels(kernels) + goals.collectives(collectives)
    yield "## Kernels and collectives on shapes left out of the tables\n"
    yield ("Every tabulated row is predicted with its fold of shapes (collectives: its message size) left out. AMD "
           "publishes no attention table, so attention on AMD parts has no such figure.\n")
    yield goals.plain_table(made["kernels"])
    yield "The kernel tables in full; \"family\" leaves out every shape with the same weights or heads, which is harder:\n"
    yield table(["", "operator", "rows", "median %", "p90 %", "bias %", "in interval %", "family %", "analytic form alone %"],
                [kernel_line(t) for t in kernels["tables_by_vendor"] + kernels["tables_by_accelerator"]])
    yield "Published microbenchmarks, of which some stand in no table and some parts have none:\n"
    yield error_table("vendor", published(kernels["by_vendor"]))
    yield error_table("source", published(kernels["by_source"]))
    yield command("polyfleet validate kernels --json    # tables_by_vendor, by_vendor, by_source")
    yield "Published collective measurements:\n"
    yield error_table("vendor", published(collectives["by_vendor"]))
    yield error_table("part", published(collectives["by_accelerator"]))
    yield command("polyfleet validate collectives --json")
    yield ("Of the collective tables, more than the message size can be left out: the number of ranks, the accelerator, or "
           "all parts of a generation. The last is what a part nobody has measured must expect.\n")
    yield outside.collectives_left_out(program)
    yield command('test_reference -tc="collectives with*"')


def kernel_line(entry):
    return [entry["accelerator"] or entry["vendor"], entry["operator"], entry["predicted"], percent(entry["median_ape"]),
            percent(entry["p90_ape"]), percent(entry["median_bias"], True), percent(entry["coverage80"]),
            percent(entry["median_ape_by_family"]), percent(entry["median_ape_of_form"])]


def published(groups):
    return [(name or "(none named)", errors.Errors(e["rows"], e["predicted"], e["median_ape"], e["p90_ape"], e["median_bias"],
                                                   e["coverage80"])) for name, e in sorted(groups.items())]


def memory_section(program, made):
    document, rows = program.validation("memory")
    good = [abs(float(row["error"])) for row in rows if not row["excluded"]]
    made["memory"] = goals.memory(document)
    yield "## Memory\n"
    yield (f"The fullest device of {len(good)} published footprints; the goal is 5 %. Single rows: {within(good, 0.05)} of "
           f"{len(good)} lie within 5 %, {within(good, 0.1)} within 10 %; the largest error is {percent(max(good))} %. "
           "All are NVIDIA parts: no footprint of another vendor was found.\n")
    yield goals.plain_table(made["memory"])
    yield error_table("source", published(document["by_source"]))
    yield command("polyfleet validate memory --json")
    _, training = program.validation("train")
    ran = [row for row in training if row["fits_in_memory"]]
    full = sum(row["fits_in_memory"] == "false" for row in ran)
    yield f"All {len(ran)} predicted training runs did run; by this model {f'{full} of them would not' if full else 'all of them'} fit.\n"


def within(values, limit):
    return sum(v <= limit for v in values)


def outside_sections(program, made):
    means, eight = outside.korthikanti(program)
    cases, exact, worst, traces = outside.astrasim(program)
    made["other tools"] = [
        goals.Goal("mean error on the eight step times of Korthikanti et al.", f"below Calculon's {100 * means[2]:.2f} %",
                   f"{100 * means[0]:.2f} %", means[0] < means[2]),
        goals.Goal("Calculon's FLOP counts, memory parts, volumes, times", "equal", "equal on 26 cases", True),
        goals.Goal("ASTRA-sim's collectives under its assumptions", "within 0.2 %", f"{worst:.1e} %", worst <= 0.2),
        goals.Goal("ASTRA-sim's data-parallel traces", "within 0.2 %", f"{traces:.1e} %", traces <= 0.2)]
    yield "## Other tools\n"
    yield goals.plain_table(made["other tools"])
    yield (f"ASTRA-sim: {cases} collectives, {exact} of them equal to the last bit. Calculon: FLOPs, bytes and volumes of its "
           "26 cases are equal to rounding (1e-13), and so is every term of its times once its own rates and assumptions are "
           "switched on. The eight measured step times (source korth22, A100), by both tools with their own rates:\n")
    yield eight
    yield "Term by term, ours / Calculon's, in seconds per step (Calculon has no host time and no maturity):\n"
    yield outside.korthikanti_terms(program)
    yield command("polyfleet validate train --rows rows.csv    # source korth22", 'test_reference -tc="*Calculon*,ASTRA-sim*"')


def document(program):
    made = {}
    body = [*training_sections(program, made), "## Software maturity\n", *maturity_factors(program),
            *kernel_sections(program, made), *memory_section(program, made), *plans_section(program, made),
            *outside_sections(program, made)]
    short = [text for where, own in made.items() for text in goals.not_reached(own, where)]
    head = [OPENING, "## What falls short\n"]
    head.append("\n".join(f"* {text}." for text in short) + "\n" if short else "Every stated figure is reached.\n")
    return "\n".join(head + body)
