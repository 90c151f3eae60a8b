#include "report/training_explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "report/training_links.hpp"
#include "training/layer_time.hpp"
#include "units/text.hpp"
#include "workload/layer_builder.hpp"

namespace polyfleet {
namespace {

/// One section of the explanation: titles and rows, printed as a table or as JSON objects.
struct Section {
  std::string key;
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

/// Operators of one step's micro-batch on one device, one layer of each kind the model has.
std::vector<LayerWork> works_of(const TrainingAnswer& answer) {
  const TrainingPlan& plan = answer.scenario.plan;
  const ModelSpec& model = answer.scenario.model;
  MicroBatch batch;
  batch.sequences = plan.micro_batch;
  batch.sequence_length = static_cast<double>(plan.sequence_length);
  batch.fused_attention = plan.fused_attention;
  const BuildContext context{model, plan.layout, plan.precision, batch, plan.lora};
  std::vector<LayerWork> works;
  std::vector<LayerKind> seen;
  for (const LayerRun& run : layer_runs(model)) {
    if (std::find(seen.begin(), seen.end(), run.kind) != seen.end()) continue;
    seen.push_back(run.kind);
    works.push_back(layer_work(run.kind, context));
  }
  works.push_back(head_work(context));
  return works;
}

std::string provenance(const Op& op, const KernelCosts& kernels) {
  switch (op.kind) {
    case OpKind::gemm:
      return kernels.gemm_provenance(op.dtype);
    case OpKind::grouped_gemm:
      return kernels.grouped_gemm_provenance(op.dtype);
    case OpKind::attention:
      return kernels.attention_provenance(attention_shape(op));
    case OpKind::traffic:
      return kernels.traffic_provenance();
  }
  return {};
}

std::string kind_text(const Op& op) {
  switch (op.kind) {
    case OpKind::gemm:
      return fmt::format("GEMM {}", name_of(op.dtype));
    case OpKind::grouped_gemm:
      return fmt::format("grouped GEMM {}", name_of(op.dtype));
    case OpKind::attention:
      return fmt::format("attention {}", name_of(op.dtype));
    case OpKind::traffic:
      return "memory traffic";
  }
  return {};
}

Section kernel_section(const TrainingAnswer& answer, const std::vector<LayerWork>& works) {
  Section section{"kernels", {"operator", "kernel", "time from"}, {}};
  std::map<std::string, bool> seen;
  for (const LayerWork& work : works) {
    for (const auto& ops : work.ops) {
      for (const Op& op : ops) {
        std::string name(name_of(op.op_class)), kind = kind_text(op);
        if (!seen.emplace(name + '|' + kind, true).second) continue;
        section.rows.push_back(
            {std::move(name), std::move(kind), provenance(op, answer.machine.kernels)});
      }
    }
  }
  return section;
}

Section collective_section(const TrainingAnswer& answer, const std::vector<LayerWork>& works) {
  Section section{
      "collectives",
      {"group", "operation", "ranks", "in a domain", "payload", "time", "algorithm", "time from"},
      {}};
  const Machine& machine = answer.machine;
  const auto add = [&](CommGroup group_kind, CollectiveKind kind, Bytes payload) {
    const RankGroup group =
        rank_group(group_kind, answer.scenario.plan.layout, machine.network.scale_up_domain);
    if (group.size < 2) return;
    const CollectiveTime time = machine.collectives.time(kind, payload, group);
    std::vector<std::string> row{
        std::string(text_of(group_kind)), std::string(text_of(kind)),
        fmt::format("{}", group.size),    fmt::format("{}", group.per_domain),
        print_quantity(payload),          print_quantity(time.time),
        std::string(time.algorithm),      std::string(name_of(time.fidelity))};
    const bool known =
        std::find(section.rows.begin(), section.rows.end(), row) != section.rows.end();
    if (!known) section.rows.push_back(std::move(row));
  };
  for (const LayerWork& work : works) {
    for (const auto& comms : work.comms) {
      for (const Comm& comm : comms) add(comm.group, comm.kind, comm.payload);
    }
  }
  const StageParameters& first = answer.estimate.step.chunks.front().parameters;
  const TrainingPlan& plan = answer.scenario.plan;
  const CollectiveKind reduction =
      plan.sharding == Sharding::none ? CollectiveKind::all_reduce : CollectiveKind::reduce_scatter;
  add(CommGroup::data, reduction, first.dense * bytes_per_element(plan.gradient_reduce_dtype));
  if (first.expert > 0)
    add(CommGroup::expert_data, reduction,
        first.expert * bytes_per_element(plan.gradient_reduce_dtype));
  return section;
}

Section basis_section(const TrainingAnswer& answer) {
  Section section{"bases", {"term", "where it comes from"}, {}};
  const TrainingEstimate& estimate = answer.estimate;
  section.rows.push_back({"software maturity", answer.strict ? "off" : estimate.maturity.basis});
  section.rows.push_back(
      {"80 % interval",
       fmt::format("x {:.3f} to x {:.3f}; kernels and collectives alone: log sigma {:.3f}; {}",
                   estimate.interval.low, estimate.interval.high, estimate.step.log_sigma,
                   estimate.interval.basis)});
  for (std::size_t i = 0; i < kFlopDefinitionCount; ++i) {
    const auto definition = static_cast<FlopDefinition>(i);
    const auto peak = answer.machine.accelerator.dense_peak(estimate.mfu_dtype);
    if (!peak || estimate.flops[definition] == 0 * flop) continue;
    const double devices = static_cast<double>(answer.scenario.devices);
    const double share = estimate.flops[definition] / (peak->value * estimate.time * devices);
    section.rows.push_back({fmt::format("FLOPs, {}", name_of(definition)),
                            fmt::format("{} a step, {:.1f} % of the dense {} peak",
                                        print_quantity(estimate.flops[definition]), 100 * share,
                                        name_of(estimate.mfu_dtype))});
  }
  section.rows.push_back({"energy", estimate.energy.basis});
  section.rows.push_back({"cost", answer.prices.basis.empty() ? "no price" : answer.prices.basis});
  for (const std::string& each : answer.scenario.model.assumptions)
    section.rows.push_back({"model", each});
  return section;
}

class FigureRows {
 public:
  FigureRows(Section& section, const Catalogue& catalogue)
      : section_(section), catalogue_(catalogue) {}

