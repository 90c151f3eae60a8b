"""Our wording for the notes of the source catalogue, and the expansion of its short names."""

import re

SHORT_NAMES = [
    (r"\bstas00\b|\bstas\b", "the stas00 table"),
    (r"\blcs\b", "llm-cluster-simulator"),
    (r"\(rent_aim\)|\(jal_toms\)|\(h200_idle2\)", ""),
    (r"\brecall\b", "not re-read"),
    (r"toms_helios25", "a June 2025 article"),
    (r"\bTF\b", "TFLOP/s"),
    (r"\bPF\b", "PFLOP/s"),
    (r"\bEF\b", "EFLOP/s"),
    (r"\bno hw\b", "no hardware for it"),
]

# accelerator.path -> our words; an empty text drops the note.
NOTES = {
    "amd_mi300x.scale_up.gbs_per_dir": "7 links of 64 GB/s; one pair has one link (about 48 GB/s usable)",
    "amd_mi300x.dense_tflops.bf16": "AMD's page prints 1307.4, the source rounds",
    "amd_mi300x.measured_bf16_matmul_tflops": "best square matmul with ROCm 6.3, 51 % of peak",
    "amd_mi308x.dense_tflops.bf16": "80 units x 2048 FLOP per clock x 2.1 GHz; no vendor figure found",
    "amd_mi308x.dense_tflops.fp8": "twice the bf16 figure; a bench note gates at 414 under a power limit",
    "amd_mi325x.memory_gb": "cut from the 288 GB of June 2024, which some lists still print",
    "amd_mi355x.dense_tflops.fp64": "same for vector and matrix; the matrix rate is half MI300X's",
    "amd_mi355x.measured_bf16_matmul_tflops": "best square matmul with ROCm 7.0.2",
    "amd_mi455x.mem_bw_tbs": "19.6 TB/s until launch, see edition announced",
    "amd_mi455x.dense_tflops.fp8": "printed without a sparsity label; disputed, see edition halved",
    "amd_mi455x.dense_tflops.fp4": "printed as 40.3 PFLOP/s; disputed, see edition halved",
    "amd_mi455x.cus": "work-group processors; one replaces a compute unit and has twice its lanes",
    "amd_mi455x.l2_mb": "two halves of 96 MB; takes the place of the Infinity Cache",
    "amd_mi455x.scale_out_gbps": "up to three 800 Gbit/s NICs; AMD measured 190 GB/s of 300",
    "amd_mi455x.price_usd": "a circulating rack price of 5.25 MUSD over 72",
    "amd_mi450.memory_gb": "the driver of an engineering host reports 430.9 GiB",
    "amd_mi450.mem_bw_tbs": "from a tool profile that its own user calls unconfirmed",
    "amd_mi450.dense_tflops.bf16": "peak that early tools assume",
    "amd_mi430x.mem_bw_tbs": "stated in 2025 and not repeated since",
    "nv_h100_sxm.clock_mhz": "official; at the 1980 MHz boost the peak would be 1070 TFLOP/s",
    "nv_h200.clock_mhz": "official; at the 1980 MHz boost the peak would be 1070 TFLOP/s",
    "nv_h100_sxm.rental_usd_h": "one-year contract in March 2026; 1.70 in October 2025; on demand 2.95 in May 2026",
    "nv_h200.idle_w": "another site measured 73.7 W; 592.8 W under load",
    "nv_h20.dense_tflops.fp8": "the source states int8; fp8 runs at the same rate",
    "nv_b200.rental_usd_h": "highest spot fixing of 2026-04-18; that it is B200 is inferred",
    "nv_b300.memory_gb": "the driver reports 275040 MiB usable",
    "nv_b300.dense_tflops.fp4": "sources disagree: 12.6, 13.5, 14 and 15 PFLOP/s",
    "nv_b300.dense_tflops.int8": "the part has almost no int8; tables that repeat the fp8 rate are wrong",
    "nv_gb300.dense_tflops.int8": "the part has almost no int8; tables that repeat the fp8 rate are wrong",
    "nv_rtxpro6000.mem_bw_tbs": "workstation card; data/hardware was corrected by hand to the server card's 1.597 TB/s",
    "nv_rubin.mem_bw_tbs": "13 TB/s in the roadmap of March 2025, see edition announced",
    "nv_rubin.dense_tflops.fp4": "NVFP4 training rate, which is the dense one; see edition inference",
    "nv_rubin_ultra.dense_tflops.fp4": "an inference figure whose density is not stated",
    "nv_rubin_ultra.scale_up.domain": "one rack of 144 packages, earlier called NVL576 by counting dies",
    "tpu_8t.memory_gb": "six stacks; the pod total over its chips gives 208",
    "tpu_8t.scale_out_gbps": "data-centre network of 134 thousand chips",
    "aws_trn3.scale_up.gbs_per_dir": "AWS prints 2.56 TB/s per device, taken as both directions",
    "intel_gaudi3.dense_tflops.bf16": "at the shipped 1600 MHz; the white paper's 1835 needs 1750 MHz",
    "openai_jalapeno.tdp_w": "stayed below 550 W in the vendor's tests",
    "nv_v100_32.dense_tflops.fp64": "half the fp32 vector rate",
    "nv_v100_32.dense_tflops.fp16": "tensor cores; the part has no bf16",
    "nv_v100_32.clock_mhz": "the clock that gives 125 TFLOP/s; launch coverage prints 1455",
    "nv_v100_32.scale_up.domain": "hybrid mesh of the DGX-1; nodes of 4 exist, 16 with switches",
    "nv_gh200_96.sms": "as H100 SXM",
    "nv_gh200_96.l2_mb": "as H100 SXM; 60 MB in an older list is the full die",
    "nv_gh200_96.tdp_w": "whole module with CPU and memory at its upper setting",
    "nv_gh200_96.scale_up.domain": "nodes of four modules; single-module servers have 1",
    "nv_gh200_144.memory_gb": "sold as 144 GB",
    "nv_gh200_144.tdp_w": "whole module with CPU and memory at its upper setting",
    "nv_gh200_144.scale_up.domain": "single-module servers; 2 in the NVL2 node",
    "nv_h200_nvl.dense_tflops.fp64": "from a copy of the vendor's table",
    "nv_h200_nvl.dense_tflops.bf16": "sheet prints 1671 sparse; same as H100 NVL",
    "nv_h200_nvl.scale_up.domain": "an 8-card server has two bridged groups of 4",
    "nv_rtx4090.dense_tflops.fp8": "with FP32 accumulation; the advertised 1321 is sparse with FP16",
    "nv_rtx4090.l2_mb": "the full die has 96",
    "aws_trn1.mem_bw_tbs": "820 GB/s in the kernel guide",
    "aws_trn1.sram_mb": "two cores of 24 MiB state and 2 MiB accumulation buffer",
    "aws_trn1.scale_up.gbs_per_dir": "AWS prints 384 GiB/s per chip without a direction; halved as for Trainium2",
    "aws_trn1.scale_out_gbps": "800 Gbit/s of EFA for 16 chips; trn1n has twice that",
    "intel_gaudi2.scale_up.gbs_per_dir": "of 24 ports 21 stay in the node: 262.5 GB/s",
    "intel_gaudi2.dense_tflops.bf16": "two 256x256 arrays at 1650 MHz",
}
ECONOMICS = {
    "all_in_kw_per_gpu": "provisioned IT and facility share in a data-centre model, not chip power",
    "placeholder": "the source scales its B200 or GB200 figure by 1.2",
}


