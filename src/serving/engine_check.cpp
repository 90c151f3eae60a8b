#include "serving/engine_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace polyfleet {
namespace {

class Check {
 public:
  void that(bool holds, const std::string& what, const std::string& advice = {}) {
    if (!holds) problems_.push_back(problem(what, advice));
  }
  void divides(std::int64_t part, std::int64_t whole, std::string_view part_name,
               std::string_view whole_name) {
    that(part >= 1 && whole % part == 0,
         fmt::format("{} ({}) does not divide {} ({})", part_name, part, whole_name, whole));
  }
  Diagnostics problems() && { return std::move(problems_); }
  bool fine() const { return problems_.empty(); }

 private:
  Diagnostics problems_;
};

void check_degrees(const ServingLayout& layout, Check& check) {
  for (const auto& [name, degree] :
       {std::pair("tensor", layout.tensor), std::pair("pipeline", layout.pipeline),
        std::pair("expert", layout.expert), std::pair("attention_data", layout.attention_data),
        std::pair("context", layout.context)}) {
    check.that(degree >= 1,
               fmt::format("{} parallel degree is {}, it must be at least 1", name, degree));
  }
}

void check_model(const EngineQuestion& question, Check& check) {
  const ServingLayout& layout = question.layout;
  const ModelSpec& model = *question.model;
  check.divides(layout.expert, layout.tensor, "expert parallel degree", "tensor parallel degree");
  check.divides(layout.attention_data, layout.tensor, "attention data-parallel degree",
                "tensor parallel degree");
  if (!check.fine()) return;
  if (model.heads > 0)
    check.divides(layout.attention_tensor(), model.heads, "tensor parallel degree of attention",
                  "attention heads");
  check.that(layout.pipeline <= model.layers,
             fmt::format("{} pipeline stages for {} layers", layout.pipeline, model.layers));
  check.that(layout.expert == 1 || model.is_moe(),
             fmt::format("{} has no experts to split over {} ranks", model.id, layout.expert));
  if (model.is_moe()) {
    // Ranks that do not divide the experts hold copies of some (expert-parallel load balancers).
    check.that(layout.expert <= model.moe.experts,
               fmt::format("{} expert ranks for {} experts", layout.expert, model.moe.experts));
    check.divides(layout.expert_tensor(), model.moe.expert_ffn,
                  "tensor parallel degree within an expert", "width of an expert");
  } else if (model.ffn > 0) {
    check.divides(layout.tensor, model.ffn, "tensor parallel degree", "width of the MLP");
  }
}

}  // namespace

Diagnostics engine_problems(const EngineQuestion& question) {
  Check check;
  check_degrees(question.layout, check);
  const ModelSpec& model = *question.model;
  check.that(model.kind != ModelKind::diffusion_transformer,
             fmt::format("{} makes images or video, not tokens", model.id),
             "ask for its service time instead");
  const auto& vendors = question.profile->vendors;
  const std::string& vendor = question.machine->accelerator.vendor;
  check.that(std::find(vendors.begin(), vendors.end(), vendor) != vendors.end(),
             fmt::format("{} does not run on accelerators of {}", question.profile->name, vendor));
  check.that(question.speculation.draft_tokens >= 0 && question.speculation.tokens_per_step >= 1 &&
                 question.speculation.tokens_per_step <= 1 + question.speculation.draft_tokens,
             fmt::format("{} tokens a step cannot come of {} drafted ones",
                         question.speculation.tokens_per_step, question.speculation.draft_tokens),
             "tokens_per_step lies between 1 and 1 + draft_tokens");
  check.that(question.maturity > 0 && question.expert_imbalance >= 1,
             "maturity must be above 0 and expert_imbalance at least 1");
  check.that(question.settings.token_budget >= 1 && question.settings.max_sequences >= 1 &&
                 question.settings.block_tokens >= 1,
             "token_budget, max_sequences and block_tokens must be at least 1");
  if (check.fine()) check_model(question, check);
  return std::move(check).problems();
}

}  // namespace polyfleet
