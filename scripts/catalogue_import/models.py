"""Turns one model record of the source catalogue into our model table (schema: docs/catalogue.md)."""

import re

KINDS = {"llm": "language", "vlm": "vision-language", "image-dit": "image-diffusion", "video-dit": "video-diffusion"}
STATUS = {"vendor-config": "vendor specification", "paper": "vendor claim", "recall": "third party"}
MOE = {"experts": "experts", "top_k": "top_k", "shared": "shared_experts", "moe_ffn": "expert_ffn",
       "moe_shared_expert_intermediate_size": "shared_expert_ffn", "dense_first_layers": "dense_first_layers", "n_group": "groups",
       "topk_group": "top_groups", "routed_scaling_factor": "routed_scaling", "moe_latent_size": "latent",
       "routed_expert_hidden_size": "latent"}
MAMBA = {"mamba_num_heads": "heads", "mamba_head_dim": "head_dim", "ssm_state_size": "state", "n_groups": "groups", "conv_kernel": "conv_kernel"}
SPARSE = {"index_n_heads": "index_heads", "index_head_dim": "index_head_dim", "index_topk": "top_k"}
DIFFUSION = ("double_blocks", "single_blocks", "joint_blocks", "mlp_ratio", "latent_channels", "packed_in_channels", "vae_stride", "patch",
             "frames", "fps", "steps", "freq_dim", "cross_attention", "qk_norm", "boundary", "sample_shift")
VISION = ("depth", "hidden", "ffn", "heads", "patch", "temporal_patch", "spatial_merge", "window", "global_layers", "tile", "max_tiles",
          "output_dim", "full_attn_blocks", "deepstack_layers")
# Wan: 512 tokens of UMT5-XXL enter by cross attention; classifier-free guidance runs every step twice.
WAN = {"cross_attention": True, "text_tokens": 512, "text_hidden": 4096, "forwards_per_step": 2}
# Keys of the same config.json files that the records do not carry.
LOW_RANK = {  # DeepSeek-V4: query and output through low ranks, one projection as key and value (config: o_lora_rank, o_groups, q_lora_rank)
    "deepseek-v4-flash": {"q_lora_rank": 1024, "o_lora_rank": 1024, "o_groups": 8, "key_is_value": True},
    "deepseek-v4-pro": {"q_lora_rank": 1536, "o_lora_rank": 1024, "o_groups": 16, "key_is_value": True},
}
GATED_TOWERS = {"qwen2.5-vl-7b"}  # vision MLP with a gate: vision_config hidden_act "silu", transformers' Qwen2_5_VLMLP
# What the attention texts and notes of the records say, as keys.
SPECIAL = {
    "llama4-scout": {"attention_chunk": 8192, "full_attention_every": 4},
    "llama4-maverick": {"attention_chunk": 8192, "full_attention_every": 4},
    "gpt-oss-20b": {"full_attention_every": 2}, "gpt-oss-120b": {"full_attention_every": 2},
    "gemma3-12b": {"full_attention_every": 6}, "gemma4-31b": {"full_attention_every": 6}, "gemma4-26b-a4b": {"full_attention_every": 6},
    "gemma4-e2b": {"kv_shared_layers": 20}, "gemma4-e4b": {"kv_shared_layers": 18},
    "qwen3.5-397b-a17b": {
        "gated_attention": True,  # config.json: attn_output_gate
        "blocks": {"attention": 15, "linear": 45},
        "linear_attention": {"key_heads": 16, "value_heads": 64, "key_head_dim": 128, "value_head_dim": 128, "conv_kernel": 4}},
    "kimi-k3": {"blocks": {"attention": 24, "linear": 69},
                "linear_attention": {"key_heads": 96, "value_heads": 96, "key_head_dim": 128, "value_head_dim": 128, "conv_kernel": 4}},
    "gdn-pure-300m": {
        "blocks": {"linear": 12, "mlp": 12},
        "linear_attention": {"key_heads": 4, "value_heads": 8, "key_head_dim": 64, "value_head_dim": 64, "conv_kernel": 4}},
    "flux.1-dev": {"diffusion": {"text_tokens": 512, "text_hidden": 4096, "forwards_per_step": 1}},
    "open-sora-2.0": {"diffusion": {"text_tokens": 512, "text_hidden": 4096, "forwards_per_step": 2}},
    "hunyuanvideo": {"diffusion": {"text_tokens": 256, "text_hidden": 4096, "forwards_per_step": 1}},
    "wan2.1-t2v-14b": {"diffusion": WAN}, "wan2.2-ti2v-5b": {"diffusion": WAN},
    "wan2.2-t2v-a14b": {"diffusion": WAN | {"resident_experts": 2}}, "wan2.2-i2v-a14b": {"diffusion": WAN | {"resident_experts": 2}},
    "sd3-medium": {"diffusion": {"text_hidden": 4096, "forwards_per_step": 2}},
    "sd3.5-large": {"diffusion": {"text_hidden": 4096, "forwards_per_step": 2}},
    "falcon-180b": {"parallel_attention": True}, "gpt-j-6b": {"parallel_attention": True},
    "gpt2-xl": {"padded_vocab": 50304},
}
NOTES = {
    "kimi-k3": "latent experts of width 3584; head size of the linear layers is our reading, no parameter count was read",
    "deepseek-v3": "the hub's 685B counts the 14B prediction module; fp8 weights with 128x128 scales",
    "wan2.2-t2v-a14b": "two transformers switched by noise level; one works per step",
    "wan2.2-i2v-a14b": "two transformers switched by noise level; one works per step",
    "gpt3-175b": "the paper alternates dense and banded attention; training recipes run it dense",
    "qwen1.5-moe-a2.7b": "not the shape of the FlagPerf rows (8 experts of 5504, top 2, no shared expert)",
    "glm-5": "stated parameters not re-read; q/k heads of 256 = 192 + 64",
    "grok-1": "widths from the recipe file; benchmark recipes use a 128256 vocabulary and untied embeddings",
    "gdn-pure-300m": "linear attention only; kv_heads is its value-head count",
    "nemotron-h-8b": "mamba heads derived as twice hidden over head size",
    "nemotron-h-47b": "mamba heads derived as twice hidden over head size",
    "deepseek-v2-lite": "27 layers; a public simulator file says 28",
    "nemotron3-nano-30b-a3b": "squared-ReLU MLP of two matrices",
    "gemma4-e2b": "per-layer embeddings hold most parameters; the layer pattern was not read",
    "gemma4-e4b": "per-layer embeddings hold most parameters; the layer pattern was not read",
    "nemotron-8b": "the dense model of 2023; squared-ReLU MLP of two matrices",
}


