#!/usr/bin/env python3
"""Makes the compact kernel tables of data/measurements/kernels from published operator measurements.

    make_kernel_tables.py SOURCE_DIR [OUT_DIR]

SOURCE_DIR holds opdb/ (aic_*.csv from ai-dynamo/aiconfigurator, Apache-2.0; aiter_*.csv from ROCm/aiter,
MIT; vidur_mlp_median_ms.csv from microsoft/vidur, MIT) and truth/microbench.csv. One CSV per accelerator
and operator, only the columns that the models need. Every row left out is counted, with the reason.
"""
import collections
import csv
import math
import pathlib
import re
import sys

AIC = {"a100_sxm": "nv_a100_80", "h100_sxm": "nv_h100_sxm", "h200_sxm": "nv_h200", "b200_sxm": "nv_b200",
       "b300_sxm": "nv_b300", "gb200": "nv_gb200"}
AITER = {"gfx942": "amd_mi300x", "gfx950": "amd_mi355x", "gfx1250": "amd_mi455x"}
AIC_NOTE = "ai-dynamo/aiconfigurator operator tables (Apache-2.0), TensorRT-LLM kernels unless the variant says otherwise"
AITER_NOTE = "ROCm/aiter tuned-kernel tables (MIT): the best kernel found per shape, hence optimistic"
AITER_PART = {"amd_mi300x": "rows of gfx942 with 304 CUs: MI300X and MI325X are not told apart there",
              "amd_mi355x": "rows of gfx950 with 256 CUs: MI350X and MI355X are not told apart there",
              "amd_mi455x": "rows of gfx1250 with 256 CUs (MI450 series): an early software stack of 2026"}
GEMM_VARIANT = {("trtllm", "bfloat16"): "bf16", ("trtllm", "fp8"): "fp8", ("trtllm", "fp8_block"): "fp8_block",
                ("trtllm", "nvfp4"): "nvfp4", ("trtllm", "sq"): "int8_smoothquant", ("sglang", "bfloat16"): "bf16_sglang"}
AITER_GEMM = {("a8w8", "float8_e4m3fn"): "fp8", ("a8w8", "int8"): "int8", ("a8w8_blockscale", ""): "fp8_block",
              ("bf16", "bfloat16"): "bf16", ("a4w4_mxfp4", ""): "mxfp4"}
CONTEXT = {("bfloat16", "bfloat16"): "context_bf16", ("fp8", "fp8"): "context_fp8"}
GENERATION = {("bfloat16", "bfloat16"): "generation_bf16", ("bfloat16", "fp8"): "generation_fp8"}
SKEW = {"balanced": 0, "power_law_1.01": 0.5, "power_law_1.2": 1}
MOE_KERNEL = {"moe_torch_flow_cutlass": "", "moe_torch_flow": "", "deepgemm": "", "moe_torch_flow_nongated": "_nongated"}
MOE_DTYPE = {"bfloat16": "bf16", "fp8": "fp8", "fp8_block": "fp8_block", "nvfp4": "nvfp4",
             "w4a8_mxfp4_mxfp8": "mxfp8_mxfp4"}
AITER_DTYPE = {"float8_e4m3fn": "fp8", "float8_e4m3fnuz": "fp8", "bfloat16": "bf16",
               "float4_e2m1fn_x2": "mxfp4", "int4": "int4"}
MICROBENCH = {"A100": "nv_a100_80", "H100": "nv_h100_sxm", "H200": "nv_h200", "B200": "nv_b200", "B300": "nv_b300",
              "GB200": "nv_gb200", "GH200": "nv_gh200_144", "Gaudi 2": "intel_gaudi2", "Gaudi 3": "intel_gaudi3",
              "MI300X": "amd_mi300x", "MI325X": "amd_mi325x", "MI355X": "amd_mi355x"}
# Element formats of the published single figures, in the catalogue's words.
PLAIN_DTYPE = {"bf16": "bf16", "fp16": "fp16", "fp8": "fp8", "fp8_e4m3": "fp8", "fp4": "nvfp4", "int8": "int8",
               "fp32": "fp32"}

skipped = collections.Counter()


def rows_of(path):
    with open(path, newline="") as handle:
        yield from csv.DictReader(handle)


