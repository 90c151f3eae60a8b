#!/usr/bin/env python3
"""Make data/measurements/collectives/*.csv from the published operator tables.

usage: make_collective_tables.py FOLDER OUT
  FOLDER  holds opdb/aic_nccl.csv, opdb/aic_custom_allreduce.csv, opdb/vidur_network.csv,
          opdb/aic_gb200_nvl_alltoall.csv, opdb/mori_xgmi_*.csv and truth/microbench.csv
  OUT     data/measurements/collectives

Columns: accelerator (catalogue id), library, op, ranks, bytes, time_us, source. `bytes` is the full
logical buffer of one rank in the sense of nccl-tests (all_gather: gathered size, reduce_scatter: input
size, all_to_all: bytes sent in total including the own part). aic sizes are ELEMENTS and become bytes
here; rows of both element types at one byte count are joined by their geometric mean, but reductions
keep only the 16-bit rows (the switch does not reduce int8, which is 1.3 times slower). Of several
library versions the newest is kept. Bus bandwidths become times by the definitions of nccl-tests.
"""
import collections
import csv
import math
import re
import statistics
import sys

AIC = {"a100_sxm": "nv_a100_80", "h100_sxm": "nv_h100_sxm", "h200_sxm": "nv_h200", "b200_sxm": "nv_b200",
       "b300_sxm": "nv_b300", "gb200": "nv_gb200"}
TRUTH = {"A100": "nv_a100_80", "H100": "nv_h100_sxm", "H200": "nv_h200", "GB200": "nv_gb200",
         "MI300X": "amd_mi300x", "MI355X": "amd_mi355x", "gfx1250 (MI450-series)": "amd_mi455x"}
ELEMENT_BYTES = {"half": 2, "bfloat16": 2, "int8": 1, "float": 4}
OPS = {"all_gather": "all_gather", "all_reduce": "all_reduce", "alltoall": "all_to_all",
       "reduce_scatter": "reduce_scatter", "allreduce": "all_reduce"}
HEADER = ["accelerator", "library", "op", "ranks", "bytes", "time_us", "source"]


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def version_key(text, container_tag_is_old=False):
    """Release order; a label that is no NCCL version (a container tag) sorts below every version."""
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    return (0 if container_tag_is_old and "rc" in text else 1, numbers)


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values))


def join(groups):
    """{key: {bytes: [us]}} -> rows, one a byte count."""
    for (accelerator, library, op, ranks, source), points in sorted(groups.items()):
        for size in sorted(points):
            yield [accelerator, library, op, ranks, size, f"{geometric_mean(points[size]):.5g}", source]


def grouped():
    return collections.defaultdict(lambda: collections.defaultdict(list))


def nccl(folder):
    rows = rows_of(f"{folder}/opdb/aic_nccl.csv")
    newest = {}
    for row in rows:
        key = (row["system"], row["op"])
        newest[key] = max(newest.get(key, "0"), row["nccl_version"],
                          key=lambda text: version_key(text, container_tag_is_old=True))
    groups = grouped()
    for row in rows:
        if row["nccl_version"] != newest[(row["system"], row["op"])]:
            continue
        if "reduce" in row["op"] and row["dtype"] == "int8":
            continue
        size = int(row["message_elements"]) * ELEMENT_BYTES[row["dtype"]]
        key = (AIC[row["system"]], "nccl", OPS[row["op"]], int(row["num_gpus"]),
               f"aiconfigurator nccl {row['nccl_version']}")
        groups[key][size].append(float(row["latency_ms"]) * 1e3)
    yield from join(groups)


def custom(folder):
    rows = rows_of(f"{folder}/opdb/aic_custom_allreduce.csv")
    newest = {}
    for row in rows:
        key = (row["system"], row["framework"])
        newest[key] = max(newest.get(key, "0"), row["version"], key=version_key)
    groups = grouped()
    for row in rows:
        if row["version"] != newest[(row["system"], row["framework"])]:
            continue
        library = row["impl"] or row["framework"]
        size = int(row["message_elements"]) * ELEMENT_BYTES[row["dtype"]]
        key = (AIC[row["system"]], library, "all_reduce", int(row["num_gpus"]),
               f"aiconfigurator {row['framework']} {row['version']}")
        groups[key][size].append(float(row["latency_ms"]) * 1e3)
    yield from join(groups)


VIDUR = {  # node, op, workers, devices per node -> accelerator, library, op
    ("a100_dgx", "send_recv", "2", "2"): ("nv_a100_80", "nccl", "send_recv"),
    ("h100_dgx", "send_recv", "2", "2"): ("nv_h100_sxm", "nccl", "send_recv"),
    ("a100_pairwise_nvlink", "all_reduce", "4", "4"): ("a100_pcie_pairs", "nccl", "all_reduce"),
    ("h100_pairwise_nvlink", "all_reduce", "4", "4"): ("h100_pcie_pairs", "nccl", "all_reduce"),
}


