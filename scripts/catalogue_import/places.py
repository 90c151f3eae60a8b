"""Sites (carbon, electricity), data-centre constants, and the sources that stand beside the YAML files."""

import csv

from catalogue_import.toml_text import figure, ranged, write

TORUS = {
    "tpu_v4_pod": [16, 16, 16], "tpu_v5e_pod": [16, 16], "tpu_v5p_pod": [16, 20, 28], "tpu_v6e_pod": [16, 16], "tpu7x_pod": [16, 24, 24],
    "trn1_32xlarge": [4, 4], "trn1n_32xlarge": [4, 4], "trn2_48xlarge": [4, 4], "trn2_ultraserver": [4, 4, 4],
}
ELECTRICITY = 0.079  # USD/kWh, the default site us-east5
RACK_SHARE = "rack power over 72 times PUE 1.12"
ALL_IN = {
    "vr_nvl72": ranged(3270, 2500, 3580, "sand_vr", "rumour", RACK_SHARE + "; 2500 W in NVIDIA's reference site with oversubscription", "W"),
    "amd_helios": ranged(3580, 3110, 4100, "sth_455", "rumour", RACK_SHARE, "W"),
}
# A rack as it would follow from the accelerator's announced design power.
SYSTEM_EDITIONS = {"amd_helios": {"announced": {
    "description": "power that follows from the 900 W of the early press by the ratios of data centres of 2025",
    "host_power": figure(477, "epoch_power, early_press", "derived", "0.53 of the accelerator's design power", "W"),
    "node_power": figure(5508, "epoch_power, early_press", "derived", "1.53 times the accelerators' design power", "W"),
    "rack_power": figure(99144, "epoch_power, early_press", "derived", "18 nodes; AMD's footnotes mention a 100 kW envelope", "W"),
    "all_in_power": figure(1758, "epoch_power, early_press", "derived", "900 W x 1.53 x 1.14 x PUE 1.12", "W"),
}}}
# key -> url, title, how it was read
SOURCES = {
    "acme_power": ("https://github.com/InternLM/AcmeTrace", "AcmeTrace power percentiles of A100 fleets (CC-BY-4.0)", "direct"),
    "h100_idle": ("https://arxiv.org/abs/2605.23918", "idle power of H100, table 2", "relay"),
    "h100_node_power": ("https://arxiv.org/abs/2412.08602", "measured power of an 8-GPU H100 node in training", "relay"),
    "mlperf_power51": ("https://github.com/mlcommons/inference_results_v5.1", "MLPerf Inference v5.1, power results", "relay"),
    "b200_decode": ("https://arxiv.org/abs/2609.11133", "B200 power while decoding", "relay"),
    "meta_gb200": ("https://arxiv.org/abs/2605.24461", "GB200 fleet power at one operator", "relay"),
    "oci_mi355x": ("https://github.com/oci-ai-incubations/oci-gpu-quickstarts/blob/main/amd/MI355X/README.md", "amd-smi reading of 8 MI355X under load", "direct"),
    "epoch_power": ("https://epoch.ai/data-insights", "Epoch AI power ratios of AI data centres, 2025-12-18 (CC-BY)", "relay"),
    "epoch_gw": ("https://epoch.ai", "Epoch AI cost of a gigawatt, 2026-05-14 (CC-BY)", "relay"),
    "aws_blocks": ("https://aws.amazon.com/ec2/capacityblocks/pricing/", "EC2 capacity block prices, late 2024", "relay"),
    "dgx_a100": ("https://docs.nvidia.com/dgx/dgxa100-user-guide/", "DGX A100 user guide", "relay"),
    "early_press": ("", "press on the announcement of October 2025", "relay"),
    "truth_bigscience": ("https://github.com/bigscience-workshop/bigscience", "notes of the BigScience runs on Jean Zay", "direct"),
    "truth_mlperf": ("https://github.com/mlcommons/training_results_v5.0", "MLPerf Training system descriptions", "direct"),
    "truth_deepseek": ("https://arxiv.org/abs/2412.19437", "DeepSeek-V3 technical report", "relay"),
    "gcp_carbon": ("https://github.com/GoogleCloudPlatform/region-carbon-info", "yearly grid carbon of Google's regions, location based", "direct"),
    "eia_56a": ("https://www.eia.gov/electricity/monthly/epm_table_grapher.php?t=epmt_5_6_a", "EIA industrial electricity price, April 2025", "relay"),
    "iea_2025": ("https://www.iea.org/reports/electricity-mid-year-update-2025", "IEA wholesale averages of early 2025", "relay"),
    "owid_carbon": ("https://ourworldindata.org/grapher/carbon-intensity-electricity", "Ember carbon intensity of countries, life cycle", "direct"),
    "dcd_pue": ("https://www.datacenterdynamics.com", "operators' PUE, December 2024", "relay"),
}
TITLES = {
    "brief_sep26": "research brief of 2026-09-07 with its own list of sources", "amd_survey": "survey of AMD hardware, 2026-09-13",
    "nv_survey": "survey of NVIDIA hardware, 2026-09-13", "gh_mi450": "public repository text on an MI450 host, September 2026",
    "gh_308": "bench notes on MI308X, September 2026", "mi300_rent": "notes on MI300X rental, 2026", "mi3_price": "press-footnote research, July 2026",
    "recall": "widely published figure; the page was not re-read", "tpu8_gloss": "glossary entry on TPU 8", "tpu8_hc": "digest of Hot Chips 2026 on TPU 8",
}


