#include "validation/serve_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "units/text.hpp"
#include "validation/serve_engines.hpp"
#include "validation/serve_layout.hpp"
#include "validation/serve_rows.hpp"
#include "validation/serve_rules.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

/// One configuration while it is read; the first reason to leave it out stays.
class CaseReading {
 public:
  CaseReading(const RowGroup& group, const ServeTables& tables, const CatalogueLookup& lookup)
      : group_(group), row_(*group.rows.front()), tables_(tables), lookup_(lookup) {}

  ServeCase read() {
    read_names();
    read_kind();
    read_machine();
    read_load();
    if (left_out()) return std::move(case_);
    read_recipe();
    read_formats();
    return std::move(case_);
  }

 private:
  void leave_out(std::string reason) {
    if (case_.skip.empty()) case_.skip = std::move(reason);
  }
  bool left_out() const { return !case_.skip.empty(); }
  void assume(std::string setting, std::string value, std::string basis) {
    case_.assumptions.push_back({std::move(setting), std::move(value), std::move(basis)});
  }

  void read_names() {
    case_.id = group_.id;
    case_.source = source_of_serving_id(group_.id);
    case_.harness = tables_.harness_of(case_.source);
    case_.title = row_.text("source_title");
    case_.vendor = row_.text("vendor");
    case_.accelerator = row_.text("accelerator");
    case_.model = row_.text("model");
    case_.engine_version = row_.text("engine_version");
    case_.date = row_.text("date");
    case_.model_id = tables_.model_id(case_.model);
    case_.accelerator_id = accelerator_id();
    case_.in_fit_half = tables_.in_fit_half(case_.source, case_.model_id);
    for (const TruthRow* row : group_.rows) case_.rows.push_back(read_serve_row(*row));
    if (case_.model_id.empty() || lookup_.model(case_.model_id) == nullptr)
      leave_out(fmt::format("no such model in the catalogue: {}", case_.model));
    if (case_.accelerator_id.empty() || lookup_.accelerator(case_.accelerator_id) == nullptr)
      leave_out(mentions(case_.accelerator, ",")
                    ? "one figure of a system with several kinds of accelerators"
                    : fmt::format("no such accelerator in the catalogue: {}", case_.accelerator));
    read_engine();
  }

  std::string accelerator_id() const {
    // MLPerf writes the memory of its Grace Hopper parts in the notes only.
    if (case_.accelerator == "GH200" && mentions(row_.text("notes"), "144gb"))
      return "nv_gh200_144";
    return tables_.accelerator_id(case_.accelerator);
  }

  void read_engine() {
    case_.engine = engine_profile_of(row_.text("engine"));
    if (case_.engine.empty()) {
      if (case_.source != "AZI") return leave_out("no profile of its engine");
      case_.engine = "trtllm";
      assume("engine", "trtllm", "the guide's other tables are TensorRT-LLM's");
    }
    read_release();
  }

  void read_release() {
    if (!release_of(case_.engine, case_.engine_version).empty()) return;
    const std::string usual = tables_.release_at(case_.engine, case_.date);
    if (usual.empty()) return;
    case_.engine_version = usual;
    assume("release", usual, "of that date (validation/serving_releases.toml)");
  }

  void read_kind() {
    const bool disaggregated = is_disaggregated(row_);
    const bool speculative = mentions(row_.text("notes"), "spec=mtp");
    const std::string_view rate = row_.text("request_rate");
    if (case_.source == "AGX") {
      case_.kind = ServeKind::agentic;
    } else if (mentions(rate, "production")) {
      case_.kind = ServeKind::other;
    } else if (mentions(rate, "server") || mentions(rate, "interactive")) {
      case_.kind = ServeKind::server;
    } else if (mentions(rate, "offline") || mentions(rate, "static")) {
      case_.kind = ServeKind::offline;
    } else if (disaggregated) {
      case_.kind = speculative ? ServeKind::disaggregated_speculative : ServeKind::disaggregated;
    } else {
      case_.kind = speculative ? ServeKind::speculative : ServeKind::plain;
    }
  }

  void read_machine() {
    if (const auto count = row_.count("num_accelerators"))
      case_.accelerators = static_cast<int>(std::min<std::int64_t>(*count, 1'000'000));
    const bool apart = case_.kind == ServeKind::disaggregated ||
                       case_.kind == ServeKind::disaggregated_speculative;
    if (apart) return read_disaggregated();
    if (const auto layout = read_layout(row_)) {
      case_.layout = layout->layout;
      case_.accelerators = layout->accelerators;
      if (!layout->assumption.empty())
        assume("layout", fmt::format("TP {}", case_.layout.tensor), layout->assumption);
      case_.experts_are_open = mentions(row_.text("request_rate"), "max throughput") &&
                               row_.text("ep").empty() && case_.layout.tensor > 1;
      if (case_.experts_are_open)
        assume("expert cut", "the best that fits",
               "tuned for throughput; the row states no expert parallelism or DP attention");
      return;
    }
    case_.layout_is_open = true;
    assume("layout", "the best that fits", "submitters choose it, the row does not state it");
    if (!row_.count("num_accelerators")) leave_out("the number of accelerators is not stated");
  }

  void read_disaggregated() {
    const Result<ServeDisaggregation> pools = read_pools(row_);
    if (!pools) return leave_out("disaggregated: " + pools.problems().front().what);
    case_.pools = *pools;
    case_.layout = pools->decode.layout;
    const int both = pools->prefill.accelerators + pools->decode.accelerators;
    if (!row_.count("num_accelerators")) case_.accelerators = both;
  }

