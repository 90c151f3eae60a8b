"""docs/performance.md: the program's own speed on the machine that runs this script."""
import os
import pathlib
import tempfile

from measuring import keeping, looking
from measuring.errors import median
from measuring.markdown import command, table

STARTS = 15
VALIDATIONS = 3
START_GOAL_MS = 50
MAIN_JOB_GOAL_S = 30
WORDS = {"plan_evaluations_per_s": "complete plan evaluations per second (time, memory, energy, cost)",
         "new_shape_evaluations_per_s": "the same with shapes never asked before in every evaluation",
         "moe_9216_iteration_ms": "one iteration of a mixture of experts on 9,216 devices",
         "collective_us": "one collective over 1,048,576 accelerators",
         "catalogue_load_ms": "every accelerator and system read from its file",
         "calculon_space_s": "Calculon's own space, GPT-3 175B on 512 A100: all 6,582,816 configurations (24.8 core-hours there)",
         "calculon_configurations_per_s": "of them, accounted for per second",
         "plan_671b_16384_s": "the best plan of DeepSeek-V3 on 16,384 H100, full space",
         "plan_dense_1t_16384_s": "the best plan of a dense 1T model on 16,384 H100, full space",
         "plan_four_kinds_s": "Llama 3.1 405B on 4,096 accelerators of four kinds and two vendors, with what each pool does alone",
         "plan_four_kinds_gap_percent": "its proven gap among plans whose replicas stay on one pool",
         "plan_four_kinds_gap_percent_all": "the same when pipelines over pools are counted, whose bound is loose",
         "plan_hundred_thousand_s": "Llama 3.1 70B on 100,352 accelerators of three kinds, with what each pool does alone",
         "plan_hundred_thousand_gap_percent": "its proven gap among plans whose replicas stay on one pool",
         "plan_hundred_thousand_gap_percent_all": "the same when pipelines over pools are counted, whose bound is loose",
         "serving_output_tokens_per_s": "output tokens simulated per second: Azure's conversation trace 52 times, Llama 3.1 70B",
         "serving_million_requests_s": "one million of these requests on 96 replicas of two vendors",
         "serving_million_requests_gb": "peak memory of the process",
         "serving_slope": "slope of log time over log requests, the larger of 10 k to 100 k and 100 k to 1 M",
         "serving_start_ms": "from nothing to the first event: data, engine models, trace",
         "serving_plan_s": "a plan over two vendors' parts, two engines, two formats, before verification",
         "serving_plan_configurations": "configurations accounted for in it",
         "fleet_study_s": "the flagship of 16 GW, four years: 209 weekly allocations, 35,064 hours of energy at 15 sites",
         "fleet_accelerators": "accelerators that stand at its end, grouped by phase",
         "fleet_futures_s": "1,000 futures of it, wall time on two threads, deals valued",
         "job_trace_mb_per_s": "job trace read",
         "jobs_per_s_fifo": "jobs of the Philly trace per second on 528 accelerators that fail, FIFO with gangs",
         "jobs_per_s_shortest-first": "the same, shortest first",
         "jobs_per_s_backfill": "the same, backfill (EASY)",
         "jobs_per_s_priority": "the same, priorities that stop others"}
MORE_IS_BETTER = {"serving_plan_configurations", "fleet_accelerators"}

OPENING = """# Performance

How fast the program is. `scripts/measure.py` wrote this file and every figure in it; the figures are those of the machine
below and differ from run to run by some per cent, more where others use it. Processor time is less disturbed than wall time.
"""