def attention_kind(record):
    if "mla" in record:
        return "mla"
    if record["kind"] in ("image-dit", "video-dit"):
        return "mha"
    text = record.get("attention", "")
    if "gated delta" in text:
        return "linear"
    heads, kv = record["heads"], record.get("kv_heads")
    if kv == 1:
        return "mqa"
    return "mha" if kv == heads else "gqa"


def positions(record):
    text = record.get("attention") or ""
    if "learned positions" in text or "learned positions" in record.get("note", ""):
        return "learned"
    if "ALiBi" in text:
        return "alibi"
    return "rope"


def renamed(record, names):
    return {ours: record[theirs] for theirs, ours in names.items() if record.get(theirs) is not None}


def short_note(key, record):
    if key in NOTES:
        return NOTES[key]
    text = record.get("note")
    if not text:
        return None
    if key.startswith("mpt-"):
        return "benchmark family, not the released checkpoints; learned positions add hidden x sequence"
    return re.sub(r"\brecall\b", "not re-read", text)[:160]


def convert(key, record, aliases):
    made = {"id": key, "name": key, "kind": KINDS[record["kind"]], "aliases": aliases}
    for name in ("layers", "hidden", "ffn"):
        if record.get(name) is not None:
            made[name] = record[name]
    if record["kind"] in ("llm", "vlm"):
        made["ffn_matrices"] = record.get("ffn_mats", 3)
    made["attention"] = attention_kind(record)
    for ours, theirs in (("heads", "heads"), ("kv_heads", "kv_heads"), ("head_dim", "head_dim"), ("vocab", "vocab"),
                         ("max_context", "max_ctx"), ("tied_embeddings", "tie_embeddings"), ("sliding_window", "sliding_window"),
                         ("mtp_layers", "mtp_layers"), ("kv_shared_layers", "num_kv_shared_layers"), ("wide_mlp", "use_double_wide_mlp")):
        if record.get(theirs) is not None:
            made[ours] = record[theirs]
    if made["attention"] == "mla":
        made.pop("head_dim")  # an artefact of hidden / heads in these records
    if record["kind"] in ("llm", "vlm"):
        made["positions"] = positions(record)
        if "QK-norm" in (record.get("attention") or ""):
            made["qk_norm"] = True
        if "QKV bias" in (record.get("attention") or ""):
            made["qkv_bias"] = True
    made.update({k: v for k, v in SPECIAL.get(key, {}).items() if k != "diffusion"})
    if record.get("alias_of"):
        made["same_shape_as"] = record["alias_of"]
    if short_note(key, record):
        made["note"] = short_note(key, record)
    made["source"] = f"model:{key}"
    made["status"] = STATUS[record["confidence"]]
    tables(key, record, made)
    return made


def tables(key, record, made):
    """Sub-tables: parameters, mla, moe, blocks, mamba, vision, diffusion."""
    counts = {"total": record.get("params_total_b"), "active": record.get("params_active_b")}
    computed = record.get("computed_params_b") or {}
    counts |= {"computed_total": computed.get("total"), "computed_active": computed.get("active")}
    made["parameters"] = {k: round(v * 1e9) for k, v in counts.items() if v is not None}
    if "mla" in record:
        made["mla"] = {k: v for k, v in record["mla"].items() if v is not None}
    if key in LOW_RANK:
        made["mla"] = LOW_RANK[key]
    if "moe" in record:
        made["moe"] = renamed(record["moe"], MOE)
        if record.get("moe_every"):
            made["moe"]["every"] = record["moe_every"]
    if "sparse_index" in record:
        made["sparse_attention"] = renamed(record["sparse_index"], SPARSE)
    if "global_attention" in record:
        made["global_attention"] = {("key_is_value" if k == "k_eq_v" else k): v for k, v in record["global_attention"].items()}
    if "per_layer_embedding" in record:
        made["per_layer_embedding"] = record["per_layer_embedding"]
    if "block_counts" in record:
        made["blocks"] = record["block_counts"]
    if "mamba" in record:
        made["mamba"] = renamed(record["mamba"], MAMBA)
        made["mamba"].setdefault("heads", 2 * record["hidden"] // record["mamba"]["mamba_head_dim"])
    if "vision" in record:
        made["vision"] = {k: record["vision"][k] for k in VISION if k in record["vision"]}
        if key in GATED_TOWERS:
            made["vision"]["ffn_matrices"] = 3
    if record.get("cross_attention_layers"):
        made["cross_attention_layers"] = record["cross_attention_layers"]
    if record["kind"].endswith("dit"):
        made["diffusion"] = {k: record[k] for k in DIFFUSION if k in record} | SPECIAL.get(key, {}).get("diffusion", {})
        words = record.get("derived_tokens")
        if words:
            made["diffusion"]["tokens_note"] = words
