#include "launch/scenario_text.hpp"

#include <fmt/format.h>

namespace polyfleet {
namespace {

std::string commented(const std::string& head) {
  std::string text;
  for (std::size_t start = 0; start < head.size();) {
    const std::size_t end = std::min(head.find('\n', start), head.size());
    text += "# " + head.substr(start, end - start) + "\n";
    start = end + 1;
  }
  return text;
}

/// A comment may not hold control characters; foreign names might.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

void write_table(std::string& out, const LaunchImport& import, const Table& table,
                 const std::string& prefix) {
  for (const auto& [key, value] : table) {
    if (value.table() != nullptr) continue;
    const std::string whole = prefix.empty() ? key : prefix + "." + key;
    const auto why = import.why.find(whole);
    out += fmt::format("{} = {}", key, to_json(value, -1));
    if (why != import.why.end()) out += "  # " + one_line(why->second);
    out += "\n";
  }
  for (const auto& [key, value] : table) {
    if (value.table() == nullptr) continue;
    const std::string whole = prefix.empty() ? key : prefix + "." + key;
    out += fmt::format("\n[{}]\n", whole);
    write_table(out, import, *value.table(), whole);
  }
}

void write_latent(std::string& out, const LatentAttention& latent) {
  out += "\n[mla]\n";
  if (latent.q_lora_rank > 0) out += fmt::format("q_lora_rank = {}\n", latent.q_lora_rank);
  out += fmt::format(
      "kv_lora_rank = {}\nqk_nope_head_dim = {}\nqk_rope_head_dim = {}\nv_head_dim = {}\n",
      latent.kv_lora_rank, latent.qk_nope_head_dim, latent.qk_rope_head_dim, latent.v_head_dim);
}

void write_experts(std::string& out, const MixtureOfExperts& moe) {
  out += fmt::format("\n[moe]\nexperts = {}\ntop_k = {}\nexpert_ffn = {}\n", moe.experts, moe.top_k,
                     moe.expert_ffn);
  if (moe.shared_expert_ffn > 0)
    out += fmt::format("shared_experts = {}\nshared_expert_ffn = {}\n", moe.shared_experts,
                       moe.shared_expert_ffn);
  if (moe.dense_first_layers > 0)
    out += fmt::format("dense_first_layers = {}\n", moe.dense_first_layers);
  if (moe.every > 1) out += fmt::format("every = {}\n", moe.every);
}

}  // namespace

std::string scenario_toml(const LaunchImport& import, const std::string& head) {
  std::string out = commented(head);
  if (import.scenario.table() != nullptr) write_table(out, import, *import.scenario.table(), "");
  return out;
}

std::string model_toml(const ModelSpec& model, const std::string& head) {
  const char* attention = "gqa";
  if (model.attention == AttentionKind::latent) attention = "mla";
  if (model.attention == AttentionKind::multi_head) attention = "mha";
  const char* positions = model.learned_positions ? "learned" : "rope";
  std::string out = commented(head);
  out += fmt::format(
      "id = {}\nkind = \"language\"\nlayers = {}\nhidden = {}\nffn = {}\nffn_matrices = {}\n"
      "attention = \"{}\"\nheads = {}\nkv_heads = {}\nhead_dim = {}\nvocab = {}\n"
      "max_context = {}\ntied_embeddings = {}\nbiases = {}\npositions = \"{}\"\n",
      to_json(Value(model.id), -1), model.layers, model.hidden, model.ffn, model.ffn_matrices,
      attention, model.heads, model.kv_heads, model.head_dim, model.vocab, model.max_context,
      model.tied_embeddings, model.biases, positions);
  if (model.mtp_layers > 0) out += fmt::format("mtp_layers = {}\n", model.mtp_layers);
  if (model.sliding_window > 0) out += fmt::format("sliding_window = {}\n", model.sliding_window);
  if (model.full_attention_every > 0)
    out += fmt::format("full_attention_every = {}\n", model.full_attention_every);
  if (model.attention == AttentionKind::latent) write_latent(out, model.latent);
  if (model.is_moe()) write_experts(out, model.moe);
  return out;
}

}  // namespace polyfleet