def note(path, text):
    """Our wording of a note, or the short fact with its abbreviations expanded."""
    if path in NOTES:
        return NOTES[path] or None
    if text is None:
        return None
    if text.startswith("placeholder: 1.2x"):
        return ECONOMICS["placeholder"]
    if text == "placeholder in source":
        return "assumed by the source"
    if path.endswith("all_in_kw_per_gpu"):
        return ECONOMICS["all_in_kw_per_gpu"]
    for pattern, words in SHORT_NAMES:
        text = re.sub(pattern, words, text)
    assert len(text) <= 90, (path, text)
    return text.strip()

# What is easily misread about a part, in our words.
TRAPS = {
    "amd_mi250x": "two devices in a package: software sees one (64 GB, 1.64 TB/s, 191.5 TFLOP/s), see edition gcd",
    "amd_mi300a": "AMD's page also prints sparse figures at twice these",
    "amd_mi300x": "AMD's page also prints sparse figures at twice these",
    "amd_mi350x": "launch coverage prints 18.45 PFLOP/s of FP4, which is not dense",
    "amd_mi355x": "the launch press prints 20.1 PFLOP/s of FP4, twice the dense figure; see edition launch-press",
    "amd_mi430x": "low-precision matrix rates are a quarter of MI455X's per clock; its peaks must not be reused",
    "amd_mi450": "a family, not one part: MI455X, this slower one, MI430X for FP64, an 8-way MI440X, a custom part",
    "amd_mi455x": "40.3 PFLOP/s is FP4, not FP8; sparse figures exist only for FP16, BF16 and INT8",
    "amd_mi500": "the advertised thousandfold of MI300X is a slide, not a specification",
    "aws_trn1": "Neuron counts parallelism in cores, two a chip (95 TFLOP/s and 16 GiB each), see edition core",
    "aws_trn2": "2563 TFLOP/s in print is 4:1 sparse",
    "aws_trn3": "2517 TFLOP/s of BF16 in print is sparse",
    "nv_b100": "barely shipped; figures of the announcement, not re-read",
    "nv_b200": "NVIDIA prints sparse figures: 18, 9 and 4.5 PFLOP/s for FP4, FP8 and BF16",
    "nv_gb200": "NVIDIA prints sparse figures: 20 PFLOP/s of FP4, 1440 for the rack",
    "nv_h100_sxm": "NVIDIA prints sparse figures: 1979 for BF16, 3958 for FP8",
    "nv_h200": "NVIDIA prints sparse figures: 1979 for BF16, 3958 for FP8",
    "nv_l40s": "NVIDIA prints sparse figures beside these at twice the rate",
    "nv_rubin": "50 PFLOP/s of FP4 needs adaptive compression and is no dense rate, see edition inference",
}
