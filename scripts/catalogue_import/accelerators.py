"""Turns one accelerator record of the source catalogue into our table of figures."""

from catalogue_import import systems
from catalogue_import.notes import TRAPS, note
from catalogue_import.toml_text import STATUS, figure, ranged

FAMILY = {
    "amd_mi210": "cdna2", "amd_mi250x": "cdna2", "amd_mi300a": "cdna3", "amd_mi300x": "cdna3", "amd_mi308x": "cdna3",
    "amd_mi325x": "cdna3", "amd_mi350x": "cdna4", "amd_mi355x": "cdna4", "amd_mi455x": "cdna5", "amd_mi450": "cdna5",
    "amd_mi430x": "cdna5", "amd_mi440x": "cdna5", "amd_mi500": "cdna6", "nv_v100_32": "volta", "nv_a100_40": "ampere",
    "nv_a100_80": "ampere", "nv_a800_80": "ampere", "nv_l40s": "ada", "nv_rtx4090": "ada", "nv_rtxpro6000": "blackwell_rtx",
    "nv_b100": "blackwell", "nv_b200": "blackwell", "nv_gb200": "blackwell", "nv_b300": "blackwell_ultra",
    "nv_gb300": "blackwell_ultra", "nv_rubin": "rubin", "nv_rubin_ultra": "rubin_ultra", "nv_rubin_cpx": "rubin",
    "aws_trn1": "trainium1", "aws_trn2": "trainium2", "aws_trn3": "trainium3", "intel_gaudi2": "gaudi2",
    "intel_gaudi3": "gaudi3", "openai_jalapeno": "jalapeno",
}
ALIASES = {
    "nv_a100_80": ["A100", "A100-80GB"], "nv_a100_40": ["A100-40GB"], "nv_a800_80": ["A800", "A800-80GB"],
    "nv_h100_sxm": ["H100", "H100-SXM"], "nv_h100_pcie": ["H100-PCIe"], "nv_h100_nvl": ["H100-NVL"], "nv_h200": ["H200", "H200-SXM"],
    "nv_h200_nvl": ["H200-NVL"], "nv_h800": ["H800"], "nv_h20": ["H20"], "nv_b100": ["B100"], "nv_b200": ["B200"],
    "nv_b300": ["B300"], "nv_gb200": ["GB200"], "nv_gb300": ["GB300"], "nv_gh200_96": ["GH200", "GH200-96GB"],
    "nv_gh200_144": ["GH200-144GB"], "nv_l40s": ["L40S"], "nv_v100_32": ["V100", "V100-32GB"], "nv_rtx4090": ["RTX 4090"],
    "nv_rtxpro6000": ["RTX PRO 6000"], "nv_rubin": ["Rubin", "VR200", "R200", "Vera Rubin"], "nv_rubin_ultra": ["Rubin Ultra"],
    "nv_rubin_cpx": ["Rubin CPX"], "tpu_v6e": ["Trillium", "TPU v6e (Trillium)", "v6e"], "tpu_v7x": ["Ironwood", "TPU7x", "TPU v7"],
    "tpu_v5p": ["v5p"], "tpu_v5e": ["v5e"], "tpu_v4": ["v4"], "tpu_8t": [], "tpu_8i": [], "aws_trn1": ["Trainium1", "Trn1"],
    "aws_trn2": ["Trainium2", "Trn2"], "aws_trn3": ["Trainium3", "Trn3"], "intel_gaudi2": ["Gaudi2"],
    "intel_gaudi3": ["Gaudi3"], "openai_jalapeno": ["Jalapeno"],
}
NAMED_TWICE = {"tpu_v6e", "tpu_v7x"}  # both names are in use
KIND = {"torus2d": "torus", "torus3d": "torus", "none": "none"}
GIB_LABELS = {"tpu_v4", "tpu_v5p", "tpu_v6e", "tpu_v7x", "aws_trn1", "openai_jalapeno"}
DTYPE = {"fp64_tensor": "fp64_matrix"}
# What the sources state beside the records: measured power, usable memory, the rates that TPU pages give.
EXTRA = {
    "nv_a100_80": {
        "idle": figure(61.9, "acme_power", "measured", "5th percentile of a fleet", "W"),
        "typical_power": figure(413, "acme_power", "measured", "95th percentile of a training fleet", "W"),
    },
    "nv_h100_sxm": {"idle": figure(71.8, "h100_idle", "measured", None, "W")},
    "nv_h200": {"typical_power": figure(592.8, "h200_idle", "measured", "mean under load", "W")},
    "nv_b200": {"typical_power": figure(688.5, "b200_decode", "measured", "while decoding", "W")},
    "nv_gb200": {"typical_power": figure(960, "meta_gb200", "third party", "what one operator provisions", "W")},
    "amd_mi355x": {"typical_power": figure(1257, "oci_mi355x", "measured", "mean of 8 devices at 93-100 % use", "W")},
    "amd_mi210": {
        "scale_up_rate": figure(150, "recall", "third party", "3 links of 50; another source models 200", "GB/s"),
        "pair_rate": figure(50, "recall", "third party", "one link", "GB/s"),
    },
    "amd_mi300a": {
        "scale_up_rate": figure(384, "recall", "third party", "two links of 64 to each of 3 peers", "GB/s"),
        "pair_rate": figure(128, "recall", "third party", "two links of 64", "GB/s"),
    },
    "amd_mi308x": {
        "scale_up_rate": figure(448, "stas_net", "estimated", "as MI300X, whose board it uses", "GB/s"),
        "pair_rate": figure(64, "stas_net", "estimated", "as MI300X", "GB/s"),
    },
    "nv_b300": {"usable_memory": figure("268.6 GiB", "ix_specs", "measured", "as the driver reports")},
    "nv_gb300": {"usable_memory": figure("278 GiB", "nv_gb300", "vendor specification")},
    "amd_mi450": {"usable_memory": figure("430.9 GiB", "gh_mi450", "measured", "as the driver reports")},
    "amd_mi325x": {"pair_rate": figure("64 GB/s", "stas_net", "vendor specification", "as MI300X")},
    "amd_mi250x": {"pair_rate": figure("50 GB/s", "stas_net", "vendor specification", "one link")},
    "nv_h200_nvl": {"pair_rate": figure("150 GB/s", "h200nvl_news", "derived", "a third of the bridge's rate in a group of 4")},
    "nv_gh200_96": {"pair_rate": figure("150 GB/s", "alps_hw", "derived", "a third of the rate to each of 3 peers")},
    "nv_v100_32": {"pair_rate": figure("50 GB/s", "stas_net", "derived", "2 of 6 links to each of 3 peers in a node of 4")},
    "intel_gaudi3": {"pair_rate": figure("75 GB/s", "stas_net", "derived", "3 ports of 200 Gbit/s to each of 7 peers")},
    "tpu_v4": {
        "tdp": figure(192, "goog_v4", "measured", "highest measured chip power; no design power is published", "W"),
        "idle": figure(90, "goog_v4", "measured", "lowest measured chip power", "W"),
        "typical_power": figure(170, "goog_v4", "measured", "mean chip power", "W"),
        "scale_up_rate": figure(268.6, "goog_v4", "derived", "pod all-reduce bandwidth 1.1 PB/s over 4096 chips", "GB/s"),
    },
    "tpu_v5e": {"scale_up_rate": figure(200, "goog_v5e", "vendor specification", "400 GB/s both directions", "GB/s")},
    "amd_mi455x": {
        "tdp": ranged(2200, 1800, 2500, "sth_455", "rumour", "AMD prints none; our default in the range of estimates", "W"),
        "measured_memory_bandwidth": figure(20, "sth_hc_gpu", "vendor claim", "in an MLA decode kernel", "TB/s"),
        "measured_scale_up_rate": figure(1600, "sth_hc_gpu", "vendor claim", "half of 3.2 TB/s in both directions", "GB/s"),
        "measured_scale_out_rate": figure(190, "sth_hc_gpu", "vendor claim", "of 300 GB/s", "GB/s"),
    },
    "nv_rubin_ultra": {"scale_up_rate": figure(1800, "stas_net", "estimated", "as Rubin; no rate of NVLink 7 was read", "GB/s")},
    "nv_rubin": {"tdp": figure([1800, 2300], "nv_survey", "rumour", "two power profiles; NVIDIA prints none", "W")},
}
HOST_RATE = {
    "PCIe 3.0": ("15.75 GB/s", "recall"), "PCIe 4.0": ("31 GB/s", "stas_net"), "PCIe 5.0": ("63 GB/s", "stas_net"),
    "PCIe 6.0": ("121 GB/s", "stas_net"), "NVLink-C2C 450": ("450 GB/s", "gh200_spheron"), "NVLink-C2C 900": ("900 GB/s", "nv_survey"),
    "coherent Infinity Fabric 128": ("128 GB/s", "sth_hc_sys"),
}


