"""What people look at: reports, the page and its API, the browser tests."""
import os
import re
import subprocess
import sys
import tempfile
import time

from measuring.errors import median
from measuring.markdown import command, table

FLAGSHIP = "scenarios/fleet/as_of_2026_11.toml"
FUTURES = 200
CLIENTS = 32
REQUESTS = 100_000
REPEATS = 5
RATE = re.compile(r"([\d.]+) a second; latency ms: median ([\d.]+), 99 % ([\d.]+)")
PAINT = re.compile(r"first paint (\d+) ms, warm (\d+) ms")


def verdict(reached):
    return "yes" if reached else "**no**"


def report_rows(program):
    """The flagship with and without its report, in turn; the size of its report with futures."""
    plain, reported = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/report.html"
        quiet = {"POLYFLEET_STORE": "none"}
        program.timed("simulate", "fleet", FLAGSHIP, **quiet)  # rates are kept from here on
        for _ in range(REPEATS):
            plain.append(program.timed("simulate", "fleet", FLAGSHIP, **quiet)[0])
            reported.append(program.timed("simulate", "fleet", FLAGSHIP, "--report", path, **quiet)[0])
        program.timed("simulate", "fleet", FLAGSHIP, "--futures", str(FUTURES), "--tornado", "--report", path, **quiet)
        size = os.path.getsize(path)
    took = median(reported) - median(plain)
    yield [f"report of the flagship: time beyond the run itself, median of {REPEATS} pairs", "below 1 s", f"{took:.2f} s",
           verdict(took < 1)]
    yield [f"its size with {FUTURES} futures and tornado", "below 2 MB", f"{size / 1e6:.2f} MB", verdict(size < 2e6)]


def resident_mb(process):
    with open(f"/proc/{process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


def load(program, port, requests):
    client = program.binary.parent / "bench/load_api"
    text = program.output(["taskset", "-c", "1", str(client), str(port), str(requests), str(CLIENTS)])
    return [float(figure) for figure in RATE.search(text).groups()]


def api_rows(program):
    """The server on one core, its clients on the other."""
    server = subprocess.Popen(["taskset", "-c", "0", str(program.binary), "ui", "--port", "0", "--store", "none"],
                              stdout=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r":(\d+)/", server.stdout.readline()).group(1))
        load(program, port, REQUESTS // 10)
        before = resident_mb(server)
        rate, middle, late = load(program, port, REQUESTS)
        after = resident_mb(server)
    finally:
        server.terminate()
        server.wait()
    yield [f"estimates through the API: one core, {CLIENTS} clients, each question another one", "at least 2,000/s",
           f"{rate:,.0f}/s", verdict(rate >= 2000)]
    yield ["their latency under that load, median and 99th percentile", "", f"{middle:.1f} and {late:.1f} ms", ""]
    yield [f"resident memory before and after {REQUESTS:,} of them", "flat", f"{before:.0f} and {after:.0f} MB",
           verdict(after < 1.05 * before)]


def browser_rows(program):
    began = time.perf_counter()
    text = program.output(["node", str(program.root / "web/test/run.mjs"), "--binary", str(program.binary)])
    took = time.perf_counter() - began
    first, warm = map(int, PAINT.search(text).groups())
    yield ["first paint of the page in a browser just started, and once more", "below 300 ms", f"{first} and {warm} ms",
           verdict(first < 300)]
    yield ["all browser tests", "below 180 s", f"{took:.0f} s", verdict(took < 180)]


def section(program):
    if (os.cpu_count() or 1) < 2:
        sys.exit("the API is measured with the server on one core and its clients on another: two cores are needed")
    rows = [*report_rows(program), *api_rows(program), *browser_rows(program)]
    return table(["what people look at", "goal", "measured", "reached"], rows) + "\n" + command(
        f"polyfleet simulate fleet {FLAGSHIP} --futures {FUTURES} --tornado --report report.html",
        "polyfleet ui --port 8765 & bench/load_api 8765 100000 32",
        "node web/test/run.mjs --binary build/release/polyfleet")
