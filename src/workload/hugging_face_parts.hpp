// The parts of a config.json that need more than a name: attention, windows, hybrids, experts and
// the vision tower.
#pragma once

#include <string>

#include "workload/hugging_face_source.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

void read_experts(const HuggingFaceSource& json, const std::string& type, ModelSpec& spec);
void read_attention(const HuggingFaceSource& json, const std::string& type, ModelSpec& spec);
void read_window(const HuggingFaceSource& json, const std::string& type, ModelSpec& spec);
/// Linear-attention and Mamba layers.
void read_hybrid(const HuggingFaceSource& json, ModelSpec& spec);
void read_tower(const Value& json, const std::string& type, ModelSpec& spec, Diagnostics& out);

}  // namespace polyfleet