# Leaves of the source that become figures; the others are counted by not_carried.
CARRIED = {
    "arch", "memory_gb", "memory_type", "mem_bw_tbs", "cus", "sms", "mmes", "cores", "clock_mhz", "l2_mb", "llc_mb", "sram_mb",
    "lds_kib_per_cu", "tdp_w", "tdp_estimates_w", "tdp_rumour_w", "peak_board_w", "idle_w", "scale_up", "scale_out_gbps", "price_usd", "rental_usd_h",
    "economics", "dense_tflops", "measured_bf16_matmul_tflops", "measured_fp8_matmul_tflops", "measured", "host", "software", "announced", "vendor", "name",
    "trap", "sparsity", "note", "launch_press_fp4_tflops", "fp4_inference_tflops", "dense_or_sparse_dispute", "seed_vs_vendor", "server_8x_usd", "scale_out",
}


def not_carried(records):
    """Kinds of leaf without a figure of ours, and how many records have one."""
    left = {}
    for record in records.values():
        for kind in record.keys() - CARRIED:
            left[kind] = left.get(kind, 0) + 1
    return left


def src(record):
    keys = record["src"]
    return ", ".join(keys) if isinstance(keys, list) else keys


def leaf(path, record, unit, status=None):
    """A figure from a leaf of the source, or None where it holds no value."""
    if not isinstance(record, dict) or record.get("v") is None:
        return None
    return figure(record["v"], src(record), status or STATUS[record["c"]], note(path, record.get("n")), unit)