  void read_load() {
    case_.concurrency = row_.count("concurrency_or_batch").value_or(0);
    if (row_.text("input_len") == "mlperf dataset") return read_dataset();
    case_.input_tokens = static_cast<double>(row_.count("input_len").value_or(0));
    case_.output_tokens = static_cast<double>(row_.count("output_len").value_or(0));
    if (case_.input_tokens < 1 || case_.output_tokens < 1)
      return leave_out("lengths are not stated as numbers");
    if (case_.kind != ServeKind::offline) {
      if (case_.concurrency < 1) leave_out("the concurrency is not stated");
      return;
    }
    if (mentions(row_.text("request_rate"), "static") || case_.concurrency > 0) {
      case_.load = ServeLoad::static_batch;
      return;
    }
    case_.load = ServeLoad::all_at_once;
    case_.requests = tables_.offline_requests(case_.input_tokens, case_.output_tokens);
    if (case_.source == "AZI") case_.requests = 1000;  // the row's notes
  }

  void read_dataset() {
    const ServeDataset* set = tables_.dataset(case_.model);
    if (set == nullptr) return leave_out("no data set of this benchmark");
    case_.input_tokens = set->input_tokens;
    case_.output_tokens = set->output_tokens;
    case_.input_variation = set->input_variation;
    case_.output_variation = set->output_variation;
    assume("lengths", fmt::format("{:.0f} in, {:.0f} out", set->input_tokens, set->output_tokens),
           set->status + ": " + set->source);
    case_.load = ServeLoad::all_at_once;
    if (case_.kind != ServeKind::server) return;
    case_.load = ServeLoad::within_limits;
    const bool interactive = mentions(row_.text("request_rate"), "interactive");
    const std::string& ttft = interactive ? set->interactive_ttft : set->server_ttft;
    const std::string& tpot = interactive ? set->interactive_tpot : set->server_tpot;
    if (ttft.empty() || tpot.empty()) return leave_out("no latency limits of this scenario");
    case_.limits = {*parse_quantity<Seconds>(ttft), *parse_quantity<Seconds>(tpot)};
    if (row_.text("measured_unit") == "Queries/s")
      assume("unit", "tokens/s", "printed as queries, far above any rate of queries");
  }

  ServeFacts facts() const {
    const Accelerator* part = lookup_.accelerator(case_.accelerator_id);
    const ModelSpec* model = lookup_.model(case_.model_id);
    return {.id = case_.id,
            .source = case_.source,
            .engine = case_.engine,
            .vendor = case_.vendor,
            .accelerator = case_.accelerator,
            .family = part->family,
            .model = case_.model_id,
            .precision = case_.precision,
            .gemm = std::string(row_.remark("gemm_quant")),
            .moe = model->is_moe(),
            .speculative = case_.speculative(),
            .attention_data = case_.layout.attention_data > 1,
            .disaggregated = case_.pools.has_value(),
            .tensor = case_.layout.tensor,
            .concurrency = case_.concurrency,
            .input_tokens = static_cast<std::int64_t>(case_.input_tokens)};
  }

  void read_recipe() {
    case_.precision = letters_and_digits(row_.text("precision_weights"));
    case_.recipe = tables_.recipe(facts());
    if (case_.recipe.shortest_length <= 0) case_.recipe.shortest_length = 1;
    if (!case_.speculative()) {
      case_.recipe.draft_tokens = 0;
      return;
    }
    case_.tokens_per_step = tables_.tokens_per_step(case_.recipe.draft_tokens);
    assume("speculation",
           fmt::format("{} draft tokens, {} tokens a step", case_.recipe.draft_tokens,
                       case_.tokens_per_step),
           "stated: the row prints neither (validation/serving_recipes.toml)");
  }

  void read_formats() {
    const std::string_view cache = row_.text("precision_kv");
    if (!cache.empty()) case_.recipe.cache = cache == "fp16" ? "bf16" : std::string(cache);
    const FormatEntry* entry = tables_.formats(facts());
    if (entry == nullptr)
      return leave_out(case_.precision.empty() ? "the number format is not stated"
                                               : "no set of formats for its precision");
    case_.formats = entry->formats;
    assume("formats", entry->formats, entry->source);
  }

  const RowGroup& group_;
  const TruthRow& row_;
  const ServeTables& tables_;
  const CatalogueLookup& lookup_;
  ServeCase case_;
};

}  // namespace

std::string engine_profile_of(std::string_view engine) {
  if (mentions(engine, "atom")) return "atom";
  if (mentions(engine, "sglang")) return "sglang";
  if (mentions(engine, "vllm") || mentions(engine, "llmboost")) return "vllm";
  if (mentions(engine, "trt") || mentions(engine, "tensorrt")) return "trtllm";
  return {};
}

std::vector<ServeCase> read_serve_cases(const std::vector<TruthRow>& rows,
                                        const ServeTables& tables, const CatalogueLookup& lookup) {
  std::vector<ServeCase> cases;
  for (const RowGroup& group : grouped_by_configuration(rows)) {
    ServeCase read = CaseReading(group, tables, lookup).read();
    apply_rules(read, group, tables, lookup);
    cases.push_back(std::move(read));
  }
  return cases;
}

}  // namespace polyfleet
