"""What keeping a run costs: time added to a command, bytes in the history, input files, a list of many runs."""
import json
import os
import pathlib
import sqlite3

from measuring.errors import median
from measuring.markdown import command, table

PAIRS = 40
RUNS = 50  # of which the mean size in the history is taken
LISTED = 10_000
LISTS = 9
INPUTS = 3
INPUT_BYTES = 15_000_000  # documents end at 16 MiB
SMALL = ("estimate", "train", "--model", "llama3.1-8b", "--accelerator", "nv_h100_sxm", "--devices", "8", "--global-batch",
         "64", "--sequence", "4096", "--precision", "bf16", "--tp", "8")
LARGE = (*SMALL, "--sweep", "plan.sequence_length=" + ",".join(str(1024 * i) for i in range(1, 21)),
         "--sweep", "plan.layout.tensor=1,2,4,8", "--sweep", "plan.micro_batch=1,2,4,8")
OWN_MODEL = {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
             "intermediate_size": 14336, "vocab_size": 128256}


def size_of(history):
    """Bytes of the history with nothing left in its log."""
    database = sqlite3.connect(history)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return os.path.getsize(history)


def kept_rows(program, name, question, history):
    """With and without a history, in turn; then what so many runs add to it."""
    result = len(program.output([str(program.binary), *question, "--json", "--store", history]))
    plain, kept = [], []
    for _ in range(PAIRS):
        plain.append(program.timed(*question, "--json", "--store", "none")[0])
        kept.append(program.timed(*question, "--json", "--store", history)[0])
    before = size_of(history)
    for _ in range(RUNS):
        program.timed(*question, "--json", "--store", history)
    added, size = median(kept) - median(plain), (size_of(history) - before) / RUNS
    yield [f"keeping {name} of {result / 1e3:.0f} kB as JSON: time added to the command, of medians of {PAIRS} pairs",
           f"{1e3 * added:.1f} ms"]
    yield [f"the same: what a run adds to the history, figures included, mean of {RUNS}", f"{size / 1e3:.1f} kB"]


def own_model(folder):
    """A model file of INPUT_BYTES, nearly all of it a remark of digits: reading costs, estimating does not."""
    rows, held = [], 0
    while held < INPUT_BYTES:
        row = len(rows) + 1
        rows.append(f"{row * 7919 % 1000003},{row * 104729 % 4099},{row * 15485863 % 86399}")
        held += len(rows[-1]) + 1
    path = folder / "own.json"
    path.write_text(json.dumps({**OWN_MODEL, "remark": " ".join(rows)}))
    return str(path)


def input_rows(program, folder):
    """A file that a run reads: the first keeps it, later ones find it kept."""
    question, history = (*SMALL[:3], own_model(folder), *SMALL[4:], "--json"), str(folder / "input.sqlite")
    plain = median([program.timed(*question, "--store", "none")[0] for _ in range(INPUTS)])
    first = program.timed(*question, "--store", history)[0]
    size = size_of(history)
    later = median([program.timed(*question, "--store", history)[0] for _ in range(INPUTS)])
    grown = (size_of(history) - size) / INPUTS
    yield [f"keeping a run that reads a file of {INPUT_BYTES / 1e6:.0f} MB: time that the first and a later one add",
           f"{1e3 * (first - plain):.0f} and {1e3 * (later - plain):.0f} ms"]
    yield ["the same: the history after the first, and what a later one adds", f"{size / 1e6:.1f} MB and {grown / 1e3:.1f} kB"]


def many_runs(program, history):
    """The history with LISTED runs: one that the program kept, copied."""
    program.timed(*SMALL, "--store", history)
    database = sqlite3.connect(history)
    names = ", ".join(row[1] for row in database.execute("PRAGMA table_info(runs)") if row[1] != "id")
    with database:
        database.execute(f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {LISTED}) "
                         f"INSERT INTO runs ({names}) SELECT {names} FROM runs, n WHERE id = 1")
    database.close()
    total = json.loads(program.output([str(program.binary), "runs", "list", "--json", "--store", history]))["total"]
    if total != LISTED:
        raise SystemExit(f"{history}: {total} runs, not {LISTED}")


def list_rows(program, history):
    many_runs(program, history)
    size = size_of(history)
    for words in ((), ("--text", "405b"), ("--most", str(LISTED))):
        wall = median([program.timed("runs", "list", *words, "--store", history)[0] for _ in range(LISTS)])
        asked = " ".join(["polyfleet runs list", *words])
        yield [f"`{asked}` of {LISTED:,} runs ({size / 1e6:.0f} MB), whole process", f"{1e3 * wall:.0f} ms"]


def section(program):
    folder = pathlib.Path(program.folder) / "keeping"
    folder.mkdir()
    rows = [*kept_rows(program, "a small result", SMALL, str(folder / "small.sqlite")),
            *kept_rows(program, "a large result", LARGE, str(folder / "large.sqlite")),
            *input_rows(program, folder), *list_rows(program, str(folder / "many.sqlite"))]
    return table(["what keeping runs costs (docs/runs.md)", "measured"], rows) + "\n" + command(
        "polyfleet " + " ".join(SMALL) + " --json --store runs.sqlite", "polyfleet runs list --most 10000 --store runs.sqlite")
