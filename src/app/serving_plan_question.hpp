// From a document of `plan serve` to a complete question: machines, engines and formats of every
// offer, prices and electricity, the kinds of replicas, the traffic.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/serving_plan_models.hpp"
#include "app/serving_plan_traffic.hpp"
#include "report/serving_plan_answer.hpp"

namespace polyfleet {

/// A resolved question with what answers it. Not to be moved: the models point into it.
struct PreparedServingPlan {
  std::string name;
  const ModelSpec* model = nullptr;
  std::string model_id;  ///< as the user wrote it
  ServingPlanQuestion question;
  std::unique_ptr<EngineReplicas> models;
  PlanTraffic traffic;
  VerifyOptions verify;
  std::size_t simulate = 0;  ///< proposals, at most
  Speculation speculation;
  std::vector<Assumption> assumptions;
};

/// Errors: everything that is unknown, missing or contradicts itself, all of it.
Result<std::unique_ptr<PreparedServingPlan>> prepare_serving_plan(Workspace& workspace,
                                                                  const Value& document);

}  // namespace polyfleet
