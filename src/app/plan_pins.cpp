#include "app/plan_pins.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

constexpr SearchedKey kSearchedKeys[] = {
    {"plan.layout.tensor", "tensor"},
    {"plan.layout.pipeline", "pipeline"},
    {"plan.layout.virtual_stages", "virtual_stages"},
    {"plan.layout.context", "context"},
    {"plan.layout.expert", "expert"},
    {"plan.layout.expert_tensor", "expert_tensor"},
    {"plan.layout.data", "data"},
    {"plan.layout.sequence_parallel", "sequence_parallel"},
    {"plan.micro_batch", "micro_batch"},
    {"plan.schedule", "schedule"},
    {"plan.sharding", "sharding"},
    {"plan.recompute", "recompute"},
    {"plan.recompute_layers", "recompute_layers"},
    {"plan.optimizer_offload", "optimizer_offload"},
    {"plan.activation_offload", "activation_offload"},
    {"plan.overlap.gradient_reduce", "gradient_overlap"},
    {"plan.overlap.parameter_gather", "parameter_overlap"},
    {"plan.overlap.pipeline", "pipeline_overlap"},
};

void remove(Value& table, std::string_view key) {
  Table* members = table.table();
  if (members == nullptr) return;
  const std::size_t dot = key.find('.');
  const std::string_view head = key.substr(0, dot);
  for (auto member = members->begin(); member != members->end(); ++member) {
    if (member->first != head) continue;
    if (dot == std::string_view::npos) {
      members->erase(member);
    } else {
      remove(member->second, key.substr(dot + 1));
    }
    return;
  }
}

/// Checks one dimension at a time; a dimension without values is open and contradicts nothing.
class SpaceChecker {
 public:
  SpaceChecker(const Value& document, const PlanSpace& space, const ModelSpec& model,
               const PoolLimits& limits)
      : document_(document), space_(space), model_(model), limits_(limits) {}

  Diagnostics run() {
    const int most = limits_.most_tensor;
    require(
        "tensor", space_.tensor, [&](int n) { return most == 0 || n <= most; },
        fmt::format("the largest tensor degree allowed is {}", most));
    require(
        "tensor", space_.tensor,
        [&](int n) { return model_.heads % n == 0 && model_.ffn % n == 0; },
        fmt::format("{} attention heads and a feed-forward width of {} do not divide over it",
                    model_.heads, model_.ffn));
    require(
        "context", space_.context, [&](int n) { return limits_.sequence_length % n == 0; },
        fmt::format("a sequence of {} tokens does not divide over it", limits_.sequence_length));
    require(
        "expert", space_.expert,
        [&](int n) { return n == 1 || (model_.is_moe() && model_.moe.experts % n == 0); },
        model_.is_moe() ? fmt::format("{} experts do not divide over it", model_.moe.experts)
                        : "the model has no experts");
    require(
        "pipeline", space_.pipeline,
        [&](int n) { return n * least(space_.virtual_stages) <= model_.layers + 2; },
        fmt::format("the model has {} layers", model_.layers));
    require(
        "data", space_.data, [&](int n) { return divides(n * least(space_.micro_batch)); },
        fmt::format("a global batch of {} does not divide over it", limits_.global_batch));
    require(
        "micro_batch", space_.micro_batch, [&](int n) { return divides(n); },
        fmt::format("a global batch of {} does not divide into it", limits_.global_batch));
    check_devices();
    return std::move(problems_);
  }

 private:
  static std::int64_t least(const std::vector<int>& values) {
    return values.empty() ? 1 : *std::min_element(values.begin(), values.end());
  }
  bool divides(std::int64_t n) const { return n >= 1 && limits_.global_batch % n == 0; }

  void require(std::string_view dimension, const std::vector<int>& values,
               const std::function<bool(int)>& runs, const std::string& why) {
    if (values.empty() || std::any_of(values.begin(), values.end(), runs)) return;
    problems_.push_back(problem_at(
        where(dimension),
        fmt::format("{} {} cannot run{}: {}", dimension, fmt::join(values, ", "), on_pool(), why),
        "leave it open, or change what it contradicts"));
  }

