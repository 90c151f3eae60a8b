#!/usr/bin/env python3
"""Fit base, hop and efficiency of NCCL's protocols on data/measurements/collectives/nccl.csv.

usage: fit_collectives.py DATA   (the data folder; rewrites DATA/collectives/nvlink_*.toml)

For every family and collective: t = min over protocols of base + steps * hop + volume * bytes / (rate * eff).
The loss is the mean absolute log error; weak priors keep what the sizes cannot decide near NCCL's own tuning
constants (hops of 0.8, 0.8 and 1 us; a peer of an all-to-all 0.2 us; LL 0.15, LL128 0.5, Simple 0.75 of the
rate). Nelder-Mead from three seeded starts; the same input gives the same files.
"""
import collections
import csv
import math
import random
import sys

FAMILIES = {
    "nvlink_ampere": ("300 GB/s", 300e9, ["nv_a100_80", "nv_a100_40"], "nv_a100_80; NCCL 2.27.3", 8.0),
    "nvlink_hopper": ("450 GB/s", 450e9, ["nv_h100_sxm", "nv_h200"],
                      "nv_h100_sxm and nv_h200; NCCL 2.29.2", 5.0),
    "nvlink_blackwell": ("900 GB/s", 900e9, ["nv_b200", "nv_b300", "nv_gb200"],
                         "nv_b200, nv_b300 and nv_gb200; NCCL 2.29.2", 5.0),
}
OPS = ("all_reduce", "all_gather", "reduce_scatter", "all_to_all")
NVLS_RANKS = 5  # NCCL uses NVLink SHARP for a full node; at 4 of 8 the ring measures faster


def logit(x):
    return math.log(x / (1 - x))


def share(x):
    return 1 / (1 + math.exp(-x))


def volume(op, n):
    return (2 if op == "all_reduce" else 1) * (n - 1) / n


def steps(op, n):
    return (2 if op == "all_reduce" else 1) * (n - 1)


def model(p, op, n, size, rate):
    times = [math.exp(p[i]) + math.exp(p[i + 1]) * steps(op, n)
             + volume(op, n) * size / (rate * 1e-6 * share(p[i + 2])) for i in (0, 3, 6)]
    if len(p) > 9 and n >= NVLS_RANKS:
        times.append(math.exp(p[9]) + (1 + 1 / n) * size / (rate * 1e-6 * share(p[10])))
    return min(times)


def loss(p, op, rows):
    total = 0
    for n, size, time, rate in rows:
        error = math.log(model(p, op, n, size, rate) / time)
        total += math.sqrt(1e-4 + error * error)
    total /= len(rows)
    hops = [.2, .2, .2] if op == "all_to_all" else [.8, .8, 1.0]
    for i, (hop, eff) in enumerate(zip(hops, (.15, .5, .75))):
        total += .004 * (p[3 * i + 1] - math.log(hop)) ** 2 + .002 * (p[3 * i + 2] - logit(eff)) ** 2
        if p[3 * i + 2] > logit(.93):
            total += (p[3 * i + 2] - logit(.93)) ** 2
    return total


def nelder_mead(f, start, iterations=2500, step=.4):
    n = len(start)
    points = [list(start)] + [[v + step * (i == j) for j, v in enumerate(start)] for i in range(n)]
    values = [f(x) for x in points]
    for _ in range(iterations):
        order = sorted(range(n + 1), key=lambda i: values[i])
        points, values = [points[i] for i in order], [values[i] for i in order]
        if values[-1] - values[0] < 1e-7:
            break
        centre = [sum(points[i][j] for i in range(n)) / n for j in range(n)]
        far = [2 * centre[j] - points[-1][j] for j in range(n)]
        far_value = f(far)
        if far_value < values[0]:
            farther = [3 * centre[j] - 2 * points[-1][j] for j in range(n)]
            farther_value = f(farther)
            points[-1], values[-1] = (farther, farther_value) if farther_value < far_value else (far, far_value)
        elif far_value < values[-2]:
            points[-1], values[-1] = far, far_value
        else:
            near = [.5 * centre[j] + .5 * points[-1][j] for j in range(n)]
            near_value = f(near)
            if near_value < values[-1]:
                points[-1], values[-1] = near, near_value
            else:
                for i in range(1, n + 1):
                    points[i] = [.5 * (points[0][j] + points[i][j]) for j in range(n)]
                    values[i] = f(points[i])
    return min(zip(values, points))


