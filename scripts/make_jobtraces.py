#!/usr/bin/env python3
"""Makes data/jobtraces and the expected values of its tests from the folder of the collected originals.

Usage: make_jobtraces.py SOURCE_FOLDER   (holds jobtraces/philly_jobs.csv, jobtraces/gavel_case.json and
oracles/fleet_cases.json); run it in the root of the repository.

Philly (msr-fiddle/philly-traces, CC-BY-4.0): times become seconds from the first arrival, the product column goes,
rows are put in order of arrival. Gavel (stanford-futuredata/gavel, MIT): throughputs as a table, job lists as traces.
"""
import csv
import datetime
import json
import pathlib
import sys

KINDS_HEAD = "# Steps a second by accelerator type, jobs alone on it; spread: the gang is not on one server. " \
             "From stanford-futuredata/gavel (MIT), OSDI 2020.\n"
TYPES = ["v100", "p100", "k80"]


def philly(source, into):
    rows = []
    with open(source / "jobtraces" / "philly_jobs.csv", newline="") as file:
        for row in csv.DictReader(file):
            begin = datetime.datetime.fromisoformat(row["timestamp"])
            duration, accelerators = float(row["duration"]), int(row["num_gpus"])
            assert duration == int(duration)
            rows.append((begin, int(duration), accelerators, row["cluster"]))
    first = min(row[0] for row in rows)
    rows = sorted((int((begin - first).total_seconds()), d, n, group) for begin, d, n, group in rows)
    with open(into / "philly.csv", "w") as out:
        out.write("# Jobs of Microsoft's Philly cluster, seconds from 2017-09-04 10:30:41; from "
                  "msr-fiddle/philly-traces (CC-BY-4.0), USENIX ATC 2019.\n")
        out.write("arrival,duration,accelerators,group\n")
        for row in rows:
            out.write("%d,%d,%d,%s\n" % row)


def gavel(source, into, expected):
    case = json.load(open(source / "jobtraces" / "gavel_case.json"))
    with open(into / "gavel_kinds.csv", "w") as out:
        out.write(KINDS_HEAD)
        out.write("kind,accelerators," + ",".join(TYPES + [t + "_spread" for t in TYPES]) + "\n")
        for kind, by_size in case["throughput_steps_per_s"].items():
            for size, rates in by_size.items():
                figures = [rates[t] for t in TYPES] + [rates.get(t + "_unconsolidated") for t in TYPES]
                cells = ["" if f is None else "%.6f" % f for f in figures]  # empty: not measured
                out.write("%s,%s,%s\n" % (kind, size, ",".join(cells)))
    for seed, content in case["static100"].items():
        with open(into / ("gavel_static_%s.csv" % seed), "w") as out:
            out.write("# 100 jobs that all arrive at once, seed %s of stanford-futuredata/gavel (MIT).\n" % seed)
            out.write("id,arrival,steps,accelerators,kind\n")
            for job, kind, steps, size in content["jobs"]:
                out.write("%d,0,%d,%d,%s\n" % (job, steps, size, kind))
        with open(expected / ("gavel_static_%s_completion.csv" % seed), "w") as out:
            out.write("# Completion times of the public simulator (commit c4fa400), policy fifo_perf.\n")
            out.write("completion_s\n")
            for time in content["completion_s_fifo_perf"]:
                out.write("%s\n" % time)


def oracles(source, expected):
    cases = {case["id"].split("_")[0]: case for case in json.load(open(source / "oracles" / "fleet_cases.json"))["cases"]}
    with open(expected / "gavel_static.csv", "w") as out:
        out.write("# Averages of the public simulator (commit c4fa400) on the static job lists.\n")
        out.write("policy,seed,average_completion_h,utilization,makespan_h\n")
        for row in cases["F3"]["expected_run_here"]:
            out.write("%s,%s,%s,%s,%s\n" % tuple(row[key] for key in ("policy", "seed", "avg_jct_h", "utilization", "makespan_h")))
    with open(expected / "gavel_continuous.csv", "w") as out:
        out.write("# Average completion time in hours at Poisson arrivals, published (OSDI 2020, figures 8 to 10; "
                  "data of the evaluation notebooks).\n")
        out.write("jobs,rate_per_hour,policy,average_completion_h\n")
        for name in ("single_gpu", "multi_gpu"):
            for rate, by_policy in cases["F4"]["published_avg_jct_h_" + name].items():
                for policy, value in by_policy.items():
                    out.write("%s,%s,%s,%s\n" % (name, rate, policy, value))
    with open(expected / "acme_summary.csv", "w") as out:
        rows = cases["F12"]["rows"]
        out.write("# Summary of five clusters' traces: InternLM/AcmeTrace data/cluster_summary.csv (CC-BY-4.0).\n")
        out.write(",".join(rows[0]) + "\n")
        for row in rows:
            out.write(",".join(row.values()) + "\n")


def main():
    source = pathlib.Path(sys.argv[1])
    into, expected = pathlib.Path("data/jobtraces"), pathlib.Path("tests/reference/data")
    into.mkdir(parents=True, exist_ok=True)
    philly(source, into)
    gavel(source, into, expected)
    oracles(source, expected)


if __name__ == "__main__":
    main()