  template <class Q>
  void add(std::string name, const std::optional<Figure<Q>>& figure) {
    if (!figure) return;
    std::string value;
    if constexpr (std::is_same_v<Q, double>) {
      value = fmt::format("{:g}", figure->value);
    } else {
      value = print_quantity(figure->value);
    }
    section_.rows.push_back({std::move(name), std::move(value),
                             std::string(name_of(figure->status)), source_text(figure->source),
                             figure->note});
  }

 private:
  /// The first source's title and address; the key where it is not listed.
  std::string source_text(const std::string& keys) const {
    const std::string key = keys.substr(0, keys.find(','));
    const Result<Source> source = catalogue_.source(key);
    if (!source) return keys;
    return source->url.empty() ? source->title : source->url;
  }

  Section& section_;
  const Catalogue& catalogue_;
};

Section figure_section(const TrainingAnswer& answer, const Catalogue& catalogue) {
  Section section{"figures", {"figure", "value", "status", "source", "note"}, {}};
  FigureRows rows(section, catalogue);
  const Accelerator& part = answer.machine.accelerator;
  const System& system = answer.machine.system;
  const PrecisionRecipe& precision = answer.scenario.plan.precision;
  rows.add(fmt::format("{} peak", name_of(precision.linear)), part.dense_peak(precision.linear));
  if (precision.attention != precision.linear)
    rows.add(fmt::format("{} peak", name_of(precision.attention)),
             part.dense_peak(precision.attention));
  rows.add("memory", part.memory);
  rows.add("usable memory", part.usable_memory);
  rows.add("memory bandwidth", part.memory_bandwidth);
  rows.add("scale-up rate", system.scale_up_rate ? system.scale_up_rate : part.scale_up_rate);
  rows.add("scale-out rate", system.scale_out_rate ? system.scale_out_rate : part.scale_out_rate);
  rows.add("design power", part.tdp);
  rows.add("all-in power", system.all_in_power ? system.all_in_power : part.all_in_power);
  rows.add("PUE", system.pue);
  return section;
}

std::vector<Section> sections_of(const TrainingAnswer& answer, const Catalogue& catalogue) {
  const std::vector<LayerWork> works = works_of(answer);
  return {kernel_section(answer, works), collective_section(answer, works), basis_section(answer),
          figure_section(answer, catalogue)};
}

}  // namespace

std::string explanation_text(const TrainingAnswer& answer, const Catalogue& catalogue,
                             PageStyle style) {
  std::string text;
  for (const Section& section : sections_of(answer, catalogue)) {
    if (section.rows.empty()) continue;
    TextTable table(section.titles);
    for (const auto& row : section.rows) table.row(row);
    if (!text.empty()) text += '\n';
    text += table.text(style);
  }
  return text;
}

Value explanation_json(const TrainingAnswer& answer, const Catalogue& catalogue) {
  Value json{Table{}};
  for (const Section& section : sections_of(answer, catalogue)) {
    Value list{Array{}};
    for (const auto& row : section.rows) {
      Value one{Table{}};
      for (std::size_t i = 0; i < row.size(); ++i) {
        std::string key = section.titles[i];
        std::replace(key.begin(), key.end(), ' ', '_');
        one.set(key, row[i]);
      }
      list.push(std::move(one));
    }
    json.set(section.key, std::move(list));
  }
  return json;
}

}  // namespace polyfleet
