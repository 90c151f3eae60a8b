#include "validation/published_plans.hpp"

#include <fmt/format.h>

#include <map>

#include "config/fields.hpp"

namespace polyfleet {
namespace {

struct SourceRule {
  std::string prefix, why;
};

struct SourceRules {
  std::vector<SourceRule> tuned, sweeps;
};

Result<SourceRules> read_rules(const std::filesystem::path& validation_directory) {
  const std::string path = (validation_directory / "tuned_plans.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  const FieldTable<SourceRule> fields{
      required(text_field("prefix", &SourceRule::prefix, "how the ids of its rows begin")),
      required(text_field("why", &SourceRule::why, "why it counts or does not"))};
  SourceRules rules;
  Diagnostics problems;
  for (const auto& [key, value] : *document->table()) {
    std::vector<SourceRule>* into = key == "source"  ? &rules.tuned
                                    : key == "sweep" ? &rules.sweeps
                                                     : nullptr;
    if (into == nullptr || value.array() == nullptr) {
      detail::unknown_key(key, value, {"source", "sweep"}, problems);
      continue;
    }
    for (const Value& item : *value.array()) {
      SourceRule rule;
      read_fields(item, fields, rule, "source of plans", problems);
      into->push_back(std::move(rule));
    }
  }
  if (!problems.empty()) return problems;
  return rules;
}

const SourceRule* rule_for(const std::vector<SourceRule>& rules, const std::string& id) {
  for (const SourceRule& rule : rules) {
    if (id.starts_with(rule.prefix + "-")) return &rule;
  }
  return nullptr;
}

/// What a source that tunes a plan states: a guess there is no published plan.
std::string missing_part(const RowInterpretation& row) {
  if (!row.alternatives.empty()) return "degrees are not stated";
  for (const Assumption& each : row.scenario->assumptions) {
    const bool inferred = each.basis.starts_with("inferred: ");
    if (!inferred) continue;
    if (each.setting == "mapping") return "degrees are not stated";
    const bool usual = each.basis.find("usual") != std::string::npos ||
                       each.basis.find("mapping comes from") != std::string::npos;
    if (each.setting == "micro_batch_size" && usual) return "micro-batch is not stated";
    if (each.setting == "tp" && each.basis.find("default") != std::string::npos)
      return "degrees are not stated";
    if (each.setting == "global_batch_size") return "global batch is not stated";
  }
  return {};
}

/// Everything that a prediction of the row depends on but its date.
std::string published_configuration(const RowInterpretation& row) {
  const TrainingScenario& s = *row.scenario;
  const TrainingPlan& p = s.plan;
  const ParallelLayout& l = p.layout;
  return fmt::format(
      "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{},{},{},{},{},{},{},{}|{}|{},{}|{},{}|{}|{}",
      s.model.id, s.model.name, s.model.layers, s.model.hidden, row.accelerator,
      row.accelerators_per_node, row.scale_out_rate ? row.scale_out_rate->base() : 0, s.devices,
      s.framework, row.workload, p.global_batch, p.sequence_length, p.precision.name, l.tensor,
      l.pipeline, l.virtual_stages, l.context, l.expert, l.expert_tensor, l.data,
      l.sequence_parallel, p.micro_batch, static_cast<int>(p.recompute), p.recompute_layers,
      static_cast<int>(p.sharding), p.hybrid_shard, p.lora.rank, p.activation_offload);
}

}  // namespace

Result<PublishedPlans> published_plans(std::vector<RowInterpretation> rows,
                                       const std::filesystem::path& validation_directory) {
  const Result<SourceRules> rules = read_rules(validation_directory);
  if (!rules) return rules.problems();
  PublishedPlans published;
  std::map<std::string, std::size_t> seen;
  for (RowInterpretation& row : rows) {
    const auto skip = [&](std::string reason) {
      published.skipped.push_back(
          {row.id, row.source, row.vendor, row.accelerator, row.model, std::move(reason)});
    };
    if (rule_for(rules->tuned, row.id) == nullptr) {
      const SourceRule* sweep = rule_for(rules->sweeps, row.id);
      skip(sweep != nullptr ? "no tuned plan: " + sweep->why
                            : "no tuned plan: the source is not listed in tuned_plans.toml");
      continue;
    }
    if (!row.scenario) {
      skip(row.skip);
      continue;
    }
    if (row.id.find("proxy") != std::string::npos) {
      skip("a proxy with fewer layers: its plan was tuned for another model");
      continue;
    }
    if (std::string missing = missing_part(row); !missing.empty()) {
      skip(std::move(missing));
      continue;
    }
    const auto [slot, fresh] = seen.emplace(published_configuration(row), published.plans.size());
    if (fresh) {
      published.plans.push_back({std::move(row), {}});
    } else {
      published.plans[slot->second].equal_rows.push_back(row.id);
      ++published.repeated;
    }
  }
  return published;
}

}  // namespace polyfleet