def write_sites(path, folder):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if not row["gCO2_per_kWh"]:
            continue
        country = len(row["zone"]) == 2
        made = {"id": row["zone"], "name": row["location"]}
        made["carbon_method"] = "country, life cycle" if country else "grid, hourly average, location based"
        made["carbon_intensity"] = figure(
            float(row["gCO2_per_kWh"]), "owid_carbon" if country else "gcp_carbon", "third party" if country else "measured",
            f"{row['year']}", "gCO2e/kWh")
        if row["usd_per_kWh"]:
            source = "eia_56a" if row["price_source"].startswith("EIA") else "iea_2025"
            words = "state average for industry" if source == "eia_56a" else "regional wholesale average"
            made["electricity_price"] = figure(float(row["usd_per_kWh"]), source, "third party", words, "USD/kWh")
        if row["google_cfe_share"]:
            made["carbon_free_share"] = figure(float(row["google_cfe_share"]), "gcp_carbon", "vendor claim", "one operator's purchases")
        write(folder / f"{row['zone']}.toml", made, "Carbon sets differ by method (carbon_method): use one per study.")


def write_prices(folder):
    datacenter = {
        "id": "datacenter", "name": "data-centre constants",
        "pue": {
            "global_survey": figure([1.5, 1.56], "pue_aiim", "third party"),
            "hyperscale_air": figure([1.09, 1.16], "pue_rv", "third party", "fleet averages"),
            "new_liquid": figure([1.05, 1.15], "pue_rv", "third party"),
            "generic_liquid": figure([1.12, 1.35], "pue_aiim", "third party", "median 1.22"),
            "immersion": figure([1.02, 1.05], "pue_rv", "third party"),
            "semianalysis": figure(1.15, "pue_rv", "third party"),
            "aws_2023": figure(1.15, "dcd_pue", "vendor claim"), "google": figure(1.10, "dcd_pue", "vendor claim"),
            "meta": figure(1.08, "dcd_pue", "vendor claim"), "microsoft_new": figure(1.12, "dcd_pue", "vendor claim"),
            "default_air": ranged(1.35, 1.2, 1.56, "pue_aiim", "estimated"), "default_liquid": ranged(1.12, 1.05, 1.25, "pue_rv", "estimated"),
        },
        "ratios": {
            "server_to_accelerator": figure(1.53, "epoch_power", "third party"), "it_to_server": figure(1.14, "epoch_power", "third party"),
            "facility_to_it": figure(1.40, "epoch_power", "third party"), "rack_conversion": figure(0.97, "pue_rv", "third party"),
        },
        "accelerators_per_gw": {
            "huang_2025": figure([400000, 500000], "crypt_4to5m", "vendor claim", "4 to 5 million for 10 GW; dies or packages not stated"),
            "barclays": figure(500000, "barclays", "third party"), "nvidia_reference": figure([382000, 400000], "nv_survey", "derived"),
            "narvik": figure(435000, "narvik", "derived", "100 thousand in 230 MW"),
            "helios": figure([245000, 270000], "sth_455", "rumour", "from a rumoured rack power"),
        },
        "cost_per_gw": {
            "nvidia_2025": figure([50, 60], "bernstein", "vendor claim", None, "BUSD"), "barclays": figure([50, 60], "barclays", "third party", None, "BUSD"),
            "bernstein_gb200": figure(35, "bernstein", "third party", "accelerators 39 %, network 13 %", "BUSD"),
            "epoch_gb200": figure(38, "epoch_gw", "third party", "owner's cost 8.5 BUSD a year", "BUSD"),
        },
        "lifetime": {
            "hardware_years": figure(5, "epoch_gw", "third party", "3 and 7 as alternatives"), "facility_years": figure(14, "epoch_gw", "third party"),
        },
    }
    write(folder / "datacenter.toml", datacenter, "Constants of data centres; trap: cost per gigawatt differs by generation.")
