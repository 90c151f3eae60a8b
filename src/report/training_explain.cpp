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

using Section = ExplanationSection;

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

/// A figure of the catalogue as printed, with the keys of its sources.
struct ShownFigure {
  std::string name, value, status, sources, note;
};

class FigureList {
 public:
  template <class Q>
  void add(std::string name, const std::optional<Figure<Q>>& figure) {
    if (!figure) return;
    std::string value;
    if constexpr (std::is_same_v<Q, double>) {
      value = fmt::format("{:g}", figure->value);
    } else {
      value = print_quantity(figure->value);
    }
    figures_.push_back({std::move(name), std::move(value), std::string(name_of(figure->status)),
                        figure->source, figure->note});
  }
  std::vector<ShownFigure> take() { return std::move(figures_); }

 private:
  std::vector<ShownFigure> figures_;
};

std::vector<ShownFigure> shown_figures(const TrainingAnswer& answer) {
  FigureList list;
  const Accelerator& part = answer.machine.accelerator;
  const System& system = answer.machine.system;
  const PrecisionRecipe& precision = answer.scenario.plan.precision;
  list.add(fmt::format("{} peak", name_of(precision.linear)), part.dense_peak(precision.linear));
  if (precision.attention != precision.linear)
    list.add(fmt::format("{} peak", name_of(precision.attention)),
             part.dense_peak(precision.attention));
  list.add("memory", part.memory);
  list.add("usable memory", part.usable_memory);
  list.add("memory bandwidth", part.memory_bandwidth);
  list.add("scale-up rate", system.scale_up_rate ? system.scale_up_rate : part.scale_up_rate);
  list.add("scale-out rate", system.scale_out_rate ? system.scale_out_rate : part.scale_out_rate);
  list.add("design power", part.tdp);
  list.add("all-in power", system.all_in_power ? system.all_in_power : part.all_in_power);
  list.add("PUE", system.pue);
  return list.take();
}

/// The first source's address, else its title; the keys where it is not listed.
std::string source_text(const std::string& keys, const Catalogue& catalogue) {
  const Result<Source> source = catalogue.source(keys.substr(0, keys.find(',')));
  if (!source) return keys;
  return source->url.empty() ? source->title : source->url;
}

Section figure_section(const TrainingAnswer& answer, const Catalogue& catalogue) {
  Section section{"figures", {"figure", "value", "status", "source", "note"}, {}};
  for (ShownFigure& each : shown_figures(answer))
    section.rows.push_back({std::move(each.name), std::move(each.value), std::move(each.status),
                            source_text(each.sources, catalogue), std::move(each.note)});
  return section;
}

/// "a, b" as its words.
std::vector<std::string> keys_in(const std::string& text) {
  std::vector<std::string> keys;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::size_t first = text.find_first_not_of(' ', begin);
    if (first < end) keys.push_back(text.substr(first, end - first));
    begin = end + 1;
  }
  return keys;
}

}  // namespace

std::vector<ExplanationSection> explanation_sections(const TrainingAnswer& answer,
                                                     const Catalogue& catalogue) {
  const std::vector<LayerWork> works = works_of(answer);
  return {kernel_section(answer, works), collective_section(answer, works), basis_section(answer),
          figure_section(answer, catalogue)};
}

std::vector<Source> explanation_sources(const TrainingAnswer& answer, const Catalogue& catalogue) {
  std::vector<Source> sources;
  for (const ShownFigure& figure : shown_figures(answer)) {
    for (const std::string& key : keys_in(figure.sources)) {
      const bool known = std::any_of(sources.begin(), sources.end(),
                                     [&](const Source& each) { return each.key == key; });
      if (known) continue;
      const Result<Source> source = catalogue.source(key);
      sources.push_back(source ? *source : Source{key, {}, key, {}});
    }
  }
  return sources;
}

std::string explanation_text(const TrainingAnswer& answer, const Catalogue& catalogue,
                             PageStyle style) {
  std::string text;
  for (const Section& section : explanation_sections(answer, catalogue)) {
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
  for (const Section& section : explanation_sections(answer, catalogue)) {
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