def fit(op, rows, with_switch):
    best = None
    for _ in range(3):
        start = [math.log(7), math.log(.8), logit(.15), math.log(12), math.log(.8), logit(.6),
                 math.log(22), math.log(1.5), logit(.8)]
        if with_switch:
            start += [math.log(25), logit(.6)]
        start = [v + random.gauss(0, .25) for v in start]
        _, start = nelder_mead(lambda q: loss(q, op, rows), start)
        found = nelder_mead(lambda q: loss(q, op, rows), start, step=.2)
        best = found if best is None else min(best, found)
    return best[1]


def row(op, algorithm, protocol, base, hop, efficiency, extra=""):
    return (f'[[row]]\nop = "{op}"\nalgorithm = "{algorithm}"\nprotocol = "{protocol}"\nbase = "{base:.2f} us"\n'
            f'hop = "{hop:.3f} us"\nefficiency = {efficiency:.3f}\n{extra}\n')


def rows_of(op, p):
    algorithm = "direct" if op == "all_to_all" else "ring"
    for name, i in (("LL", 0), ("LL128", 3), ("Simple", 6)):
        yield row(op, algorithm, name, math.exp(p[i]), math.exp(p[i + 1]), share(p[i + 2]))
    if len(p) > 9:
        yield row(op, "switch_reduce", "NVLS", math.exp(p[9]), 0, share(p[10]),
                  f"min_ranks = {NVLS_RANKS}  # at 4 of 8 the ring measures faster\n")


def trees(p):
    """Beyond the fit a tree takes over: base chosen to meet the ring at 8 ranks (14 steps of it, 6 of a tree)."""
    for name, i in (("LL", 0), ("LL128", 3)):
        hop = math.exp(p[i + 1])
        yield row("all_reduce", "tree", name, math.exp(p[i]) + 8 * hop, hop, share(p[i + 2]), "min_ranks = 9\n")


def family_file(name, data):
    text_rate, rate, accelerators, measured_on, pair_base = FAMILIES[name]
    ids = ", ".join(f'"{a}"' for a in accelerators)
    out = (f"# NCCL inside one NVLink domain, fitted by scripts/fit_collectives.py on the sizes of 512 B to 512 MiB\n"
           f"# and 2, 4 and 8 ranks of data/measurements/collectives/nccl.csv\n# ({measured_on}).\n"
           f'# More than 8 ranks is outside the fit.\nid = "{name}"\nkind = "nvlink_switch"\nvendor = "NVIDIA"\n'
           f'library = "nccl"\nrate = "{text_rate}"\naccelerators = [{ids}]\n'
           f'source = "aiconfigurator nccl table (Apache-2.0), vidur send_recv (MIT)"\nstatus = "derived"\n\n')
    for op in OPS:
        rows = [(n, size, time, rate) for a in accelerators for n, size, time in data[(a, op)]]
        p = fit(op, rows, op == "all_reduce" and name != "nvlink_ampere")
        errors = sorted(abs(model(p, op, n, size, r) / time - 1) for n, size, time, r in rows)
        out += (f"# {op}: median error {100 * errors[len(errors) // 2]:.1f} %, "
                f"p90 {100 * errors[int(.9 * len(errors))]:.0f} % over {len(errors)} points\n")
        out += "".join(rows_of(op, p))
        if op == "all_reduce":
            out += "# outside the fit: a double binary tree that meets the ring at 8 ranks\n" + "".join(trees(p))
        if op == "all_gather":
            gather = p
    out += "# not in the tables: the ring of all_gather moves the same bytes with the same kernels\n"
    out += row("broadcast", "ring", "LL", math.exp(gather[0]), math.exp(gather[1]), share(gather[2]))
    out += row("broadcast", "ring", "Simple", math.exp(gather[6]), math.exp(gather[7]), share(gather[8]))
    out += ("# vidur send_recv of A100 and H100 pairs: 8 and 5 us at 2 KB, 229 and 347 GB/s at 64 MiB\n"
            + row("send_recv", "direct", "Simple", pair_base, 0, .78))
    return out.rstrip("\n") + "\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    random.seed(1)
    data = collections.defaultdict(list)
    with open(f"{sys.argv[1]}/measurements/collectives/nccl.csv", newline="") as file:
        for r in csv.DictReader(line for line in file if not line.startswith("#")):
            data[(r["accelerator"], r["op"])].append((int(r["ranks"]), int(r["bytes"]), float(r["time_us"])))
    for name in FAMILIES:
        with open(f"{sys.argv[1]}/collectives/{name}.toml", "w") as file:
            file.write(family_file(name, data))


if __name__ == "__main__":
    main()
