"""The figures inside docs/accuracy_serving.md: goals, every kind of run and metric, sources, the two replayed servers."""
import re

from measuring.markdown import command, percent, table

BEGIN, END = "<!-- measured by scripts/measure.py -->\n", "<!-- end of measured -->"


def goals(everything, judged):
    other = {goal["goal"]: goal for goal in judged["goals"]}
    rows = []
    for goal in everything["goals"]:
        half = other[goal["goal"]]
        rows.append([goal["goal"], goal["limit"], goal["rows"], percent(goal["reached"]), "yes" if goal["met"] else "**no**",
                     half["rows"], percent(half["reached"])])
    return table(["figure", "goal", "rows", "all", "reached", "rows judged", "judged half"], rows)


def groups(title, summaries):
    rows = [[name, each["rows"], each["predicted"], percent(each["median_ape"]), percent(each["p90_ape"]),
             percent(each["median_bias"]), percent(each["coverage80"])]
            for name, each in summaries if each["predicted"]]
    return table([title, "rows", "predicted", "median", "p90", "bias", "in interval"], rows)


def named(summaries):
    return summaries.items() if isinstance(summaries, dict) else summaries


def servers(requests):
    rows = [[run["name"], run["requests"], run["cache_tokens"], percent(run["mean_ttft_error"]),
             percent(run["mean_tpot_error"]), percent(run["median_ttft_ape"]), percent(run["median_tpot_ape"]),
             "yes" if run["met"] else "**no**"] for run in requests["runs"]]
    return table(["server", "requests", "cache, tokens", "mean TTFT", "mean TPOT", "median TTFT of a request",
                  "median TPOT of a request", "within 8 and 4 %"], rows)


def skipped(document):
    return table(["rows", "left out because"], [[each["count"], each["reason"]] for each in document["skipped"]])


def section(program):
    everything = program.answer("validate", "serve")
    judged = program.answer("validate", "serve", "--split", "test")
    requests = program.answer("validate", "requests")
    parts = ["Median over sources of their medians: " + percent(everything["source_median_ape"]) + ".\n",
             goals(everything, judged),
             groups("kind and metric", named(everything["by_kind_metric"])),
             groups("source", named(everything["by_source"])),
             groups("engine", named(everything["by_engine"])),
             "### Two measured servers, request by request\n", servers(requests),
             "### Rows left out\n", skipped(everything),
             command("polyfleet validate serve", "polyfleet validate serve --split test", "polyfleet validate requests",
                     "scripts/measure.py --only serving")]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def document(program, text):
    """`text` with the section between the marks measured again."""
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: BEGIN + "\n" + section(program) + "\n" + END, text,
                  flags=re.S)
