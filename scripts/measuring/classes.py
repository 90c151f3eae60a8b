"""The kinds of runs for which a figure is stated, and which rows belong to each."""

MEGATRON = ("megatron_core", "megatron_deepspeed", "megatron_bridge", "nemo", "mlperf_nemo")
FSDP = ("llm_foundry_fsdp", "fsdp2_automodel", "torchtitan")


def megatron_dense(row):
    return (row["framework"] in MEGATRON and row["workload"] == "dense"
            and row["accelerator"].startswith(("nv_a100", "nv_h100")))


# (name, goal of the median as a share, which rows)
CLASSES = [
    ("Megatron-style dense on A100 and H100", 0.04, megatron_dense),
    ("dense on Blackwell", 0.06, lambda r: r["family"] == "blackwell" and r["workload"] == "dense"),
    ("LoRA", 0.10, lambda r: r["workload"] == "fine-tuning"),
    ("FSDP", 0.10, lambda r: r["framework"] in FSDP),
    ("TPU", 0.10, lambda r: r["vendor"] == "Google"),
    ("Trainium", 0.10, lambda r: r["vendor"] == "AWS"),
    ("AMD", 0.10, lambda r: r["vendor"] == "AMD"),
    ("mixture of experts", 0.12, lambda r: r["workload"] == "moe"),
]


def in_no_class(row):
    return not any(holds(row) for _, _, holds in CLASSES)
