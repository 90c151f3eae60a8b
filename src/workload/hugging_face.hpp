// Hugging Face config.json -> ModelSpec. Knows the spellings of the published families (Llama,
// Mistral, Qwen, Gemma, GPT-2, NeoX, Phi, Falcon, MPT, Bloom, DeepSeek, Kimi, GLM, Mixtral,
// gpt-oss, Llama 4, Nemotron-H, Qwen-VL, LLaVA and alike); of an unknown model_type it reads the
// common names and says what it assumed. Keys that do not change cost (tokens, initialisers,
// dropout rates of the released run, ...) are ignored: a config.json is another program's file.
#pragma once

#include "base/result.hpp"
#include "config/value.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// Every lacking or contradicting field is diagnosed with position and fix; assumptions stand in
/// ModelSpec::assumptions.
Result<ModelSpec> model_from_hugging_face(const Value& json);

}  // namespace polyfleet
