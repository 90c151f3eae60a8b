"""The default system of each accelerator, and the formulas behind what no source states.

A row names the machine; figures that the source catalogue holds are passed in by import_catalogue.py. Derived
figures say how in their note:
  host share     = rated node or rack power / accelerators - design power of one accelerator
  no node rating = design power x 0.53, from the server-to-GPU power ratio 1.53 (Epoch AI, 2025-12)
  facility share = (design power + host share) x 1.14 (IT to server, same source) x PUE of the cooling kind
"""

from catalogue_import.toml_text import figure, ranged

SERVER_TO_GPU, IT_TO_SERVER = 1.53, 1.14

# accelerator, id, name, kind, per node, scale-up domain, fabric, topology, cooling
DEFAULTS = [
    ("amd_mi210", "mi210_4x", "4x MI210 PCIe server", "node", 4, 4, "xgmi_mi200", "mesh", "air"),
    ("amd_mi250x", "frontier_node", "Frontier node, 4x MI250X (8 devices)", "node", 4, 4, "xgmi_mi200", "mesh", "liquid"),
    ("amd_mi300a", "mi300a_4x", "4x MI300A node", "node", 4, 4, "xgmi_mi300", "mesh", "liquid"),
    ("amd_mi300x", "mi300x_8oam", "8x MI300X OAM server", "node", 8, 8, "xgmi_mi300", "mesh", "air"),
    ("amd_mi308x", "mi308x_8oam", "8x MI308X OAM server", "node", 8, 8, "xgmi_mi300", "mesh", "air"),
    ("amd_mi325x", "mi325x_8oam", "8x MI325X OAM server", "node", 8, 8, "xgmi_mi300", "mesh", "air"),
    ("amd_mi350x", "mi350x_8oam", "8x MI350X OAM server", "node", 8, 8, "xgmi_mi350", "mesh", "air"),
    ("amd_mi355x", "mi355x_8oam", "8x MI355X OAM server", "node", 8, 8, "xgmi_mi350", "mesh", "liquid"),
    ("amd_mi455x", "amd_helios", "AMD Helios rack", "rack", 4, 72, "ualoe", "switch", "liquid"),
    ("nv_v100_32", "jean_zay_v100", "4x V100 SXM2 node", "node", 4, 4, "nvlink2", "mesh", "air"),
    ("nv_a100_40", "dgx_a100_40", "DGX A100 320GB", "node", 8, 8, "nvlink3", "switch", "air"),
    ("nv_a100_80", "hgx_a100", "HGX/DGX A100 80GB", "node", 8, 8, "nvlink3", "switch", "air"),
    ("nv_a800_80", "hgx_a800", "HGX A800 80GB", "node", 8, 8, "nvlink3", "switch", "air"),
    ("nv_h100_sxm", "hgx_h100", "HGX/DGX H100", "node", 8, 8, "nvlink4", "switch", "air"),
    ("nv_h100_pcie", "h100_pcie_8x", "8x H100 PCIe server, bridged pairs", "node", 8, 2, "nvlink4", "mesh", "air"),
    ("nv_h100_nvl", "h100_nvl_8x", "8x H100 NVL server, bridged pairs", "node", 8, 2, "nvlink4", "mesh", "air"),
    ("nv_h200", "hgx_h200", "HGX/DGX H200", "node", 8, 8, "nvlink4", "switch", "air"),
    ("nv_h200_nvl", "h200_nvl_8x", "8x H200 NVL server, bridged groups of 4", "node", 8, 4, "nvlink4", "mesh", "air"),
    ("nv_h800", "hgx_h800", "HGX H800", "node", 8, 8, "nvlink4", "switch", "air"),
    ("nv_h20", "hgx_h20", "HGX H20", "node", 8, 8, "nvlink4", "switch", "air"),
    ("nv_gh200_96", "gh200_quad", "4x GH200 node (Alps)", "node", 4, 4, "nvlink4", "mesh", "liquid"),
    ("nv_gh200_144", "gh200_single", "GH200 server", "node", 1, 1, "nvlink4", "none", "air"),
    ("nv_b200", "hgx_b200", "HGX/DGX B200", "node", 8, 8, "nvlink5", "switch", "air"),
    ("nv_b300", "hgx_b300", "HGX/DGX B300", "node", 8, 8, "nvlink5", "switch", "air"),
    ("nv_gb200", "gb200_nvl72", "GB200 NVL72", "rack", 4, 72, "nvlink5", "switch", "liquid"),
    ("nv_gb300", "gb300_nvl72", "GB300 NVL72", "rack", 4, 72, "nvlink5", "switch", "liquid"),
    ("nv_rubin", "vr_nvl72", "Vera Rubin NVL72", "rack", 4, 72, "nvlink6", "switch", "liquid"),
    ("nv_rubin_ultra", "rubin_ultra_kyber", "Rubin Ultra NVL144 (Kyber)", "rack", 8, 144, "nvlink7", "switch", "liquid"),
    ("nv_rtxpro6000", "rtxpro6000_8x", "8x RTX PRO 6000 server", "node", 8, 1, "pcie5", "none", "air"),
    ("nv_l40s", "l40s_8x", "8x L40S server", "node", 8, 1, "pcie4", "none", "air"),
    ("nv_rtx4090", "rtx4090_8x", "8x RTX 4090 server", "node", 8, 1, "pcie4", "none", "air"),
    ("tpu_v4", "tpu_v4_pod", "TPU v4 pod", "pod", 4, 4096, "ici_v4", "torus3d", "liquid"),
    ("tpu_v5e", "tpu_v5e_pod", "TPU v5e pod", "pod", 8, 256, "ici_v5e", "torus2d", "air"),
    ("tpu_v5p", "tpu_v5p_pod", "TPU v5p pod", "pod", 4, 8960, "ici_v5p", "torus3d", "liquid"),
    ("tpu_v6e", "tpu_v6e_pod", "TPU v6e pod", "pod", 8, 256, "ici_v6e", "torus2d", "air"),
    ("tpu_v7x", "tpu7x_pod", "TPU7x (Ironwood) pod", "pod", 4, 9216, "ici_v7x", "torus3d", "liquid"),
    ("tpu_8t", "tpu_8t_pod", "TPU 8t pod", "pod", 4, 9600, "ici_8t", "torus3d", "liquid"),
    ("tpu_8i", "tpu_8i_pod", "TPU 8i pod", "pod", 4, 1152, "ici_8i", "switch", "liquid"),
    ("aws_trn1", "trn1_32xlarge", "trn1.32xlarge", "node", 16, 16, "neuronlink2", "torus2d", "air"),
    ("aws_trn2", "trn2_ultraserver", "Trn2 UltraServer", "pod", 16, 64, "neuronlink3", "torus2d", "air"),
    ("aws_trn3", "trn3_ultraserver", "Trn3 UltraServer", "pod", 4, 144, "neuronlink4", "switch", "liquid"),
    ("intel_gaudi2", "gaudi2_8x", "8x Gaudi 2 server", "node", 8, 8, "gaudi_roce100", "mesh", "air"),
    ("intel_gaudi3", "gaudi3_8x", "8x Gaudi 3 server", "node", 8, 8, "gaudi_roce200", "mesh", "air"),
    ("openai_jalapeno", "jalapeno_pod", "Jalapeno global domain", "pod", 8, 128, "jalapeno_local", "switch", "liquid"),
]
# Systems beside the defaults: accelerator, id, name, kind, per node, domain, fabric, topology, cooling
OTHERS = [
    ("nv_v100_32", "dgx1_v100", "DGX-1 V100", "node", 8, 8, "nvlink2", "mesh", "air"),
    ("nv_a100_80", "jean_zay_a100", "8x A100 node, 4x Omni-Path", "node", 8, 8, "nvlink3", "switch", "air"),
    ("nv_l40s", "l40s_4x", "4x L40S server", "node", 4, 1, "pcie4", "none", "air"),
    ("nv_h200_nvl", "h200_nvl_4x", "4x H200 NVL server", "node", 4, 4, "nvlink4", "mesh", "air"),
    ("nv_h100_sxm", "hgx_h100_4x", "4x H100 SXM server", "node", 4, 4, "nvlink4", "mesh", "air"),
    ("nv_rubin", "rubin_nvl8", "HGX Rubin NVL8", "node", 8, 8, "nvlink6", "switch", "liquid"),
    ("nv_rubin_cpx", "vr_nvl144_cpx", "Vera Rubin NVL144 CPX", "rack", 8, 1, None, "none", "liquid"),
    ("aws_trn1", "trn1n_32xlarge", "trn1n.32xlarge", "node", 16, 16, "neuronlink2", "torus2d", "air"),
    ("aws_trn2", "trn2_48xlarge", "trn2.48xlarge", "node", 16, 16, "neuronlink3", "torus2d", "air"),
]
GUESSED_NODE = ("recall", "estimated")  # node size not published; as the preceding generation or the tray count says
PER_NODE_SOURCE = {
    **{name: GUESSED_NODE for name in ("rubin_ultra_kyber", "tpu_8t_pod", "tpu_8i_pod", "trn3_ultraserver", "jalapeno_pod", "vr_nvl144_cpx")},
    "frontier_node": ("raps", "third party"),
    "jean_zay_v100": ("truth_bigscience", "third party"),
    "jean_zay_a100": ("truth_bigscience", "third party"),
    "gh200_quad": ("alps_hw", "third party"),
    "tpu_v4_pod": ("goog_v4", "vendor specification"),
    "tpu_v5e_pod": ("goog_v5e", "vendor specification"),
    "tpu_v5p_pod": ("goog_v5p", "vendor specification"),
    "tpu_v6e_pod": ("goog_v6e", "vendor specification"),
    "tpu7x_pod": ("recall", "third party"),
    "trn1_32xlarge": ("aws_trn1_inst", "vendor specification"),
    "trn1n_32xlarge": ("aws_trn1_inst", "vendor specification"),
    "trn2_ultraserver": ("stas_net", "vendor specification"),
    "trn2_48xlarge": ("stas_net", "vendor specification"),
    "gaudi2_8x": ("intel_g2_hls", "vendor specification"),
    "l40s_4x": ("truth_mlperf", "third party"),
    "h200_nvl_4x": ("truth_mlperf", "third party"),
    "hgx_h100_4x": ("truth_mlperf", "third party"),
    "amd_helios": ("sth_hc_sys", "vendor claim"),
    "gb200_nvl72": ("epium_gb300", "third party"),
    "gb300_nvl72": ("nv_mc_faq", "vendor specification"),
    "vr_nvl72": ("nv_survey", "third party"),
}
# id -> (Gbit/s per accelerator, fabric, source, status, note); others take the accelerator's own figure.
SCALE_OUT = {
    "frontier_node": (200, "slingshot11", "raps", "derived", "4 NICs of 200 Gbit/s (not re-read) for 4 packages"),
    "mi300a_4x": (200, "slingshot11", "recall", "third party", "one 200 Gbit/s NIC per package in the known machines"),
    "mi308x_8oam": (400, "roce", "ix_specs", "derived", "as the MI300X server"),
    "jean_zay_v100": (100, "omni_path", "truth_bigscience", "derived", "4 Omni-Path links of 100 Gbit/s for 4 GPUs"),
    "dgx1_v100": (50, "infiniband_edr", "recall", "third party", "4 EDR ports of 100 Gbit/s for 8 GPUs"),
    "jean_zay_a100": (50, "omni_path", "truth_bigscience", "derived", "4 Omni-Path links of 100 Gbit/s for 8 GPUs"),
    "hgx_a800": (200, "infiniband_hdr", "aic", "derived", "as the A100 server"),
    "h100_pcie_8x": (200, "infiniband_ndr", "recall", "estimated", "one 400 Gbit/s NIC for each bridged pair"),
    "h100_nvl_8x": (200, "infiniband_ndr", "recall", "estimated", "one 400 Gbit/s NIC for each bridged pair"),
    "h200_nvl_8x": (200, "infiniband_ndr", "recall", "estimated", "one 400 Gbit/s NIC for two cards"),
    "h200_nvl_4x": (200, "infiniband_ndr", "recall", "estimated", "one 400 Gbit/s NIC for two cards"),
    "hgx_h800": (400, "infiniband_ndr", "truth_deepseek", "vendor claim", "8 ports of 400 Gbit/s per node"),
    "hgx_h20": (400, "infiniband_ndr", "ix_specs", "derived", "as the H100 server"),
    "hgx_h100_4x": (400, "infiniband_ndr", "truth_mlperf", "third party", "4 NDR ports for 4 GPUs"),
    "gh200_quad": (200, "slingshot11", "truth_mlperf", "third party", "200 Gbit/s per GPU"),
    "gh200_single": (200, "infiniband_ndr", "recall", "estimated", "NIC choice of the server maker"),
    "l40s_4x": (200, "roce", "truth_mlperf", "derived", "two 400 Gbit/s ports for 4 GPUs"),
    "rubin_nvl8": (800, "spectrum_x", "nv_survey", "estimated", "one ConnectX-9 port per GPU"),
    "tpu_v4_pod": (25, "dcn", "recall", "estimated", "100 Gbit/s host NIC for 4 chips"),
    "tpu_v5e_pod": (25, "dcn", "goog_v5e", "derived", "two 100 Gbit/s NICs per host of 8 chips"),
    "tpu_v5p_pod": (50, "dcn", "goog_v5p", "vendor specification", None),
    "tpu_v6e_pod": (100, "dcn", "recall", "third party", "four 200 Gbit/s NICs per host of 8 chips"),
    "tpu7x_pod": (100, "dcn", "recall", "third party", None),
    "trn1n_32xlarge": (100, "efa", "aws_trn1_inst", "derived", "1600 Gbit/s for 16 chips"),
    "trn3_ultraserver": (200, "efa", "stas_net", "derived", "as Trainium2; none stated"),
    "gaudi3_8x": (600, "gaudi_roce200", "stas_net", "derived", "3 of 24 ports of 200 Gbit/s leave the node"),
    "rtx4090_8x": (25, "roce", "recall", "estimated", "one 200 Gbit/s NIC per server"),
    "jalapeno_pod": (1600, "jalapeno_global", "jal_sth", "vendor claim", "200 GB/s to the 2048-chip domain"),
}
FABRIC_OUT = {
    "mi210_4x": "roce", "mi300x_8oam": "roce", "mi325x_8oam": "roce", "mi350x_8oam": "roce", "mi355x_8oam": "pollara400",
    "amd_helios": "vulcano800", "dgx_a100_40": "infiniband_hdr", "hgx_a100": "infiniband_hdr", "hgx_h100": "infiniband_ndr", "hgx_h200": "infiniband_ndr",
    "hgx_b200": "infiniband_ndr", "hgx_b300": "infiniband_xdr", "gb200_nvl72": "infiniband_ndr", "gb300_nvl72": "infiniband_xdr", "vr_nvl72": "spectrum_x",
    "rtxpro6000_8x": "roce", "l40s_8x": "roce", "tpu_8t_pod": "dcn", "trn1_32xlarge": "efa", "trn2_ultraserver": "efa",
    "trn2_48xlarge": "efa", "gaudi2_8x": "gaudi_roce100",
}
# id -> rated power of the node or rack: value or [low, high], W; source, status, note
RATED = {
    "mi300x_8oam": ([8000, 10500], "recall", "third party", "no vendor rating of a node was read"),
    "dgx_a100_40": (6500, "dgx_a100", "vendor specification", None),
    "hgx_a100": (6500, "dgx_a100", "vendor specification", None),
    "hgx_h100": (10200, "dgxh100", "vendor specification", None),
    "hgx_h200": (10200, "dgxh100", "vendor specification", None),
    "hgx_b200": (14300, "dgxb200", "vendor specification", None),
    "hgx_b300": (14000, "dgxb300", "vendor specification", "about"),
    "gb200_nvl72": (120000, "agentic_gb200", "third party", "115-132 kW in the field"),
    "gb300_nvl72": (135000, "nv_mc_faq", "vendor specification", "managed node budget of 7.5 kW x 18"),
    "vr_nvl72": ((210000, 130000, 230000), "sand_vr", "rumour", "NVIDIA prints none; our default in the range of reports"),
    "amd_helios": ((230000, 200000, 245000), "sth_455", "rumour", "AMD prints none; our default in the range of reports"),
    "rubin_nvl8": (24000, "compal_nvl8", "vendor claim", None),
    "rubin_ultra_kyber": (600000, "toms_kyber", "vendor claim", None),
    "vr_nvl144_cpx": (370000, "techstories", "third party", None),
}
MEASURED_NODE = {
    "hgx_a100": (5040, "acme_power", "measured", "95th percentile of a fleet's 8-GPU servers; median 2520, maximum 6554"),
    "hgx_h100": (8400, "h100_node_power", "measured", "maximum seen while training"),
    "hgx_b200": (10401, "mlperf_power51", "measured", "inference benchmark with audited power"),
}
PUE = {
    "air": (1.35, 1.2, 1.56, "pue_aiim", "estimated", "our default in the range of surveys"),
    "liquid": (1.12, 1.05, 1.25, "pue_rv", "estimated", "our default in the range of new liquid-cooled halls"),
}
# id -> USD per accelerator and hour: value or [low, high], source, status, note
HOURLY = {
    "hgx_a100": ([0.8, 3.0], "rent_merc", "third party", "spread of offers in May 2026"),
    "dgx_a100_40": (1.844, "aws_blocks", "vendor specification", "capacity block of 8, late 2024"),
    "hgx_a800": ([0.8, 3.0], "rent_merc", "derived", "as the A100 server"),
    "jean_zay_a100": ([0.8, 3.0], "rent_merc", "derived", "as the A100 server"),
    "hgx_h800": (1.3, "ix_const", "derived", "as the H100 server"),
    "hgx_h100_4x": (1.3, "ix_const", "derived", "as the H100 server"),
    "gh200_quad": (1.3, "ix_const", "derived", "as the H100 server"),
    "gh200_single": (1.3, "ix_const", "derived", "as the H100 server"),
    "h200_nvl_8x": (1.6, "ix_const", "derived", "as the H200 server"),
    "h200_nvl_4x": (1.6, "ix_const", "derived", "as the H200 server"),
    "mi350x_8oam": (2.1, "ix_const", "derived", "as the MI355X server"),
    "trn1_32xlarge": (0.968, "aws_blocks", "vendor specification", "capacity block of 16 chips, late 2024"),
    "trn1n_32xlarge": (0.968, "aws_blocks", "derived", "as trn1.32xlarge"),
}
RACK_PRICE = {
    "gb200_nvl72": (3400000, "bernstein", "third party", "compute hardware; 2 to 4 MUSD in other texts"),
    "gb300_nvl72": ([3000000, 4000000], "awesome_gb300", "third party", None),
    "vr_nvl72": (4000000, "newsdef_vr", "rumour", "up to"),
    "amd_helios": (5250000, "techinsider_helios", "rumour", "one press figure"),
    "hgx_h100": ([200000, 320000], "recall", "third party", "street range 2024 to 2026"),
    "rtxpro6000_8x": (265928, "amd_aai26", "vendor claim", "list price that AMD quotes"),
}
# Rack-scale parts without a rental price: hardware over 5 years and facility over 14 (Epoch AI), the facility at
# Bernstein's 2.5 MUSD for a 120 kW rack, energy at 0.079 USD/kWh, times the GB200 ratio of contract price to owner's cost.
FACILITY_USD_PER_W = 2.5e6 / 120e3
CONTRACT_TO_OWNED = 3.3 / 2.21
HOURS = 8760


