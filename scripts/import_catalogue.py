#!/usr/bin/env python3
"""Makes data/hardware, systems, fabrics, models, sites, prices and sources.toml from a folder of collected facts.

Usage: scripts/import_catalogue.py SOURCE_DIR [DATA_DIR]
SOURCE_DIR holds accelerators.yaml, systems.yaml, models.yaml; beside it ../truth/aliases.csv and ../fleet/*.csv.
The result is the project's data; edit the tables in scripts/catalogue_import and run again, or edit the TOML by hand.
"""

import csv
import pathlib
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from catalogue_import import accelerators, fabrics, models, places, systems  # noqa: E402
from catalogue_import.toml_text import figure, write  # noqa: E402

READ = {"direct": "page read", "relay": "read through another document", "recall": "published figure, page not re-read"}
HEADING = "Figures are dense peaks and one-direction rates; sources are keys of sources.toml. Made by scripts/import_catalogue.py."

DEVICE_EDITIONS = {"frontier_node": "gcd", "trn1_32xlarge": "core", "trn1n_32xlarge": "core"}
RACK = {"vr_nvl144_cpx": 144}  # accelerators of a rack that is no single domain


def model_aliases(source):
    names = {}
    with open(source / "../truth/aliases.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "model" and row["catalogue_id"]:
                names.setdefault(row["catalogue_id"], []).append(row["truth_model_name"])
    return names


def folded(name):
    return "".join(c for c in name.lower() if c.isalnum())


def distinct(names, own):
    """Names that differ from the id and from one another after folding case and punctuation."""
    seen, out = {folded(own)}, []
    for name in names:
        if folded(name) not in seen:
            seen.add(folded(name))
            out.append(name)
    return out


def system_table(row, accelerator):
    accelerator_id, system, name, kind, per_node, domain, fabric, topology, cooling = row
    made = {"id": system, "name": name, "kind": kind, "accelerator": accelerator_id, "cooling": cooling}
    made["aliases"] = []
    source, status = systems.PER_NODE_SOURCE.get(system, ("recall", "third party"))
    if per_node:
        made["accelerators_per_node"] = figure(per_node, source, status)
    if kind == "rack":
        made["accelerators_per_rack"] = figure(RACK.get(system, domain), source, status)
    if made_of_pcie(fabric):
        made["scale_up_domain"] = figure(per_node, source, "derived", "peers reach each other over PCIe only")
    elif domain:
        stated = accelerator.get("scale_up_domain")
        made["scale_up_domain"] = stated if stated and stated["value"] == domain else figure(domain, source, status)
    made["scale_up"] = accelerators.scale_up_kind(fabric, topology) if fabric else "none"
    made["scale_up_fabric"] = fabric
    for rate in ("scale_up_rate", "pair_rate"):
        if rate in accelerator:
            made[rate] = accelerator[rate]
    if system == "hgx_h100_4x":
        made["pair_rate"] = figure("150 GB/s", "truth_mlperf", "derived", "a third of the rate to each of 3 peers")
    if system == "dgx1_v100":
        made["pair_rate"] = figure("50 GB/s", "stas_net", "derived", "up to 2 of 6 links between two GPUs of the hybrid mesh")
    dims = places.TORUS.get(system)
    if dims:
        made["torus_dims"] = dims
    if topology == "switch" and fabric in ("nvlink4", "nvlink5", "nvlink6"):
        made["in_network_reduction"] = True
    if system in systems.SCALE_OUT:
        rate, out_fabric, source, status, words = systems.SCALE_OUT[system]
        made["fabric"] = out_fabric
        made["scale_out_rate"] = figure(rate, source, status, words, "Gbit/s")
    elif "scale_out_rate" in accelerator:
        made["fabric"] = systems.FABRIC_OUT[system]
        made["scale_out_rate"] = accelerator["scale_out_rate"]
    tdp = watts(accelerator.get("tdp"))
    count = RACK.get(system, domain) if kind == "rack" else per_node
    made.update(systems.power_figures(row, count, tdp, accelerator.get("all_in_power")))
    if system in places.ALL_IN:
        made["all_in_power"] = places.ALL_IN[system]
    prices(made, system, count, accelerator)
    if system in DEVICE_EDITIONS:
        made["edition"] = {DEVICE_EDITIONS[system]: counted_by_devices(made)}
    if system in places.SYSTEM_EDITIONS:
        made["edition"] = places.SYSTEM_EDITIONS[system]
    return {k: v for k, v in made.items() if v is not None}


def counted_by_devices(made):
    """The system in the edition that counts the two devices of each package."""
    how = "two devices a package"
    edition = {"description": "counted by devices, two a package"}
    for key in ("accelerators_per_node", "scale_up_domain"):
        edition[key] = figure(2 * made[key]["value"], made[key]["source"], "derived", how)
    for key in ("scale_up_rate", "scale_out_rate", "host_power", "all_in_power", "rental", "price"):
        if key in made:
            edition[key] = accelerators.half(made[key], how)
    if "torus_dims" in made:
        edition["torus_dims"] = made["torus_dims"] + [2]
    return edition


def made_of_pcie(fabric):
    return fabric is not None and fabric.startswith("pcie")


def watts(fig):
    if not fig:
        return None
    texts = [fig[k] for k in ("value",) if k in fig] or [fig["low"], fig["high"]]
    numbers = [float(t.split()[0]) * (1000 if t.endswith("kW") else 1) for t in texts]
    return sum(numbers) / len(numbers)


def prices(made, system, count, accelerator):
    if system in systems.RACK_PRICE:
        value, source, status, words = systems.RACK_PRICE[system]
        share = [round(v / count) for v in value] if isinstance(value, list) else round(value / count)
        total = "-".join(f"{v / 1e6:g}" for v in (value if isinstance(value, list) else [value]))
        words = f"{total} MUSD over {count}" + (f"; {words}" if words else "")
        made["price"] = figure(share, source, status, words, "USD")
    if system in systems.HOURLY:
        value, source, status, words = systems.HOURLY[system]
        made["rental"] = figure(value, source, status, words, "USD/h")
    elif "contract" in accelerator:
        contract = accelerator["contract"]
        note = "; ".join(filter(None, ["three-year contract", contract.get("note")]))
        made["rental"] = figure(contract["value"], contract["source"], contract["status"], note)
    elif "rental" in accelerator:
        made["rental"] = accelerator["rental"]
    elif system in ("vr_nvl72", "amd_helios"):
        share = watts(made["all_in_power"])
        usd = systems.derived_hourly(systems.RACK_PRICE[system][0], count, share, places.ELECTRICITY)
        words = "hardware over 5 and facility over 14 years, energy, x 1.49 as GB200's contract price to owner's cost; rumoured inputs"
        made["rental"] = figure(round(usd, 2), "bernstein, epoch_gw, ix_const", "derived", words, "USD/h")


def source_table(documents, model_records):
    made = {}
    for document in documents:
        for key, record in document["sources"].items():
            entry = {"url": record["url"] or "", "read": READ[record["seen"].split()[0].strip("(:;,")]}
            if not record["url"]:
                entry["title"] = places.TITLES.get(key, key)
            made.setdefault(key, entry)
    for key, (url, title, read) in places.SOURCES.items():
        made[key] = {"url": url, "title": title, "read": READ[read]}
    for key, record in model_records.items():
        url = record["source_url"]
        read_from = record["read_from"]
        entry = {"url": url, "read_from": url if read_from.startswith("same") else read_from, "read": "page read"}
        if record.get("params_source"):
            entry["parameters_from"] = record["params_source"]
        made[f"model:{key}"] = entry
    return made


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[1])
    data = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else pathlib.Path(__file__).parent.parent / "data")
    load = lambda name: yaml.safe_load((source / name).read_text(encoding="utf-8"))
    hardware, built, shapes = load("accelerators.yaml"), load("systems.yaml"), load("models.yaml")["models"]
    parts = {key: accelerators.convert(key, record) for key, record in hardware["accelerators"].items()}
    for key, table in parts.items():
        table["aliases"] = distinct(table["aliases"], key)
        write(data / "hardware" / f"{key}.toml", table, HEADING)
    for row in systems.DEFAULTS + systems.OTHERS:
        write(data / "systems" / f"{row[1]}.toml", system_table(row, parts[row[0]]), HEADING)
    for name, table in fabrics.all_fabrics():
        write(data / "fabrics" / f"{name}.toml", table, HEADING)
    names = model_aliases(source)
    for key, record in shapes.items():
        table = models.convert(key, record, distinct(names.get(key, []), key))
        write(data / "models" / f"{key}.toml", table, "Keys: docs/catalogue.md. Made by scripts/import_catalogue.py.")
    places.write_sites(source / "../fleet/carbon_regions.csv", data / "sites")
    places.write_prices(data / "prices")
    left = accelerators.not_carried(hardware["accelerators"])
    print("accelerator facts without a key of ours:", ", ".join(f"{kind} ({count})" for kind, count in sorted(left.items())))
    write(data / "sources.toml", source_table((hardware, built), shapes), "Where each figure of the catalogue stands and how it was read.")


if __name__ == "__main__":
    main()
