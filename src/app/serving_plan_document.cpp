#include "app/serving_plan_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/option_text.hpp"
#include "app/serving_fields.hpp"
#include "base/csv.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

constexpr Range kTokenRate{1e-6, 1e9};
constexpr Range kLength{1, 1e8};

Field<StatedTargets> target_field(std::string key, LatencyTarget StatedTargets::*member,
                                  std::string help) {
  return {key,
          "quantity and measure: \"2 s p90\"",
          std::move(help),
          false,
          [=](StatedTargets& into, const Value& value, Diagnostics& out) {
            const auto text = detail::read_text(value, key, out);
            if (!text) return;
            const Result<LatencyTarget> target = latency_target_of(*text, value.where());
            if (target)
              into.*member = *target;
            else
              out.insert(out.end(), target.problems().begin(), target.problems().end());
          },
          [=](const StatedTargets& from) {
            const LatencyTarget& target = from.*member;
            return target.most ? Value(fmt::format("{} {}", exact_text(*target.most),
                                                   name_of(target.measure)))
                               : Value();
          }};
}

std::vector<std::pair<std::string, ServingObjective>> objectives() {
  std::vector<std::pair<std::string, ServingObjective>> choices;
  for (std::size_t i = 0; i < kServingObjectiveNames.size(); ++i)
    choices.emplace_back(kServingObjectiveNames[i], static_cast<ServingObjective>(i));
  return choices;
}

void check_offers(const StatedServingPlan& stated, const Value& document, Diagnostics& out) {
  if (stated.offers.empty())
    out.push_back(problem_at(document.where(), "no accelerators are on offer",
                             "add --offer mi355x:price=2.5,stock=64 or [[offer]] tables"));
  std::set<std::string> names;
  for (const StatedOffer& offer : stated.offers) {
    if (offer.accelerator.empty() && offer.system.empty())
      out.push_back(problem_at(offer.where, "an offer names no part",
                               "give accelerator = \"amd_mi355x\" or a system"));
    const std::string& name = !offer.name.empty()          ? offer.name
                              : !offer.accelerator.empty() ? offer.accelerator
                                                           : offer.system;
    if (!name.empty() && !names.insert(name).second)
      out.push_back(problem_at(offer.where, fmt::format("two offers are named '{}'", name),
                               "give one of them another name"));
  }
}

void check_load(const StatedServingPlan& stated, const Value& document, Diagnostics& out) {
  const StatedDemand& load = stated.load;
  if (!load.trace.empty()) return;
  const auto missing = [&](const char* what, const char* fix) {
    out.push_back(problem_at(document.where(), fmt::format("{} is missing", what), fix));
  };
  if (load.rate <= 0) missing("the rate of requests", "give load.rate (--rate) or --trace FILE");
  if (load.input < 1) missing("the prompt length", "give load.input, in tokens (--input)");
  if (load.output < 1) missing("the output length", "give load.output, in tokens (--output)");
}

void check_targets(const StatedServingPlan& stated, const Value& document, Diagnostics& out) {
  const StatedTargets& slo = stated.slo;
  if (!slo.ttft.most && !slo.tpot.most && !slo.end_to_end.most)
    out.push_back(problem_at(document.where(), "no latency target is stated",
                             "give --slo-ttft \"1 s p90\" and --slo-tpot \"50 ms\""));
}

}  // namespace

Result<LatencyTarget> latency_target_of(std::string_view text, const Position& where) {
  std::string_view quantity = without_blanks(text);
  LatencyTarget target;
  const std::size_t blank = quantity.rfind(' ');
  if (blank != std::string_view::npos) {
    const std::string_view last = quantity.substr(blank + 1);
    const auto found = std::find(kLatencyMeasureNames.begin(), kLatencyMeasureNames.end(), last);
    if (found != kLatencyMeasureNames.end()) {
      target.measure = static_cast<LatencyMeasure>(found - kLatencyMeasureNames.begin());
      quantity = without_blanks(quantity.substr(0, blank));
    } else if (last.front() == 'p' && last.size() > 1 && last[1] >= '0' && last[1] <= '9') {
      const std::vector<std::string> known(kLatencyMeasureNames.begin(),
                                           kLatencyMeasureNames.end());
      return problem_at(where, fmt::format("unknown measure '{}'", last),
                        "mean, p50, p90, p95 or p99" + name_suggestion(last, known));
    }
  }
  const Result<Seconds> most = parse_quantity<Seconds>(quantity);
  if (!most) {
    Diagnostics problems = most.problems();
    for (Diagnostic& each : problems) {
      each.where = where;
      if (each.fix.empty()) each.fix = "write \"2 s p90\" or \"50 ms mean\"";
    }
    return problems;
  }
  if (!(*most > Seconds()))
    return problem_at(where, fmt::format("'{}' is no time to aim at", text), "more than 0");
  target.most = *most;
  return target;
}

