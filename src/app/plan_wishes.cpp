#include "app/plan_wishes.hpp"

#include <fmt/format.h>

#include "app/option_text.hpp"
#include "base/csv.hpp"
#include "base/spelling.hpp"
#include "config/optional_fields.hpp"

namespace polyfleet {
namespace {

constexpr Range kWishedDegree{1, 1 << 24};
constexpr Range kFraction{0, 1};
constexpr Range kLargestHeadRoom{0, 0.99};

Field<PlanSpace> fraction_list_field() {
  return {"activation_offload",
          "list of numbers",
          "shares of the saved activations that go to the host",
          false,
          [](PlanSpace& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr)
              return detail::not_an_array(value, "activation_offload", out);
            into.activation_offload.clear();
            for (const Value& each : *value.array()) {
              if (auto n = detail::read_number(each, kFraction, false, "activation_offload", out))
                into.activation_offload.push_back(*n);
            }
          },
          [](const PlanSpace& from) {
            Value list{Array{}};
            for (const double each : from.activation_offload) list.push(each);
            return list;
          }};
}

}  // namespace

const FieldTable<PlanSpace>& space_fields() {
  using S = PlanSpace;
  static const FieldTable<S> fields{
      integer_list_field("tensor", &S::tensor, kWishedDegree, "tensor-parallel degrees"),
      integer_list_field("pipeline", &S::pipeline, kWishedDegree, "pipeline-parallel degrees"),
      integer_list_field("virtual_stages", &S::virtual_stages, kWishedDegree,
                         "virtual stages per pipeline rank"),
      integer_list_field("context", &S::context, kWishedDegree, "context-parallel degrees"),
      integer_list_field("expert", &S::expert, kWishedDegree, "expert-parallel degrees"),
      integer_list_field("expert_tensor", &S::expert_tensor, kWishedDegree,
                         "tensor parallel inside an expert"),
      integer_list_field("data", &S::data, kWishedDegree, "data-parallel degrees"),
      integer_list_field("micro_batch", &S::micro_batch, kWishedDegree,
                         "sequences per micro-batch"),
      truth_list_field("sequence_parallel", &S::sequence_parallel,
                       "norms and residuals sharded over the tensor group"),
      choice_list_field("schedule", &S::schedule,
                        {{"gpipe", Schedule::gpipe},
                         {"1f1b", Schedule::one_forward_one_backward},
                         {"interleaved", Schedule::interleaved},
                         {"zero-bubble", Schedule::zero_bubble},
                         {"dual-pipe", Schedule::dual_pipe}},
                        "pipeline schedules"),
      choice_list_field("sharding", &S::sharding,
                        {{"none", Sharding::none},
                         {"zero1", Sharding::zero1},
                         {"zero2", Sharding::zero2},
                         {"zero3", Sharding::zero3}},
                        "what the data-parallel group shards"),
      choice_list_field("recompute", &S::recompute,
                        {{"none", Recompute::none},
                         {"selective", Recompute::selective},
                         {"full", Recompute::full}},
                        "activation recomputation"),
      integer_list_field("recompute_layers", &S::recompute_layers, {0, 1e6},
                         "full recompute: layers per stage; 0 = all"),
      truth_list_field("optimizer_offload", &S::optimizer_offload,
                       "optimiser states and update on the host"),
      fraction_list_field(),
      truth_list_field("gradient_overlap", &S::gradient_overlap,
                       "gradient reduction behind backward"),
      truth_list_field("parameter_overlap", &S::parameter_overlap,
                       "parameter gather behind forward"),
      truth_list_field("pipeline_overlap", &S::pipeline_overlap, "stage hand-over behind compute"),
  };
  return fields;
}

