// Any JSON is a model whose layers and FLOPs can be built, or a diagnostic. Both forms of a model
// file are tried: a config.json and the catalogue's own keys.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "config/value.hpp"
#include "workload/flops.hpp"
#include "workload/hugging_face.hpp"
#include "workload/model_reader.hpp"

namespace {

void check_model(const polyfleet::Result<polyfleet::ModelSpec>& model) {
  using namespace polyfleet;
  if (!model) {
    POLYFLEET_CHECK(!model.problems().empty(), "a refusal says why");
    return;
  }
  POLYFLEET_CHECK(model->layers > 0 && model->hidden > 0, "an accepted model has a shape");
  StepWorkload step;
  step.batch.sequence_length = 16;
  const double flops = flop_counts(*model, step)[FlopDefinition::hardware] / flop;
  POLYFLEET_CHECK(std::isfinite(flops) && flops > 0, "an accepted model has work");
  const ParameterCounts weights = parameter_counts(*model);
  POLYFLEET_CHECK(weights.active > 0 && weights.active <= weights.total, "active within total");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Value> document = parse_json(text, "x");
  if (!document) return 0;
  check_model(model_from_hugging_face(*document));
  check_model(read_model(*document));
  return 0;
}