Result<Value> offer_of(std::string_view text) {
  const Position where{"--offer", 0, 0};
  Value offer{Table{}};
  offer.at(where);
  const std::size_t colon = text.find(':');
  const std::string_view part = without_blanks(text.substr(0, colon));
  if (part.empty())
    return problem_at(where, fmt::format("'{}' names no part", text),
                      "write --offer mi355x:price=2.5,stock=64");
  offer.set("accelerator", Value(part).at(where));
  std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view entry = without_blanks(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return problem_at(where, fmt::format("'{}' in '{}' is no key=value", entry, text),
                        "write price=2.5, stock=64, power_cap=1 MW, system=, site=, name=");
    const std::string key(without_blanks(entry.substr(0, equals)));
    const std::string_view written = without_blanks(entry.substr(equals + 1));
    Value value = detail::value_from_text(written);
    if (key == "price" && value.number()) value = Value(std::string(written) + " USD/h");
    if (key == "engines" || key == "formats") value = Value(Array{Value(written).at(where)});
    if (key == "name" || key == "system" || key == "site") value = Value(written);
    offer.set(key, value.at(where));
  }
  return offer;
}

const FieldTable<StatedDemand>& stated_demand_fields() {
  using L = StatedDemand;
  static const FieldTable<L> fields{
      number_field("rate", &L::rate, kTokenRate, "requests a second of the whole service"),
      number_field("input", &L::input, kLength, "mean prompt tokens"),
      number_field("output", &L::output, kLength, "mean output tokens"),
      number_field("input_variation", &L::input_variation, {0, 100},
                   "standard deviation of prompt lengths over their mean"),
      number_field("output_variation", &L::output_variation, {0, 100},
                   "standard deviation of output lengths over their mean"),
      number_field("cached_share", &L::cached_share, {0, 0.999},
                   "share of prompt tokens found in the prefix cache"),
      text_field("trace", &L::trace,
                 "a trace (docs/traces.md) instead; a rate beside it scales the trace"),
  };
  return fields;
}

const FieldTable<StatedTargets>& stated_targets_fields() {
  using T = StatedTargets;
  static const FieldTable<T> fields{
      target_field("ttft", &T::ttft,
                   "time to first token, at most; mean unless p50 to p99 follows"),
      target_field("tpot", &T::tpot, "time per output token of a request, at most"),
      target_field("end_to_end", &T::end_to_end, "whole time of a request, at most"),
  };
  return fields;
}

const FieldTable<StatedOffer>& stated_offer_fields() {
  using O = StatedOffer;
  static const FieldTable<O> fields{
      text_field("name", &O::name, "what reports and exports call it; open: the accelerator's"),
      text_field("accelerator", &O::accelerator, "catalogue id or path, @edition allowed"),
      text_field("system", &O::system, "catalogue id or path; open: the usual one"),
      optional_quantity_field("price", &O::price, {0, 1e6},
                              "of one accelerator; open: the catalogue's rental"),
      integer_field("stock", &O::stock, {0, 1e9}, "accelerators on offer; open: no limit"),
      optional_quantity_field("power_cap", &O::power_cap, {1, 1e12},
                              "facility power of all of them at their peak; open: no cap"),
      text_field("site", &O::site, "where it stands; open: that of the question"),
      text_list_field("engines", &O::engines, "that may run on it; open: those of the question"),
      text_list_field("formats", &O::formats, "that may run on it; open: those of the question"),
  };
  return fields;
}

