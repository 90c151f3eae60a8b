#!/usr/bin/env python3
"""Makes every picture of docs/pictures by running the program; the picture's text follows from the answer alone.

Usage: make_pictures.py [--check] [--binary PATH] [--list] ROOT

A picture is one figure of one command (`--figures DIR` writes each figure as SVG and CSV). Without --check the files
are rewritten; with it, those that differ from what the program makes are named, as are files that no command makes and
pictures that no page shows, and the exit code is 1. --list prints the figures that each command offers.
"""
import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

TIME_LIMIT_S = 300

LLAMA_70B = "--model llama3.1-70b --sequence 8192 --precision bf16"
CHAT = ("plan serve --model llama3.1-70b --formats fp8 --rate 60 --input 1500 --output 300 --input-variation 0.8 "
        "--output-variation 0.7 --slo-ttft '1 s p90' --slo-tpot '40 ms p90'")

# command -> {picture: figure}
PICTURES = {
    "estimate train scenarios/examples/llama_405b_h100.toml": {"start_time": "step_time", "start_pipeline": "pipeline"},
    f"estimate train {LLAMA_70B} --accelerator amd_mi300x --devices 64 --tp 8 --global-batch 256 "
    "--sweep accelerator=amd_mi300x,amd_mi355x,nv_h200,nv_b200": {"which_accelerator_sweep": "step_time"},
    f"plan train {LLAMA_70B} --accelerator amd_mi355x --devices 64 --global-batch 256 --top 1":
        {"which_accelerator_mi355x_time": "step_time"},
    f"plan train {LLAMA_70B} --accelerator nv_b200 --devices 64 --global-batch 256 --top 1":
        {"which_accelerator_b200_time": "step_time"},
    f"estimate train {LLAMA_70B} --accelerator nv_h100_sxm --devices 8 --tp 8 --global-batch 8":
        {"will_it_fit_h100": "memory_parts"},
    f"estimate train {LLAMA_70B} --accelerator amd_mi300x --devices 16 --tp 2 --sharding zero3 --recompute full "
    "--global-batch 16": {"will_it_fit_mi300x": "memory_parts"},
    "estimate serve --model llama3.1-405b --accelerator nv_h100_sxm --tp 8 --formats fp8 --input 2000 --output 500":
        {"will_it_fit_serving": "throughput_tpot"},
    "plan train scenarios/clusters/llama_70b.toml --cluster scenarios/clusters/mi300x_h200.toml":
        {"mix_rates": "rates", "mix_ways": "families"},
    "simulate serve scenarios/serving/azure_conversation_mixed.toml": {"mix_latency": "tpot"},
    f"{CHAT} --offer amd_mi355x": {"traffic_plans": "front_latency"},
    "estimate serve --model llama3.1-70b --accelerator amd_mi355x --formats fp8 --input 1500 --output 300 "
    "--concurrency 1,8,32,64,128 --ttft '1 s' --tpot '40 ms'": {"traffic_one_replica": "throughput_tpot"},
    "simulate serve scenarios/serving/failures_and_drain.toml": {"traffic_timeline": "running_over_time"},
    "simulate fleet docs/examples/one_gigawatt.toml": {
        "gigawatt_power": "gigawatts_by_vendor", "gigawatt_energy": "energy_by_month", "gigawatt_cash": "cash_by_quarter"},
    "simulate fleet docs/examples/one_gigawatt.toml --futures 40 --tornado": {"gigawatt_tornado": "tornado_tokens"},
    "estimate run scenarios/examples/llama_405b_h100.toml --tokens 15e12 --start 2026-12-01 --storage '2 TB/s'":
        {"run_days": "run_parts"},
    "plan size scenarios/examples/llama_405b_h100.toml --global-batch 4096 --tokens 15e12 --days 90 --start 2026-12-01":
        {"run_sizes": "length"},
}


def made(command, binary, root, folder):
    """Runs the command in a scratch folder that links to the entries of the root; returns the folder of figures."""
    scratch = folder / "scratch"
    if not scratch.exists():
        scratch.mkdir()
        for entry in root.iterdir():
            (scratch / entry.name).symlink_to(entry)
    figures = folder / f"figures-{len(list(folder.iterdir()))}"
    environment = dict(os.environ, NO_COLOR="1", COLUMNS="100", LC_ALL="C.UTF-8", POLYFLEET_STORE="none")
    done = subprocess.run([binary, *shlex.split(command), "--figures", figures], cwd=scratch, env=environment,
                          capture_output=True, text=True, timeout=TIME_LIMIT_S, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 1) or not figures.is_dir():  # 1: a plan that does not fit has pictures too
        sys.exit(f"polyfleet {command}\n  exit code {done.returncode}\n  {done.stderr.strip()}")
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--binary", type=pathlib.Path)
    options = parser.parse_args()
    root = options.root.resolve()
    binary = (options.binary or root / "build/release/polyfleet").resolve()
    target = root / "docs" / "pictures"
    offences, names = [], set()
    with tempfile.TemporaryDirectory() as name:
        for command, pictures in PICTURES.items():
            figures = made(command, binary, root, pathlib.Path(name))
            offered = sorted(file.stem for file in figures.glob("*.svg"))
            if options.list:
                print(f"polyfleet {command}\n  {' '.join(offered)}")
                continue
            for picture, figure in pictures.items():
                names.add(picture)
                if figure not in offered:
                    offences.append(f"{picture}: polyfleet {command}: no figure '{figure}' among {' '.join(offered)}")
                    continue
                new, old = (figures / f"{figure}.svg").read_bytes(), target / f"{picture}.svg"
                if old.exists() and old.read_bytes() == new:
                    continue
                offences.append(f"{old.relative_to(root)} is not what polyfleet {command} makes")
                if not options.check:
                    target.mkdir(exist_ok=True)
                    old.write_bytes(new)
                    print(f"wrote {old.relative_to(root)}")
    if options.list:
        return 0
    pages = "".join(page.read_text() for page in [root / "README.md", *(root / "docs").rglob("*.md")])
    offences += [f"{file.relative_to(root)}: no command makes it" for file in sorted(target.glob("*.svg"))
                 if file.stem not in names]
    offences += [f"docs/pictures/{picture}.svg: no page shows it" for picture in sorted(names)
                 if f"pictures/{picture}.svg" not in pages]
    if not options.check:
        offences = [text for text in offences if " is not what " not in text]
    for offence in offences:
        print(offence)
    if offences and options.check:
        print("scripts/make_pictures.py . makes them anew")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