def plain(value):
    if isinstance(value, dict):
        return value.get("v")
    return value


def halved(made, how, keys=("memory", "memory_bandwidth", "tdp", "idle", "compute_units", "scale_up_rate", "scale_out_rate")):
    """The figures of one of two devices in a package."""
    out = {}
    for key in keys:
        if key in made:
            out[key] = half(made[key], how)
    out["peak"] = {k: half(v, how) for k, v in made["peak"].items()}
    return out


def half(fig, how):
    text = str(fig["value"])
    value, _, unit = text.partition(" ")
    number = float(value) / 2
    number = int(number) if number.is_integer() else number
    return figure(f"{number:g} {unit}" if unit else number, fig["source"], "derived", how)


def scale_up_kind(fabric, topology):
    """The collective library's view: NVLink meshes run NCCL's rings as a switch does; the pair rate tells them apart."""
    if topology in KIND:
        return "pcie" if fabric and fabric.startswith("pcie") else KIND[topology]
    if fabric.startswith("nvlink"):
        return "nvlink_switch"
    return "xgmi_mesh" if topology == "mesh" else "ualink_switch"


def convert(key, record):
    path = lambda *parts: ".".join((key, *parts))
    up = record.get("scale_up") or {}
    row = next((r for r in systems.DEFAULTS if r[0] == key), None)
    made = {"id": key, "name": record["name"] if key in NAMED_TWICE else record["name"].split(" (")[0],
            "vendor": record["vendor"].split("/")[0], "architecture": plain(record.get("arch")) or ""}
    made["family"] = FAMILY.get(key) or (key if key.startswith("tpu") else "hopper")
    made["aliases"] = ALIASES.get(key, [key.split("_", 1)[1].upper()])
    made["announced"] = plain(record.get("announced"))
    made["software"] = plain(record.get("software"))
    made["memory_type"] = plain(record.get("memory_type"))
    made["link"] = up.get("kind")
    made["host"] = plain(record.get("host"))
    if row:
        made["default_system"] = row[1]
        made["scale_up"] = scale_up_kind(row[6], row[7])
    made["trap"] = TRAPS.get(key)
    unit = "GiB" if key in GIB_LABELS else "GB"
    made["memory"] = leaf(path("memory_gb"), record.get("memory_gb"), unit)
    made["memory_bandwidth"] = leaf(path("mem_bw_tbs"), record.get("mem_bw_tbs"), "TB/s")
    for ours, theirs in (("compute_units", "cus"), ("compute_units", "sms"), ("compute_units", "mmes"), ("compute_units", "cores")):
        if theirs in record:
            made[ours] = leaf(path(theirs), record[theirs], None)
    made["clock"] = leaf(path("clock_mhz"), record.get("clock_mhz"), "MHz")
    for ours, theirs, size in (("l2_cache", "l2_mb", "MB"), ("last_level_cache", "llc_mb", "MB"), ("on_chip_memory", "sram_mb", "MB"),
                               ("local_memory", "lds_kib_per_cu", "KiB")):
        made[ours] = leaf(path(theirs), record.get(theirs), size)
    made["scale_up_rate"] = leaf(path("scale_up", "gbs_per_dir"), up.get("gbs_per_dir"), "GB/s")
    made["pair_rate"] = leaf(path("scale_up", "pair_gbs_per_dir"), up.get("pair_gbs_per_dir"), "GB/s")
    domain = up.get("domain")
    if isinstance(domain, int):
        domain = {"v": domain, "src": (up.get("gbs_per_dir") or {"src": "recall"})["src"], "c": "third-party"}
    made["scale_up_domain"] = leaf(path("scale_up", "domain"), domain, None)
    made["scale_out_rate"] = leaf(path("scale_out_gbps"), record.get("scale_out_gbps"), "Gbit/s")
    for words, (rate, source) in HOST_RATE.items():
        if made["host"] and made["host"].startswith(words):
            made["host_rate"] = figure(rate, source, "third party")
    made["tdp"] = leaf(path("tdp_w"), record.get("tdp_w"), "W")
    made["peak_power"] = leaf(path("peak_board_w"), record.get("peak_board_w"), "W")
    made["idle"] = leaf(path("idle_w"), record.get("idle_w"), "W")
    made["price"] = leaf(path("price_usd"), record.get("price_usd"), "USD")
    made["rental"] = leaf(path("rental_usd_h"), record.get("rental_usd_h"), "USD/h")
    economics = record.get("economics") or {}
    for ours, theirs, size in (("all_in_power", "all_in_kw_per_gpu", "kW"), ("owned_hyperscaler", "tco_usd_per_gpu_h_owned_hyperscaler", "USD/h"),
                               ("owned_neocloud", "tco_usd_per_gpu_h_owned_neocloud", "USD/h"), ("contract", "rental_usd_per_gpu_h_3yr_contract", "USD/h")):
        made[ours] = leaf(path("economics", theirs), economics.get(theirs), size)
    made.update(EXTRA.get(key, {}))
    made["peak"] = {}
    for dtype, value in record.get("dense_tflops", {}).items():
        size = "TOP/s" if dtype.startswith("int") else "TFLOP/s"
        fig = leaf(path("dense_tflops", dtype), value, size)
        if fig:
            made["peak"][DTYPE.get(dtype, dtype)] = fig
    made["measured_matmul"] = {}
    for dtype in ("bf16", "fp8"):
        fig = leaf(path(f"measured_{dtype}_matmul_tflops"), record.get(f"measured_{dtype}_matmul_tflops"), "TFLOP/s", "measured")
        if fig:
            made["measured_matmul"][dtype] = fig
    made["measured_matmul"].update(OTHER_MATMUL.get(key, {}))
    made = {k: v for k, v in made.items() if v not in (None, "")}
    editions(key, made)
    return made


