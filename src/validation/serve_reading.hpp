// What a published serving configuration means: engine, formats, layout, load and recipe, read from
// its rows and the tables beside them. Stated columns first, then the source's launch scripts, then
// the engine's defaults; what had to be assumed is written down, what cannot be read says why.
#pragma once

#include <vector>

#include "validation/interpretation.hpp"
#include "validation/serve_case.hpp"
#include "validation/serve_tables.hpp"
#include "validation/truth_row.hpp"

namespace polyfleet {

/// One configuration per id up to the first dot, in the order of the table. Rules of the tables are
/// applied (validation/serving_rules.toml).
std::vector<ServeCase> read_serve_cases(const std::vector<TruthRow>& rows,
                                        const ServeTables& tables, const CatalogueLookup& lookup);

/// "dynamo-trt", "TensorRT 10.11, CUDA 12.9" -> "trtllm"; empty when none is known.
std::string engine_profile_of(std::string_view engine);

}  // namespace polyfleet