const FieldTable<PlanWishes>& wishes_fields() {
  using W = PlanWishes;
  static const FieldTable<W> fields{
      choice_field("objective", &W::objective,
                   {{"time", Objective::time},
                    {"cost", Objective::cost},
                    {"energy", Objective::energy},
                    {"tokens-per-second", Objective::tokens_per_second}},
                   "what the best plan has least of (tokens-per-second: most)"),
      optional_quantity_field("power_cap", &W::power_cap, {1, 1e12},
                              "facility power of the accelerators in use; open: no cap"),
      number_field("head_room", &W::head_room, kLargestHeadRoom,
                   "share of the usable memory that must stay free"),
      integer_field("max_tensor", &W::max_tensor, {0, 1 << 24},
                    "largest tensor-parallel degree; 0 = any"),
      bool_field("use_all_devices", &W::use_all_devices, "no accelerator may stay idle"),
      text_list_field(
          "vendor_share", &W::vendor_share,
          "share of a vendor: [\"AMD=0.3..0.6\"] of the accelerators in use, or \"... of tokens\""),
      choice_field("effort", &W::effort,
                   {{"quick", SearchEffort::quick}, {"full", SearchEffort::full}},
                   "several pools: pipelines over them are searched for about a second, or to the "
                   "end"),
      integer_field("top", &W::top, {1, 1000}, "number of best plans shown"),
      number_field("tokens", &W::tokens, {0, 1e18},
                   "tokens of the whole run, for its end date and energy; 0 = one step only"),
      text_field("start", &W::start, "first day of the run, 2026-12-01"),
      table_field("space", &W::space, space_fields(),
                  "values that may be tried; an empty list means every one"),
  };
  return fields;
}

Result<VendorShare> vendor_share_of(std::string_view text, const Position& where) {
  const auto faulty = [&](const char* what) {
    return problem_at(where, fmt::format("'{}' is no vendor share: {}", text, what),
                      "write AMD=0.3..0.6, AMD=..0.6 or \"AMD=0.3..0.6 of tokens\"");
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return faulty("no '='");
  VendorShare share;
  share.vendor = without_blanks(text.substr(0, equals));
  if (share.vendor.empty()) return faulty("no vendor");
  std::string_view range = without_blanks(text.substr(equals + 1));
  constexpr std::string_view kOfTokens = " of tokens", kOfDevices = " of devices";
  if (range.ends_with(kOfTokens)) {
    share.of = ShareOf::tokens;
    range.remove_suffix(kOfTokens.size());
  } else if (range.ends_with(kOfDevices)) {
    range.remove_suffix(kOfDevices.size());
  }
  const std::size_t dots = range.find("..");
  const auto bound = [](std::string_view bound_text, double open) -> std::optional<double> {
    return without_blanks(bound_text).empty() ? open : parse_number(without_blanks(bound_text));
  };
  const auto least = bound(range.substr(0, dots), 0);
  const auto most = dots == std::string_view::npos ? least : bound(range.substr(dots + 2), 1);
  if (range.empty() || !least || !most) return faulty("no numbers");
  if (*least < 0 || *most > 1 || *least > *most) return faulty("bounds lie within 0..1, in order");
  share.least = *least;
  share.most = *most;
  return share;
}

Result<Setting> space_setting_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return problem_at({"--space", 0, 0}, fmt::format("'{}' names no values", text),
                      "write --space tensor=1,2,4");
  const std::string key(text.substr(0, equals));
  Value list{Array{}};
  list.at({"--space " + key, 0, 0});
  std::string_view rest = text.substr(equals + 1);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    Value value = detail::value_from_text(without_blanks(rest.substr(0, comma)));
    list.push(value.at({"--space " + key, 0, 0}));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return Setting{"search.space." + key, list, "--space " + key};
}

Setting head_room_setting_of(std::string_view text) {
  std::string_view number = without_blanks(text);
  double unit = 1;
  if (!number.empty() && number.back() == '%') {
    number = without_blanks(number.substr(0, number.size() - 1));
    unit = 0.01;
  }
  const auto share = parse_number(number);
  return {"search.head_room", share ? Value(*share * unit) : Value(text), "--head-room"};
}

}  // namespace polyfleet