  void check_devices() {
    const std::int64_t replica =
        least(space_.tensor) * least(space_.pipeline) * least(space_.context) * least(space_.data);
    if (replica <= limits_.devices) return;
    problems_.push_back(problem_at(
        where("tensor"),
        fmt::format("tensor {} x pipeline {} x context {} x data {} = {} accelerators, but {} are "
                    "offered{}",
                    least(space_.tensor), least(space_.pipeline), least(space_.context),
                    least(space_.data), replica, limits_.devices, on_pool()),
        "lower a degree or offer more"));
  }

  std::string on_pool() const { return limits_.name.empty() ? "" : " on pool " + limits_.name; }

  Position where(std::string_view dimension) const {
    for (const SearchedKey& each : kSearchedKeys) {
      if (each.dimension != dimension) continue;
      if (const Value* value = stated(document_, each.key)) return value->where();
    }
    const Value* value = stated(document_, fmt::format("search.space.{}", dimension));
    return value == nullptr ? document_.where() : value->where();
  }

  const Value& document_;
  const PlanSpace& space_;
  const ModelSpec& model_;
  const PoolLimits& limits_;
  Diagnostics problems_;
};

}  // namespace

std::span<const SearchedKey> searched_keys() { return kSearchedKeys; }

Value without_searched_keys(const Value& document) {
  Value rest = document;
  for (const SearchedKey& each : kSearchedKeys) remove(rest, each.key);
  return rest;
}

Diagnostics pin_stated(const Value& document, PlanSpace& space, std::vector<std::string>& pinned) {
  Diagnostics problems;
  for (const SearchedKey& each : kSearchedKeys) {
    const Value* value = stated(document, each.key);
    if (value == nullptr) continue;
    const Field<PlanSpace>& field = *field_named(space_fields(), each.dimension);
    const Value allowed = field.print(space);
    Value only{Array{}};
    only.push(*value).at(value->where());
    field.read(space, only, problems);
    const std::string text = to_json(*value, -1);
    pinned.push_back(fmt::format("{} = {}", each.dimension, text));
    const Array& list = *allowed.array();
    const bool holds = list.empty() || std::any_of(list.begin(), list.end(), [&](const Value& a) {
                         return to_json(a, -1) == text;
                       });
    if (!holds)
      problems.push_back(
          problem_at(value->where(),
                     fmt::format("{} = {} contradicts search.space.{} = {}", each.key, text,
                                 each.dimension, to_json(allowed, -1)),
                     "state the one or the other"));
  }
  return problems;
}

Diagnostics space_problems(const Value& document, const PlanSpace& space, const ModelSpec& model,
                           const PoolLimits& limits) {
  return SpaceChecker(document, space, model, limits).run();
}

Diagnostics vendor_share_problems(const std::vector<VendorShare>& shares,
                                  const std::vector<std::string>& vendors, const Value& document) {
  const Value* value = stated(document, "search.vendor_share");
  const Position where = value == nullptr ? document.where() : value->where();
  Diagnostics problems;
  std::vector<std::string> known = vendors;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (const ShareOf of : {ShareOf::devices, ShareOf::tokens}) {
    double least = 0, most = 0;
    for (const std::string& vendor : known) {
      const auto share = std::find_if(shares.begin(), shares.end(), [&](const VendorShare& each) {
        return each.vendor == vendor && each.of == of;
      });
      least += share == shares.end() ? 0 : share->least;
      most += share == shares.end() ? 1 : share->most;
    }
    if (least > 1 || most < 1)
      problems.push_back(
          problem_at(where,
                     fmt::format("the vendor shares contradict each other: {} add up to {} {:g}",
                                 fmt::join(known, " and "), least > 1 ? "at least" : "at most",
                                 least > 1 ? least : most),
                     "shares of all vendors of the cluster must be able to reach 1"));
  }
  for (const VendorShare& share : shares) {
    if (std::find(known.begin(), known.end(), share.vendor) == known.end())
      problems.push_back(problem_at(where,
                                    fmt::format("no pool has accelerators of '{}'", share.vendor),
                                    name_suggestion(share.vendor, known)));
  }
  return problems;
}

std::vector<int> tensor_degrees(const ModelSpec& model, int most) {
  std::vector<int> degrees;
  for (int n = 1; n <= most && n <= model.heads; ++n) {
    if (model.heads % n == 0 && model.ffn % n == 0) degrees.push_back(n);
  }
  return degrees;
}

}  // namespace polyfleet