def short(value):
    return f"{float(value):.5g}"


class Tables:
    """Rows by (accelerator, operator), merged by shape (the best time of equal shapes), then written."""

    def __init__(self):
        self.rows = collections.defaultdict(dict)
        self.notes = {}

    def add(self, accelerator, operator, note, shape, microseconds):
        if microseconds <= 0:
            skipped["time is not positive"] += 1
            return
        table = self.rows[accelerator, operator]
        table[shape] = min(table.get(shape, math.inf), microseconds)
        self.notes[accelerator, operator] = note

    def write(self, folder, columns):
        for (accelerator, operator), table in sorted(self.rows.items()):
            with open(folder / f"{accelerator}.{operator}.csv", "w", newline="\n") as out:
                out.write(f"# {operator} kernels measured on {accelerator}, microseconds. Made by scripts/make_kernel_tables.py.\n")
                out.write(f"# Source: {self.notes[accelerator, operator]}.\n")
                if accelerator in AITER_PART and operator in ("gemm", "moe"):
                    out.write(f"# {AITER_PART[accelerator]}.\n")
                out.write(columns[operator] + "\n")
                for shape, microseconds in sorted(table.items()):
                    out.write(",".join(str(x) for x in shape) + f",{short(microseconds)}\n")


def untuned(column, n, k):
    """gfx1250 bf16 columns fall in two groups: those that reach 1,200 TFLOP/s and more at m >= 4096, and those that
    stay under 800 (0.16 of the peak) whatever the size: an untuned default kernel, kept as a variant of its own."""
    rates = [2e-6 * m * n * k / microseconds for m, microseconds in column if m >= 4096]
    return n >= 512 and rates and max(rates) < 800


def gemm(source, tables):
    for r in rows_of(source / "opdb/aic_gemm.csv"):
        variant = GEMM_VARIANT.get((r["framework"], r["dtype"]))
        if variant is None:
            skipped[f"gemm: weight-only quantisation ({r['dtype']}) has no format of its own"] += 1
            continue
        tables.add(AIC[r["system"]], "gemm", AIC_NOTE, (variant, int(r["m"]), int(r["n"]), int(r["k"])),
                   float(r["latency_ms"]) * 1e3)
    dense = collections.defaultdict(list)
    for r in rows_of(source / "opdb/aiter_gemm.csv"):
        variant = AITER_GEMM[r["quant"], r["dtype"]]
        dense[AITER[r["gfx"]], variant, int(r["N"]), int(r["K"])].append((int(r["M"]), float(r["us"])))
    for (accelerator, variant, n, k), column in sorted(dense.items()):
        last = 0
        if accelerator == "amd_mi455x" and variant == "bf16" and untuned(column, n, k):
            variant = "bf16_untuned"
        for m, microseconds in sorted(column):
            # Columns with hundreds of m are thinned to quarter octaves: neighbours of 3 % say the same twice.
            if len(column) > 40 and last and math.log2(m / last) < 0.2:
                skipped["gemm: m within a fifth of an octave of its neighbour in a dense column"] += 1
                continue
            last = m
            tables.add(accelerator, "gemm", AITER_NOTE, (variant, m, n, k), microseconds)


def attention(source, tables):
    for r in rows_of(source / "opdb/aic_attention_context.csv"):
        variant = CONTEXT.get((r["attn_dtype"], r["kv_dtype"]))
        if variant is None:
            skipped["attention: bf16 prefill with an fp8 cache (serving only)"] += 1
            continue
        s = int(r["isl"])
        tables.add(AIC[r["system"]], "attention", AIC_NOTE,
                   (variant, int(r["batch"]), int(r["heads"]), int(r["kv_heads"]), s, s), float(r["latency_ms"]) * 1e3)
    for r in rows_of(source / "opdb/aic_attention_generation.csv"):
        variant = GENERATION[r["attn_dtype"], r["kv_dtype"]]
        tables.add(AIC[r["system"]], "attention", AIC_NOTE,
                   (variant, int(r["batch"]), int(r["heads"]), int(r["kv_heads"]), 1, int(r["isl"]) + int(r["step"])),
                   float(r["latency_ms"]) * 1e3)
    for name in ("context", "generation"):
        for r in rows_of(source / f"opdb/aic_mla_{name}.csv"):
            variant = f"latent_{name}_" + {"bfloat16": "bf16", "fp8": "fp8"}[r["kv_dtype"]]
            heads, s = int(r["num_heads"]), int(r["isl"])
            kv_heads, length = (heads, s) if name == "context" else (1, s + int(r["step"]))
            tables.add(AIC[r["system"]], "attention", AIC_NOTE,
                       (variant, int(r["batch"]), heads, kv_heads, s, length), float(r["latency_ms"]) * 1e3)