def derived_hourly(rack_usd, accelerators, facility_watts_each, usd_per_kwh):
    hardware = rack_usd / accelerators / (5 * HOURS)
    facility = facility_watts_each * FACILITY_USD_PER_W / (14 * HOURS)
    energy = facility_watts_each / 1000 * usd_per_kwh
    return (hardware + facility + energy) * CONTRACT_TO_OWNED


def middle(value):
    """The default of a (default, low, high) triple, the middle of a [low, high] range, or the value."""
    if isinstance(value, tuple):
        return value[0]
    return sum(value) / 2 if isinstance(value, list) else value


def rated(value, *rest):
    return ranged(*value, *rest) if isinstance(value, tuple) else figure(value, *rest)


def power_figures(row, accelerators, design_w, all_in):
    """Rating of a node, host share, facility share and PUE, as flat keys of a system."""
    system, per_node, cooling = row[1], row[4], row[8]
    made = {}
    if system in RATED:
        value, source, status, note = RATED[system]
        rack = row[3] == "rack"
        made["rack_power" if rack else "node_power"] = rated(value, source, status, note, "W")
        if rack and per_node:
            status = "rumour" if status == "rumour" else "derived"
            share = middle(value) * per_node / accelerators
            made["node_power"] = figure(round(share), source, status, "rack power over its trays, switches included", "W")
    if system in MEASURED_NODE:
        made["measured_node_power"] = figure(*MEASURED_NODE[system], unit="W")
    host = None
    if design_w and system in RATED and accelerators:
        host = middle(RATED[system][0]) / accelerators - design_w
        how = f"rated power over {accelerators} accelerators less the design power of one"
        status = "rumour" if RATED[system][2] == "rumour" else "derived"
        made["host_power"] = figure(round(host), RATED[system][1], status, how, "W")
    elif design_w:
        host = design_w * (SERVER_TO_GPU - 1)
        made["host_power"] = figure(round(host), "epoch_power", "derived", "0.53 of the accelerator's design power", "W")
        if per_node:
            made["node_power"] = figure(
                round((design_w + host) * per_node), "epoch_power", "derived", "1.53 times the accelerators' design power", "W")
    pue, low, high, source, status, note = PUE[cooling]
    made["pue"] = ranged(pue, low, high, source, status, note)
    if all_in:
        made["all_in_power"] = all_in
    elif host is not None:
        share = (design_w + host) * IT_TO_SERVER * pue
        made["all_in_power"] = figure(
            round(share), "epoch_power", "derived", "(design + host) x 1.14 for network and storage x PUE", "W")
    return made
