"""Fabrics: one direction per accelerator (scale-up) or per port (scale-out)."""

from catalogue_import.toml_text import figure

SCALE_OUT_LATENCY = (5, "aic", "third party", "planning figure with software, not a vendor's", "us")

# id, name, kind, topology, GB/s per direction, source, status, note
SCALE_UP = [
    ("nvlink2", "NVLink 2", "mesh", 150, "stas_net", "vendor specification", "6 links of 25"),
    ("nvlink3", "NVLink 3 with NVSwitch", "switch", 300, "stas_net", "vendor specification", "12 links of 25"),
    ("nvlink4", "NVLink 4 with NVSwitch 3", "switch", 450, "stas_net", "vendor specification", "18 links of 25"),
    ("nvlink5", "NVLink 5 with NVSwitch 4", "switch", 900, "stas_net", "vendor specification", "18 links of 50"),
    ("nvlink6", "NVLink 6 switched rack", "switch", 1800, "stas_net", "vendor specification", None),
    ("nvlink7", "NVLink 7", "switch", None, None, None, None),
    ("xgmi_mi200", "Infinity Fabric, MI200", "mesh", 350, "stas_net", "vendor specification", "7 links of 50"),
    ("xgmi_mi300", "Infinity Fabric full mesh, MI300", "mesh", 448, "stas_net", "vendor specification", "7 links of 64"),
    ("xgmi_mi350", "Infinity Fabric 4 full mesh, MI350", "mesh", 535.5, "stas_net", "vendor specification", "7 links of 76.5"),
    ("ualoe", "UALink over Ethernet", "switch", 1800, "sth_hc_sys", "vendor claim", "72 lanes of 200 Gbit/s, one hop"),
    ("ici_v4", "TPU v4 ICI", "torus3d", 268.6, "goog_v4", "derived", "pod all-reduce bandwidth 1.1 PB/s over 4096 chips"),
    ("ici_v5e", "TPU v5e ICI", "torus2d", 200, "goog_v5e", "vendor specification", "400 both directions, 4 ports"),
    ("ici_v5p", "TPU v5p ICI", "torus3d", 600, "goog_v5p", "vendor specification", "1200 both directions"),
    ("ici_v6e", "TPU v6e ICI", "torus2d", 400, "goog_v6e", "vendor specification", "800 both directions, 4 ports"),
    ("ici_v7x", "TPU7x ICI", "torus3d", 600, "stas_net", "vendor specification", "1200 both directions"),
    ("ici_8t", "TPU 8t ICI", "torus3d", 1200, "tpu8_b", "derived", "19.2 Tbit/s taken as both directions"),
    ("ici_8i", "TPU 8i Boardfly", "switch", 1200, "tpu8_gloss", "derived", "19.2 Tbit/s taken as both directions"),
    ("neuronlink2", "NeuronLink v2", "torus2d", 192, "aws_trn1_inst", "derived", "half of the printed 384 GiB/s"),
    ("neuronlink3", "NeuronLink v3", "torus2d", 640, "stas_net", "vendor specification", None),
    ("neuronlink4", "NeuronLink v4 with switches", "switch", 1280, "aws_trn3", "derived", "half of 2.56 TB/s"),
    ("gaudi_roce100", "Gaudi 2 RoCE", "mesh", 262.5, "stas_net", "vendor specification", "21 ports of 100 Gbit/s in the node"),
    ("gaudi_roce200", "Gaudi 3 RoCE", "mesh", 525, "stas_net", "derived", "21 of 24 ports of 200 Gbit/s in the node"),
    ("jalapeno_local", "Jalapeno local domain", "switch", 600, "jal_sth", "vendor claim", None),
    ("pcie3", "PCIe 3.0 x16", "none", 15.75, "recall", "third party", "8 GT/s x 16 lanes with 128b/130b coding"),
    ("pcie4", "PCIe 4.0 x16", "none", 31, "stas_net", "third party", None),
    ("pcie5", "PCIe 5.0 x16", "none", 63, "stas_net", "third party", None),
    ("pcie6", "PCIe 6.0 x16", "none", 121, "stas_net", "third party", None),
]
# id, name, Gbit/s per port or range, source, status, note, switch Tbit/s (value, source, status)
SCALE_OUT = [
    ("infiniband_edr", "InfiniBand EDR", 100, "recall", "third party", None, None),
    ("infiniband_hdr", "InfiniBand HDR", 200, "recall", "third party", None, None),
    ("infiniband_ndr", "InfiniBand NDR (Quantum-2, ConnectX-7)", 400, "stas_net", "vendor specification", None, (25.6, "ix_specs")),
    ("infiniband_xdr", "InfiniBand XDR (Quantum-X800, ConnectX-8)", 800, "stas_net", "vendor specification", None, None),
    ("spectrum_x", "NVIDIA Spectrum-X Ethernet", [400, 800], "ix_specs", "third party", None, (51.2, "ix_specs")),
    ("roce", "RoCE v2 Ethernet on Tomahawk 4 or 5", 400, "ix_specs", "third party", "8 rails, two tiers", (51.2, "ix_specs")),
    ("pollara400", "AMD Pensando Pollara 400", 400, "amd_survey", "third party", None, None),
    ("vulcano800", "AMD Pensando Vulcano 800", 800, "sth_hc_sys", "vendor claim", "up to three per accelerator", None),
    ("uec", "Ultra Ethernet", 800, "brief_sep26", "derived", "specification 1.0 of June 2025; rate of the named NICs", None),
    ("ualink", "UALink 1.0", 200, "brief_sep26", "third party", "per lane; up to 1024 accelerators; silicon in 2027", None),
    ("efa", "AWS EFA", [50, 800], "stas_net", "vendor specification", "per accelerator: Trn1 50, P6-B200 400, P6-B300 800", None),
    ("slingshot11", "HPE Slingshot 11", 200, "recall", "third party", None, None),
    ("omni_path", "Omni-Path 100", 100, "truth_bigscience", "third party", None, None),
    ("dcn", "Google data-centre network", [25, 100], "goog_v5p", "vendor specification", "per chip; 50 on v5p", None),
    ("jalapeno_global", "Jalapeno global domain", 1600, "jal_sth", "vendor claim", "200 GB/s, 2048 chips", None),
]
LATENCY = {
    "infiniband_edr": (0.5, "stas_net", "third party", "adapter and port only", "us"),
    "infiniband_hdr": (0.6, "stas_net", "third party", "adapter and port only", "us"),
}


def all_fabrics():
    """(id, table) of every fabric file."""
    for name, title, topology, rate, source, status, note in SCALE_UP:
        made = {"id": name, "name": title, "kind": "host" if name.startswith("pcie") else "scale-up", "topology": topology}
        if rate is not None:
            made["bandwidth"] = figure(rate, source, status, note, "GB/s")
        if name in ("nvlink4", "nvlink5", "nvlink6"):
            made["in_network_reduction"] = True
        yield name, made
    for name, title, rate, source, status, note, switch in SCALE_OUT:
        made = {"id": name, "name": title, "kind": "scale-out", "topology": "fat-tree"}
        made["bandwidth"] = figure(rate, source, status, note, "Gbit/s")
        if switch:
            made["switch_capacity"] = figure(switch[0], switch[1], "third party", None, "Tbit/s")
        if name in LATENCY:
            made["hardware_latency"] = figure(*LATENCY[name][:4], unit=LATENCY[name][4])
        made["latency"] = figure(*SCALE_OUT_LATENCY[:4], unit=SCALE_OUT_LATENCY[4])
        if name.startswith("infiniband_"):
            made["in_network_reduction"] = True
        yield name, made