const FieldTable<ReplicaSpace>& replica_space_fields() {
  using S = ReplicaSpace;
  static const FieldTable<S> fields{
      integer_list_field("tensor", &S::tensor, kServingDegree,
                         "tensor-parallel degrees; open: powers of two in the scale-up domain"),
      integer_list_field("pipeline", &S::pipeline, kServingDegree,
                         "pipeline stages; open: 1, and 2 and 4 behind 8 or a full domain"),
      integer_list_field("expert", &S::expert, kServingDegree,
                         "expert-parallel degrees; open: 1 and the tensor degree"),
      integer_list_field("attention_data", &S::attention_data, kServingDegree,
                         "attention data-parallel degrees; open: powers of two for models with "
                         "experts or latent attention, else 1"),
      integer_list_field("context", &S::context, kServingDegree,
                         "context-parallel degrees of prefill; open: 1"),
      integer_list_field("max_sequences", &S::max_sequences, {1, 1 << 20},
                         "most sequences of a replica; open: the engine's own"),
  };
  return fields;
}

const FieldTable<StatedServingPlan>& serving_plan_fields() {
  using P = StatedServingPlan;
  static const FieldTable<P> fields = [] {
    FieldTable<P> all{
        text_field("name", &P::name, "title of reports"),
        text_field("model", &P::model, "catalogue id, or a path to a config.json or TOML file"),
        choice_field("objective", &P::objective, objectives(), "what the best plan has least of"),
        choice_field("arrangement", &P::arrangement,
                     {{"either", ServingArrangement::either},
                      {"aggregated", ServingArrangement::aggregated},
                      {"disaggregated", ServingArrangement::disaggregated}},
                     "prefill and decode together, apart, or whichever is better"),
        bool_field("mix", &P::mix, "pools of different kinds may share the load"),
        integer_field("top", &P::top, {1, 1000}, "number of best plans shown"),
        optional_quantity_field("power_cap", &P::power_cap, {1, 1e12},
                                "facility power at the peak; open: no cap"),
        text_list_field("vendor_share", &P::vendor_share,
                        "share of a vendor among the accelerators in use: [\"AMD=0.3..0.6\"]"),
        text_list_field("engines", &P::engines, "that may run; open: vllm and sglang"),
        text_list_field("formats", &P::formats,
                        "sets of number formats that may run (data/engines/formats.toml); open: "
                        "bf16 and fp8"),
        text_list_field("cache", &P::cache,
                        "formats of the cache that may be tried; open: as the engine picks it"),
        integer_field("draft_tokens", &P::draft_tokens, {0, 64},
                      "speculative tokens that each step verifies; 0 = off"),
        number_field("tokens_per_step", &P::tokens_per_step, {1, 65},
                     "tokens that one verified step yields on average"),
        number_field("expert_imbalance", &P::expert_imbalance, {1, 256},
                     "tokens of the busiest expert rank over the mean"),
        integer_field("simulate", &P::simulate, {0, 100},
                      "proposals that may be simulated until none can be better; "
                      "0 = none"),
        integer_field("requests", &P::requests, {100, 1e8}, "requests of each simulation"),
        integer_field("seed", &P::seed, {0, 9e15}, "of the simulated traffic"),
        table_field("space", &P::space, replica_space_fields(),
                    "values that may be tried; an empty list means the usual ones"),
        table_field("load", &P::load, stated_demand_fields(), "the stream of requests"),
        table_field("slo", &P::slo, stated_targets_fields(), "latency targets"),
        table_list_field("offer", &P::offers, stated_offer_fields(), "accelerators on offer"),
    };
    const FieldTable<P> site = inherited_fields<P>(stated_site_fields());
    all.insert(all.end(), site.begin(), site.end());
    return all;
  }();
  return fields;
}

Result<StatedServingPlan> read_serving_plan(const Value& document) {
  StatedServingPlan stated;
  Diagnostics problems;
  read_fields(document, serving_plan_fields(), stated, "plan", problems);
  if (stated.model.empty())
    problems.push_back(problem_at(document.where(), "the model is missing",
                                  "give model = \"llama3.1-70b\" (--model)"));
  check_offers(stated, document, problems);
  if (problems.empty()) {
    check_load(stated, document, problems);
    check_targets(stated, document, problems);
  }
  if (!problems.empty()) return problems;
  return stated;
}

}  // namespace polyfleet
