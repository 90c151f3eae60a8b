// Two small languages in which Megatron-LM says where layers go: Python list expressions
// ("([0]*3+[1]*58)" of --moe-layer-freq) and pipeline layouts ("Et*3|(tt|)*29,m|L" of
// --pipeline-model-parallel-layout; E embedding, t layer, m prediction module, L loss, | a stage).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

/// The numbers of a list expression of [a,b], +, * and parentheses; nothing where it is none or
/// longer than 10,000.
std::optional<std::vector<int>> list_expression(std::string_view text);
/// "([0]*3+[1]*58)".
std::string list_expression_of(const std::vector<int>& values);

/// Layers of every stage of a layout, in order; nothing where the text is none or has more than
/// 10,000 letters once its products are written out.
std::optional<std::vector<int>> layout_layers(std::string_view layout);
/// The layout of these layers: embedding in the first stage, prediction modules and loss in the
/// last.
std::string layout_of(const std::vector<int>& layers, std::int64_t prediction_modules);

}  // namespace polyfleet
