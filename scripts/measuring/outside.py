"""Comparisons with other tools: Calculon, ASTRA-sim, and collectives with more left out, from the reference tests."""
import json
import re

from measuring import errors
from measuring.markdown import percent, table

# Calculon's name of each of the eight step times of Korthikanti et al. 2022, and our row of the same run.
KORTHIKANTI = {f"tab5/{theirs}/{how}": f"korth22-{ours}-{how}" for theirs, ours in (
    ("megatron-22B", "megatron-22b"), ("gpt3-175B", "gpt3-175b"), ("turing-530B", "turing-530b"),
    ("megatron-1T", "megatron-1t")) for how in ("full", "seqsel")}
COMPUTE = ("projection", "attention", "mlp", "norm", "activation", "elementwise", "cast", "embedding", "logits", "loss",
           "gradient accumulation")
TERMS = [("compute", COMPUTE, ("fw_time", "bw_time")), ("recompute", ("recompute",), ("recompute_time",)),
         ("tensor", ("tensor_exposed",), ("tp_comm_exposed_time", "recomm_exposed_time")),
         ("pipeline", ("pipeline_exposed", "bubble"), ("pp_comm_exposed_time", "bubble_time")),
         ("optimiser", ("optimizer_step",), ("optim_step_time",)), ("host", ("host",), ()), ("maturity", ("software",), ())]


def calculon_errors(program):
    case = next(m for name, m in program.reference_messages().items() if "eight measured step times" in name)
    found = {}
    for message in case:
        name, value = message.rsplit(": ", 1)
        found[name] = float(value.removesuffix(" %")) / 100
    assert found.keys() == KORTHIKANTI.keys(), found.keys()
    return found


def korthikanti(program):
    """(our mean error, ours strict, Calculon's, table)."""
    default = {r["id"]: r for r in program.validation("train")[1]}
    strict = {r["id"]: r for r in program.validation("train", "--strict")[1]}
    theirs = calculon_errors(program)
    lines = []
    for name, own in KORTHIKANTI.items():
        lines.append([own, default[own]["measured_s"], percent(errors.error(default[own]), True),
                      percent(errors.error(strict[own]), True), percent(theirs[name], True)])
    mean = lambda values: sum(map(abs, values)) / len(KORTHIKANTI)
    means = [mean(errors.error(table_[own]) for own in KORTHIKANTI.values()) for table_ in (default, strict)]
    means.append(mean(theirs.values()))
    lines.append(["mean of the sizes", "", *(f"{100 * m:.2f}" for m in means)])
    return means, table(["run", "measured s", "default %", "strict %", "Calculon %"], lines)


def korthikanti_terms(program):
    """Our terms of each run beside Calculon's, in seconds."""
    rows = {r["id"]: r for r in program.validation("train")[1]}
    path = program.root / "tests/reference/data/calculon_cases.json"
    cases = {case["id"]: case for case in json.loads(path.read_text())["cases"]}
    lines = []
    for name, own in KORTHIKANTI.items():
        row, theirs = rows[own], cases[name]["predicted"]
        cells = []
        for _, ours, other in TERMS:
            ours_s = sum(float(row[part]) for part in ours)
            cells.append(f"{abs(ours_s):.2f} / {sum(theirs[key] for key in other):.2f}" if other else f"{ours_s:.2f}")
        lines.append([own, *cells])
    return table(["run", *(name for name, _, _ in TERMS)], lines)


def astrasim(program):
    collectives, traces = [m[-1] for name, m in sorted(program.reference_messages().items()) if name.startswith("ASTRA-sim")
                           and "refuses" not in name]
    cases, exact, worst = re.match(r"(\d+) cases, (\d+) to the nanosecond, worst (\S+) %", collectives).groups()
    return int(cases), int(exact), float(worst), float(traces.removeprefix("worst ").removesuffix(" %"))


LINE = re.compile(r"(.*): (\d+) rows, median (\S+) %, p90 (\S+) %, bias (\S+) %, coverage (\S+) %$")
VENDOR_OF = {"nv": "NVIDIA", "amd": "AMD", "a100": "A100 pairs over PCIe", "h100": "H100 pairs over PCIe", "all": "all"}


def collectives_left_out(program):
    """What is left out of the tables x vendor."""
    lines = []
    for name, messages in program.reference_messages().items():
        if not name.startswith("collectives with"):
            continue
        left_out = name.removeprefix("collectives with the ").partition(" left out")[0]
        for message in messages:
            found = LINE.match(message)
            if found and found.group(1) in VENDOR_OF:
                figures = [percent(float(found.group(i)) / 100, i == 5) for i in range(3, 7)]
                lines.append([left_out, VENDOR_OF[found.group(1)], found.group(2), *figures])
    return table(["left out", "vendor", "rows", "median %", "p90 %", "bias %", "in interval %"], lines)