# Best matmul rates outside the common columns.
OTHER_MATMUL = {
    "amd_mi455x": {"fp4": figure(20000, "sth_hc_gpu", "vendor claim", "AMD's own measurement, half of the peak", "TFLOP/s")},
    "amd_mi450": {"bf16": figure([1400, 2100], "gh_mi450", "measured", "early software on an engineering host; by layout", "TFLOP/s")},
}


def editions(key, made):
    """Figures that were announced earlier, are disputed, or describe one device of a package."""
    by_id = {
        "amd_mi455x": {
            "announced": {
                "description": "as announced before launch (June 2025 to January 2026 and the early press)",
                "memory_bandwidth": figure(19.6, "toms_helios25", "vendor claim", "superseded by 23.3 TB/s", "TB/s"),
                "tdp": figure(900, "early_press", "rumour", "no vendor statement supports it; rack arithmetic says above 2 kW", "W"),
                "peak": {
                    "fp4": figure(40000, "toms_helios25", "vendor claim", "\"up to 40 PFLOP/s\", which is FP4", "TFLOP/s"),
                    "fp8": figure(20000, "toms_helios25", "vendor claim", None, "TFLOP/s"),
                },
            },
            "halved": {
                "description": "low-precision peaks read as sparse figures, as one table does",
                "peak": {
                    "fp8": figure(10050, "stas", "third party", "half of the printed 20.1", "TFLOP/s"),
                    "fp6": figure(10050, "stas", "third party", "half of the printed 20.1", "TFLOP/s"),
                    "fp4": figure(20100, "stas", "third party", "half of the printed 40.3", "TFLOP/s"),
                },
            },
        },
        "amd_mi325x": {"announced": {
            "description": "as announced in June 2024", "memory": figure(288, "amd_survey", "vendor claim", "cut to 256 GB", "GB")}},
        "amd_mi355x": {"launch-press": {
            "description": "launch press of 2025, whose FP4 is not dense",
            "peak": {"fp4": figure(20100, "toms_355", "vendor claim", "twice the dense figure of the product page", "TFLOP/s"),
                     "fp6": figure(20100, "toms_355", "vendor claim", "twice the dense figure of the product page", "TFLOP/s")}}},
        "nv_rubin": {
            "announced": {"description": "roadmap of March 2025", "memory_bandwidth": figure(13, "nv_vr72", "vendor claim", "superseded by 22 TB/s", "TB/s")},
            "inference": {"description": "with adaptive compression, not a dense rate",
                          "peak": {"fp4": figure(50000, "nv_vr72", "vendor claim", "inference figure with compression", "TFLOP/s")}}},
        "intel_gaudi3": {"white-paper": {
            "description": "white paper at 1750 MHz", "clock": figure(1750, "intel_g3", "vendor specification", None, "MHz"),
            "peak": {"bf16": figure(1835, "intel_g3", "vendor specification", None, "TFLOP/s"), "fp8": figure(1835, "intel_g3", "vendor specification", None, "TFLOP/s")}}},
        "nv_b200": {"announced": {
            "description": "as announced in March 2024: full stacks", "memory": figure(192, "nv_bw_tab", "vendor claim", "physical; 180 on the HGX board", "GB"),
            "memory_bandwidth": figure(8.0, "ix_specs", "vendor claim", None, "TB/s")}},
        "nv_v100_32": {"16gb": {
            "description": "the 16 GB part of 2017", "aliases": ["V100-16GB"], "memory": figure(16, "v100_launch", "third party", None, "GB")}},
        "amd_mi250x": {"gcd": {
            "description": "one of the two devices of the package, as frameworks count them", "aliases": ["MI250X-GCD", "MI250X GCD"],
            **(halved(made, "half of the package") if key == "amd_mi250x" else {}),
            "scale_up_domain": figure(8, "stas_net", "vendor specification", "devices in a node of four packages")}},
        "aws_trn1": {"core": {
            "description": "one NeuronCore, as Neuron counts parallelism", "aliases": ["Trainium1-core"],
            **(halved(made, "half of the chip") if key == "aws_trn1" else {}),
            "scale_up_domain": figure(32, "aws_trn1_inst", "derived", "cores of 16 chips")}},
    }
    if key in by_id:
        made["edition"] = by_id[key]
    if key == "amd_mi250x":
        made["scale_up_domain"] = figure(4, "raps", "derived", "packages in a node; a package is two devices")
