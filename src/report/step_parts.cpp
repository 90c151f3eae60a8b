#include "report/step_parts.hpp"

#include <algorithm>

namespace polyfleet {

std::vector<StepPart> step_parts(const StepBreakdown& where) {
  std::vector<StepPart> parts;
  for (std::size_t i = 0; i < kOpClassCount; ++i) {
    const std::string name(name_of(static_cast<OpClass>(i)));
    std::string key = "compute_" + name;
    std::replace(key.begin(), key.end(), ' ', '_');
    parts.push_back({"compute: " + name, std::move(key), where.compute[i]});
  }
  parts.push_back({"recompute in backward", "recompute", where.recompute});
  parts.push_back({"tensor-parallel communication, exposed", "tensor_exposed", where.tensor});
  parts.push_back({"context-parallel communication, exposed", "context_exposed", where.context});
  parts.push_back({"expert-parallel communication, exposed", "expert_exposed", where.expert});
  parts.push_back({"pipeline hand-over, exposed", "pipeline_exposed", where.pipeline});
  parts.push_back({"pipeline bubble", "bubble", where.bubble});
  parts.push_back(
      {"gradient reduction, exposed", "gradient_reduce_exposed", where.gradient_reduce});
  parts.push_back(
      {"parameter gather, exposed", "parameter_gather_exposed", where.parameter_gather});
  parts.push_back({"optimiser", "optimizer", where.optimizer});
  parts.push_back({"offload, exposed", "offload_exposed", where.offload});
  parts.push_back({"host", "host", where.host});
  parts.push_back({"software maturity", "software", where.software});
  return parts;
}

double timeline_scale(const StepBreakdown& where) {
  return where.software < 0 * second ? where.total / (where.total - where.software) : 1;
}

std::vector<StepPart> step_end_parts(const StepBreakdown& where, Seconds pipeline) {
  constexpr double kRounding = 1e-9;  // of the step: what is left when large times cancel
  const Seconds others =
      where.gradient_reduce + where.optimizer + where.parameter_gather + where.software;
  Seconds host = where.total - pipeline - others;
  if (host < kRounding * where.total) host = 0 * second;
  const double scale = timeline_scale(where);
  return {{"gradient reduction", "gradient_reduce_exposed", where.gradient_reduce * scale},
          {"optimiser", "optimizer", where.optimizer * scale},
          {"parameter gather", "parameter_gather_exposed", where.parameter_gather * scale},
          {"host", "host", host * scale},
          {"software maturity", "software", max(where.software, 0 * second)}};
}

}  // namespace polyfleet