def vidur(folder):
    """About four sizes an octave are measured; the median within each half octave is kept."""
    groups = grouped()
    for row in rows_of(f"{folder}/opdb/vidur_network.csv"):
        key = VIDUR.get((row["node"], row["op"], row["num_workers"], row["devices_per_node"]))
        if key:
            size = int(row["size"])
            bin_ = round(2 * math.log2(size))
            groups[key + (int(row["num_workers"]),)][bin_].append((size, float(row["median_ms"]) * 1e3))
    for (accelerator, library, op, ranks), bins in sorted(groups.items()):
        for points in (bins[b] for b in sorted(bins)):
            size = round(geometric_mean(p[0] for p in points))
            time = statistics.median(p[1] for p in points)
            yield [accelerator, library, op, ranks, size, f"{time:.5g}", "vidur network profile"]


def bus_factor(op, ranks):
    return 2 * (ranks - 1) / ranks if op == "all_reduce" else (ranks - 1) / ranks


def acceptance(folder):
    """nccl-tests and rccl-tests rows; a time is taken where there is one, else the bus bandwidth."""
    groups = grouped()
    timed = set()
    rows = [r for r in rows_of(f"{folder}/truth/microbench.csv")
            if r["op"] in ("allreduce", "alltoall") and r["accelerator"] in TRUTH
            and not r["source_title"].startswith("aiconfigurator")]
    for with_time in (True, False):
        for row in rows:
            is_time = row["unit"].startswith("us")
            if is_time != with_time or not row["shape_or_bytes"].isdigit():
                continue
            op = {"allreduce": "all_reduce", "alltoall": "all_to_all"}[row["op"]]
            ranks, size = int(row["num_accelerators"]), int(row["shape_or_bytes"])
            title = row["source_title"]
            library = "nccl-tests" if row["vendor"] == "NVIDIA" else "rccl-tests"
            if "acceptance guide" in title:
                library = "rccl-tests one process"
            source = title.replace(",", "")
            key = (TRUTH[row["accelerator"]], library, op, ranks, source)
            if is_time:
                groups[key][size].append(float(row["measured_value"]))
                timed.add(key + (size,))
            elif key + (size,) not in timed and "busbw" in row["unit"]:
                groups[key][size].append(size * bus_factor(op, ranks) / (float(row["measured_value"]) * 1e3))
    yield from join(groups)


def copies(folder):
    """One-way copies by a number of blocks of one engine: the library names engine and blocks."""
    for row in rows_of(f"{folder}/opdb/mori_xgmi_uamatrix_gfx1250.csv"):
        size = int(row["bytes"])
        for engine, blocks in (("CU", row["cu_blocks"]), ("TDM", row["tdm_blocks"])):
            time = size / (float(row[f"{engine}_GBps"]) * 1e3)
            yield ["amd_mi455x", f"mori {engine} {blocks} blocks", "send_recv", 2, size, f"{time:.5g}",
                   "ROCm/mori xgmi_bw uamatrix 2026-08"]


def expert_exchange(folder):
    """All-to-all kernels for experts inside one NVLink rack; bytes = tokens * top_k * hidden * 2."""
    for row in rows_of(f"{folder}/opdb/aic_gb200_nvl_alltoall.csv"):
        direction = row["op"].removeprefix("alltoall_")
        if row["dtype"] != "bfloat16" or direction not in ("dispatch", "combine"):
            continue
        size = int(row["num_tokens"]) * int(row["topk"]) * int(row["hidden"]) * 2
        yield [AIC[row["system"]], f"trtllm expert {direction}", "all_to_all", int(row["ep"]), size,
               f"{float(row['latency_ms']) * 1e3:.5g}", "aiconfigurator gb200 alltoall"]


def write(path, rows, comment):
    with open(path, "w", newline="") as file:
        file.write(f"# {comment}\n# made by scripts/make_collective_tables.py\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    print(f"{path}: {count} rows")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, out = sys.argv[1:]
    write(f"{out}/nccl.csv", nccl(folder), "NCCL inside one node. ai-dynamo/aiconfigurator, Apache-2.0. measured")
    write(f"{out}/custom_all_reduce.csv", custom(folder),
          "All-reduce kernels of serving engines. ai-dynamo/aiconfigurator, Apache-2.0. measured")
    write(f"{out}/vidur.csv", vidur(folder), "Send/receive over NVLink, all-reduce over PCIe. microsoft/vidur, MIT. measured")
    write(f"{out}/acceptance.csv", acceptance(folder), "nccl-tests and rccl-tests logs in public guides. measured")
    write(f"{out}/expert_exchange.csv", expert_exchange(folder),
          "Dispatch and combine of experts on NVL72. ai-dynamo/aiconfigurator, Apache-2.0. measured")
    write(f"{out}/copies.csv", copies(folder), "One-way copies over the scale-up link. ROCm/mori, MIT. measured")


if __name__ == "__main__":
    main()