def machine():
    cpu = next(line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    system = next(line.split("=", 1)[1].strip().strip('"') for line in open("/etc/os-release") if line.startswith("PRETTY_NAME"))
    load = os.getloadavg()[0]
    return table(["machine", ""], [["processor", cpu], ["cores", os.cpu_count()], ["memory", f"{memory / 2**20:.0f} GiB"],
                                   ["system", f"{system}, Linux {os.uname().release.split('-')[0]}"],
                                   ["load average while measuring", f"{load:.1f}"]])


def in_process(program, title, *arguments):
    lines = []
    for key, figure in program.answer("bench", *arguments).items():
        bound = "at least" if figure["unit"].endswith("/s") or key in MORE_IS_BETTER else "at most"
        unit = "" if figure["unit"] in ("1/s", "jobs/s", "") else " " + figure["unit"]
        value = f"{figure['value']:,.0f}" if figure["value"] >= 100 else f"{figure['value']:.3g}"
        lines.append([WORDS.get(key, key), f"{bound} {figure['goal']:,.9g}{unit}", value + unit,
                      "yes" if figure["reached"] else "**no**"])
    return table([title, "goal", "measured", "reached"], lines)


def repeated(program, count, *arguments):
    runs = [program.timed(*arguments) for _ in range(count)]
    return median([wall for wall, _ in runs]), median([cpu for _, cpu in runs])


def processes(program):
    plan = ("estimate", "train", "--model", "llama3.1-70b", "--accelerator", "amd_mi355x", "--devices", "64", "--tp", "8",
            "--global-batch", "128", "--sequence", "8192", "--precision", "mxfp8")
    runs = [(STARTS, ("--version",)), (STARTS, ("catalogue", "show", "amd_mi355x")), (STARTS, plan),
            (VALIDATIONS + 2, ("validate", "train", "--json")), (VALIDATIONS, ("validate", "kernels", "--json")),
            (1, ("validate", "serve", "--json")), (1, ("validate", "requests", "--json")),
            (VALIDATIONS, ("validate", "collectives", "--json")), (VALIDATIONS, ("validate", "memory", "--json"))]
    lines, start = [], None
    for count, arguments in runs:
        wall, cpu = repeated(program, count, *arguments)
        start = start if start is not None else cpu
        lines.append([f"`polyfleet {' '.join(arguments)}`", count, f"{1e3 * wall:,.0f}", f"{1e3 * cpu:,.0f}"])
    verdict = "reached" if 1e3 * start < START_GOAL_MS else "**not** reached"
    return (table(["whole process, medians", "runs", "wall ms", "processor ms"], lines),
            f"The goal of a start under {START_GOAL_MS} ms is {verdict}.\n")


def main_job(program):
    """The main job twice: with nothing kept, then with the rates of the first run."""
    with tempfile.TemporaryDirectory() as scratch:
        runs = [program.timed("main-job", "--folder", f"{scratch}/files", XDG_CACHE_HOME=f"{scratch}/cache")
                for _ in range(2)]
    names = ("nothing kept: every rate is predicted", "rates kept")
    lines = [[f"`polyfleet main-job`, {name}", f"at most {MAIN_JOB_GOAL_S} s", f"{wall:.1f} s", f"{cpu:.1f} s",
              "yes" if wall <= MAIN_JOB_GOAL_S else "**no**"] for name, (wall, cpu) in zip(names, runs)]
    return table(["main job (two flagships, 200 futures, deals, files)", "goal", "wall", "processor", "reached"], lines)


def document(program):
    runs, start = processes(program)
    size = pathlib.Path(program.binary).stat().st_size
    others = ("Others, as they publish or as measured on their code: Calculon 74 to 271 plan evaluations per second, a "
              "TypeScript simulator up to 15,390.\n")
    return "\n".join([OPENING, machine(), in_process(program, "in process, one core"), others,
                      in_process(program, "whole searches, one core, processor time", "--planner"),
                      "Each search goes through the path of `polyfleet plan train`; over one pool every plan of the space is accounted for.\n",
                      in_process(program, "serving, one core, processor time", "--serving"),
                      "Engine models of vLLM on MI300X and H200, every request with its own lengths; runs of equal decode steps are one "
                      "event (docs/serving_replica.md). Others, as they publish: AISimulate 242,000 output tokens a second, "
                      "splitwise-sim 188,000, Vidur 54,000.\n",
                      in_process(program, "fleets, one core where nothing else is said, processor time", "--fleet"), main_job(program),
                      "Others, as they publish: a digital twin does not finish one year of a 30 MW machine in 400 s; job "
                      "simulators 0.45 to 393 jobs per second.\n",
                      command("polyfleet bench", "polyfleet bench --planner", "polyfleet bench --serving", "polyfleet bench --fleet"),
                      looking.section(program), keeping.section(program), runs, start,
                      command("polyfleet --version", "polyfleet validate train --json"),
                      f"The program is one file of {size / 1e6:.1f} MB, beside its data.\n"])