def moe(source, tables):
    for r in rows_of(source / "opdb/aic_moe.csv"):
        if r["kernel_source"] == "moe_torch_flow_min_latency":
            skipped["moe: minimum-latency kernels for a few tokens"] += 1
            continue
        if r["dtype"] not in MOE_DTYPE:
            skipped[f"moe: {r['dtype']}, fewer than 20 rows per accelerator"] += 1
            continue
        variant = MOE_DTYPE[r["dtype"]] + MOE_KERNEL[r["kernel_source"]]
        tables.add(AIC[r["system"]], "moe", AIC_NOTE,
                   (variant, int(r["num_tokens"]), int(r["hidden"]), int(r["inter"]), int(r["topk"]), int(r["experts"]),
                    int(r["moe_tp"]), int(r["moe_ep"]), SKEW[r["distribution"]]), float(r["latency_ms"]) * 1e3)
    for r in rows_of(source / "opdb/aiter_fused_moe.csv"):
        if int(r["topk"]) <= 0:
            skipped["moe: number of experts per token not given"] += 1
            continue
        a, w = AITER_DTYPE[r["q_dtype_a"]], AITER_DTYPE[r["q_dtype_w"]]
        variant = a if a == w else f"{a}_{w}"
        if variant == "fp8":
            variant = {"per_1x128": "fp8_block", "per_1x32": "mxfp8", "per_Token": "fp8"}[r["q_type"]]
        if variant == "fp8_mxfp4":
            variant = "mxfp8_mxfp4"
        if r["g1u1"] != "1":
            variant += "_nongated"
        tables.add(AITER[r["gfx"]], "moe", AITER_NOTE,
                   (variant, int(r["tokens"]), int(r["model_dim"]), int(r["inter_dim"]), int(r["topk"]), int(r["experts"]),
                    1, 1, 0), float(r["us"]))


def memory_bound(source, tables):
    """Median-of-runs elementwise kernels of vidur (vLLM of 2024), with the bytes they must move in bf16/fp16."""
    note = "microsoft/vidur profiling of vLLM layers (MIT), medians"
    for r in rows_of(source / "opdb/vidur_mlp_median_ms.csv"):
        accelerator = {"a100": "nv_a100_80", "h100": "nv_h100_sxm"}[r["gpu"]]
        tokens, tp, hidden = int(r["num_tokens"]), int(r["tp"]), int(r["n_embd"])
        inter, head = int(r["n_expanded_embd"]) // tp, hidden // int(r["n_head"])
        rotated = tokens * (int(r["n_head"]) + int(r["n_kv_head"])) // tp * head
        work = {"input_layernorm_ms": ("norm", 2 * tokens * hidden, 2 * tokens * hidden),
                "mlp_act_ms": ("activation", 4 * tokens * inter, 2 * tokens * inter),
                "attn_rope_ms": ("rope", 2 * rotated, 2 * rotated),
                "add_ms": ("add", 4 * tokens * hidden, 2 * tokens * hidden)}
        for column, (kind, read, written) in work.items():
            if not r[column]:
                skipped["memory: cell is empty"] += 1
                continue
            tables.add(accelerator, "memory", note, (kind, read, written), float(r[column]) * 1e3)


