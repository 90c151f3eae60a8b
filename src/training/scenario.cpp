#include "training/scenario.hpp"

namespace polyfleet {

WorkloadClass TrainingScenario::workload_class() const {
  if (model.kind == ModelKind::diffusion_transformer) return WorkloadClass::diffusion;
  if (plan.lora.rank > 0) return WorkloadClass::fine_tuning;
  if (model.linear_layers > 0) return WorkloadClass::hybrid;
  return model.is_moe() ? WorkloadClass::moe : WorkloadClass::dense;
}

std::string_view name_of(WorkloadClass workload_class) {
  switch (workload_class) {
    case WorkloadClass::dense:
      return "dense";
    case WorkloadClass::moe:
      return "moe";
    case WorkloadClass::hybrid:
      return "hybrid";
    case WorkloadClass::fine_tuning:
      return "fine-tuning";
    case WorkloadClass::diffusion:
      return "diffusion";
  }
  return "dense";
}

}  // namespace polyfleet