# Figures that articles state in prose: products of a 70B model's layers on normally distributed data, held long enough for
# the clock to settle. "Roughly" in the source, so 8192 cubed stands for the shapes of its chart.
ARTICLE = "SemiAnalysis 2024-12-22, MI300X vs H100 vs H200 Benchmark Part 1: Training (newsletter.semianalysis.com)"
ARTICLES = [(accelerator, dtype, "8192", "8192", "8192", str(rate), "given shape", f"SEMI-{accelerator}-{dtype}", ARTICLE)
            for accelerator, dtype, rate in [("nv_h100_sxm", "bf16", 720), ("nv_h200", "bf16", 720),
                                             ("amd_mi300x", "bf16", 620), ("nv_h100_sxm", "fp8", 1280),
                                             ("nv_h200", "fp8", 1280), ("amd_mi300x", "fp8", 990)]]
# The best of five square products that users of one program report; the card is named in the report.
USER_REPORTS = [("nv_rtx4090", "bf16", "2048", "2048", "2048", "164.81", "best shape", "TPTD-78-bf16",
                 "zzc0721/torch-performance-test-data issue 78"),
                ("nv_rtxpro6000", "bf16", "8192", "8192", "8192", "417.34", "best shape", "TPTD-162-bf16",
                 "zzc0721/torch-performance-test-data issue 162")]


def single_figures(source, folder):
    """Published single figures: best or large matrix products (sustained) and stream bandwidths."""
    products, streams = [], []
    for r in rows_of(source / "truth/microbench.csv"):
        if "aiconfigurator" in r["source_title"] or "aiter" in r["source_title"]:
            continue
        accelerator = MICROBENCH.get(r["accelerator"])
        if r["op"] == "gemm":
            shape = re.match(r"(\d+)x(\d+)x(\d+)", r["shape_or_bytes"])
            if accelerator is None or "batch" in r["shape_or_bytes"] or not shape:
                skipped["single figures: accelerator not in the catalogue, or a batched product"] += 1
                continue
            rate = float(r["measured_value"]) * {"TFLOP/s": 1, "GFLOP/s": 1e-3}[r["unit"]]
            how = "best shape" if "best shape" in r["shape_or_bytes"] else "given shape"
            products.append((accelerator, PLAIN_DTYPE[r["dtype"]], *shape.groups(), short(rate), how, r["id"],
                             r["source_title"].split(" (")[0]))
        elif r["op"] == "memcpy" and "BabelStream" in r["shape_or_bytes"]:
            rate = float(r["measured_value"]) * {"TB/s": 1, "MB/s": 1e-6}[r["unit"]]
            kernel = re.search(r"BabelStream (\w+)", r["shape_or_bytes"]).group(1).lower()
            streams.append((accelerator, kernel, short(rate), r["id"], r["source_title"]))
    products.extend(ARTICLES + USER_REPORTS)
    head = "# Made by scripts/make_kernel_tables.py. Sources per row: ml-engineering MAMF table (CC BY-SA), Azure AI-benchmarking-guide, AMD acceptance guides.\n"
    with open(folder / "matrix_products.csv", "w", newline="\n") as out:
        out.write("# Published dense matrix products held for many iterations, TFLOP/s.\n" + head)
        out.write("accelerator,dtype,m,n,k,tflops,shape_choice,id,source\n")
        csv.writer(out, lineterminator="\n").writerows(sorted(products))
    with open(folder / "streams.csv", "w", newline="\n") as out:
        out.write("# BabelStream bandwidths (bytes read and written), TB/s.\n" + head)
        out.write("accelerator,kernel,tbs,id,source\n")
        csv.writer(out, lineterminator="\n").writerows(sorted(streams))


def main():
    source = pathlib.Path(sys.argv[1])
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent / "data/measurements/kernels")
    folder.mkdir(parents=True, exist_ok=True)
    tables = Tables()
    for part in (gemm, attention, moe, memory_bound):
        part(source, tables)
    tables.write(folder, {"gemm": "variant,m,n,k,us",
                          "attention": "variant,batch,heads,kv_heads,query,keys,us",
                          "moe": "variant,tokens,hidden,inter,top_k,experts,tensor_parallel,expert_parallel,skew,us",
                          "memory": "kind,read,written,us"})
    single_figures(source, folder)
    for reason, count in sorted(skipped.items()):
        print(f"left out {count:6d}  {reason}")
    for path in sorted(folder.glob("*.csv")):
        print(f"{path.stat().st_size:9d}  {path.name}")


if __name__ == "__main__":
    main()
