#include "planner/sensitivity_inputs.hpp"

#include <fmt/format.h>

#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string listed(const std::vector<std::string>& shapes) {
  std::string text;
  for (const std::string& shape : shapes) text += (text.empty() ? "" : "; ") + shape;
  return text;
}

class Inputs {
 public:
  Inputs(const SensitivityQuestion& question, const std::array<CostShare, kCostClassCount>& shares)
      : question_(question),
        shares_(shares),
        part_(question.machine->accelerator),
        system_(question.machine->system),
        plan_(question.scenario->plan) {}

  std::vector<VariedInput> run() {
    add_peaks();
    add_bandwidth();
    add_links();
    add_host_link();
    add_latencies();
    add_costs();
    add_overlaps();
    return std::move(inputs_);
  }

 private:
  const CostShare& share(CostClass cost_class) const {
    return shares_[static_cast<std::size_t>(cost_class)];
  }

  /// Share of the arithmetic that a relative's tables answer for: only there a figure of the part
  /// stands for itself.
  double arithmetic_lent() const {
    Seconds all, lent;
    for (const CostClass each : {CostClass::gemm, CostClass::grouped_gemm, CostClass::attention}) {
      all += share(each).time;
      lent += share(each).time * share(each).transferred;
    }
    return all > 0 * second ? lent / all : 0;
  }

  template <class Q>
  VariedInput figure(std::string key, const Figure<Q>& figure, double lent) const {
    const KnownTo& known = question_.uncertainties->figure(name_of(figure.status));
    VariedInput varied;
    SensitivityInput& input = varied.input;
    input.kind = InputKind::rate;
    input.key = std::move(key);
    input.value = print_quantity(figure.value);
    input.sigma = known.sigma * lent;
    input.known_from =
        lent > 0 ? fmt::format("{}; stands for itself in {:.0f} % of what it drives",
                               name_of(figure.status), 100 * lent)
                 : fmt::format("{}; the models rest on measurements", name_of(figure.status));
    if (input.sigma > 0) {
      varied.after = "figure";
      varied.measured = fmt::format("a measured {} of {}", input.key, part_.name);
    }
    return varied;
  }

  void add_peaks() {
    for (std::size_t i = 0; i < kDtypeCount; ++i) {
      if (!part_.peak[i]) continue;
      VariedInput varied = figure(fmt::format("accelerator.peak.{}", kDtypeNames[i]),
                                  *part_.peak[i], arithmetic_lent());
      varied.move = [i](Variation& v, double factor) {
        v.changed.accelerator.peak[i]->value *= factor;
      };
      inputs_.push_back(std::move(varied));
    }
  }

  void add_bandwidth() {
    if (part_.memory_bandwidth) {
      VariedInput varied =
          figure("accelerator.memory_bandwidth", *part_.memory_bandwidth, arithmetic_lent());
      varied.move = [](Variation& v, double factor) {
        v.changed.accelerator.memory_bandwidth->value *= factor;
      };
      inputs_.push_back(std::move(varied));
    }
  }

  /// Rates of links: those of the system win over those of the part, and a mesh's pair rate moves
  /// with the whole.
  void add_links() {
    const auto add = [&](std::string_view key, double lent,
                         std::optional<Figure<BytesPerSecond>> System::*of_system,
                         std::optional<Figure<BytesPerSecond>> Accelerator::*of_part) {
      const bool systems = (system_.*of_system).has_value();
      if (!systems && !(part_.*of_part)) return;
      const Figure<BytesPerSecond>& rate = systems ? *(system_.*of_system) : *(part_.*of_part);
      VariedInput varied =
          figure(fmt::format("{}.{}", systems ? "system" : "accelerator", key), rate, lent);
      const bool is_scale_up = key == "scale_up_rate";
      varied.move = [=](Variation& v, double factor) {
        auto& moved = systems ? v.changed.system.*of_system : v.changed.accelerator.*of_part;
        moved->value *= factor;
        if (!is_scale_up) return;
        if (v.changed.system.pair_rate) v.changed.system.pair_rate->value *= factor;
        if (v.changed.accelerator.pair_rate) v.changed.accelerator.pair_rate->value *= factor;
      };
      inputs_.push_back(std::move(varied));
    };
    add("scale_up_rate", share(CostClass::scale_up).transferred, &System::scale_up_rate,
        &Accelerator::scale_up_rate);
    add("scale_out_rate", 1, &System::scale_out_rate, &Accelerator::scale_out_rate);
  }

  void add_host_link() {
    if (plan_.activation_offload <= 0 || !part_.host_rate) return;
    VariedInput varied = figure("accelerator.host_rate", *part_.host_rate, 1);
    varied.move = [](Variation& v, double factor) { v.scaling.host_rate *= factor; };
    inputs_.push_back(std::move(varied));
  }

  void add_latency(std::string key, std::string value, std::string known_from,
                   std::function<void(Variation&, double)> move) {
    VariedInput varied;
    varied.input.kind = InputKind::latency;
    varied.input.key = std::move(key);
    varied.input.value = std::move(value);
    varied.input.known_from = std::move(known_from);
    varied.move = std::move(move);
    inputs_.push_back(std::move(varied));
  }

  void add_latencies() {
    add_latency("costs.kernel_launch", print_quantity(question_.machine->kernels.launch_latency()),
                "counted with the kernels",
                [](Variation& v, double factor) { v.scaling.kernels.launch *= factor; });
    add_latency("costs.scale_up_latency", "as fitted", "counted with the collectives",
                [](Variation& v, double factor) { v.scaling.scale_up.latency *= factor; });
    add_latency("costs.scale_out_latency", "as fitted", "counted with the collectives",
                [](Variation& v, double factor) { v.scaling.scale_out.latency *= factor; });
    const KnownTo& host = question_.uncertainties->setting("host");
    add_latency("costs.host",
                fmt::format("{} a layer and micro-batch",
                            print_quantity(plan_.host_seconds_per_layer * second)),
                fmt::format("{} (data/training/uncertainty.toml)", host.status),
                [](Variation& v, double factor) {
                  v.plan.host_seconds_per_layer *= factor;
                  v.plan.host_seconds_per_micro_batch *= factor;
                  v.plan.host_seconds_per_step *= factor;
                });
    inputs_.back().input.sigma = host.sigma;
    inputs_.back().after = "host";
    inputs_.back().measured = "a profile of the host's launch time, layer by layer";
  }

  void add_cost(CostClass cost_class, std::string_view words,
                std::function<void(Variation&, double)> move) {
    // A collective across domains runs on the links inside them too.
    const bool inside_of_across =
        cost_class == CostClass::scale_up && !(share(cost_class).time > 0 * second);
    const CostShare& of = share(inside_of_across ? CostClass::scale_out : cost_class);
    if (!(of.time > 0 * second)) return;
    VariedInput varied;
    SensitivityInput& input = varied.input;
    input.kind = InputKind::cost;
    input.key = fmt::format("costs.{}", name_of(cost_class));
    input.value = "x 1";
    input.sigma = of.sigma;
    input.known_from =
        of.transferred > 0
            ? fmt::format("cross-validation; {:.0f} % lent by a relative", 100 * of.transferred)
            : "cross-validation";
    varied.move = std::move(move);
    varied.after = name_of(cost_class);
    varied.measured = fmt::format("a table of {} on {}: {}", words, part_.name, listed(of.shapes));
    inputs_.push_back(std::move(varied));
  }

  void add_costs() {
    add_cost(CostClass::gemm, "matrix products",
             [](Variation& v, double factor) { v.scaling.kernels.gemm *= factor; });
    add_cost(CostClass::grouped_gemm, "expert products",
             [](Variation& v, double factor) { v.scaling.kernels.grouped_gemm *= factor; });
    add_cost(CostClass::attention, "training attention",
             [](Variation& v, double factor) { v.scaling.kernels.attention *= factor; });
    add_cost(CostClass::traffic, "memory-bound training kernels",
             [](Variation& v, double factor) { v.scaling.kernels.traffic *= factor; });
    const auto link = [](LinkScaling CostScaling::*level) {
      return [level](Variation& v, double factor) {
        for (double& time : (v.scaling.*level).time) time *= factor;
      };
    };
    add_cost(CostClass::scale_up, "collectives inside a domain", link(&CostScaling::scale_up));
    add_cost(CostClass::scale_out, "collectives across domains", link(&CostScaling::scale_out));
  }

  void add_overlap(const char* key, bool acts, double OverlapSettings::*member) {
    if (!acts) return;
    const KnownTo& known = question_.uncertainties->setting("overlap_share");
    VariedInput varied;
    SensitivityInput& input = varied.input;
    input.kind = InputKind::share;
    input.key = fmt::format("plan.overlap.{}", key);
    varied.at = plan_.overlap.*member;
    input.value = fmt::format("{:.2f}", varied.at);
    // No overlap at all is a switch that is off, not an uncertain share.
    input.sigma = plan_.overlap.*member > 0 ? known.sigma : 0;
    input.known_from = input.sigma > 0
                           ? fmt::format("{} (data/training/uncertainty.toml)", known.status)
                           : "off: a decision, not an uncertainty";
    varied.move = [member](Variation& v, double added) { v.plan.overlap.*member += added; };
    varied.after = input.sigma > 0 ? "overlap_share" : "";
    varied.measured = fmt::format("a trace that shows the share of {} exchange hidden", key);
    inputs_.push_back(std::move(varied));
  }

  void add_overlaps() {
    add_overlap("tensor", plan_.layout.tensor > 1, &OverlapSettings::tensor);
    add_overlap("expert", plan_.layout.expert > 1, &OverlapSettings::expert);
    add_overlap("context", plan_.layout.context > 1, &OverlapSettings::context);
  }

  const SensitivityQuestion& question_;
  const std::array<CostShare, kCostClassCount>& shares_;
  const Accelerator& part_;
  const System& system_;
  const TrainingPlan& plan_;
  std::vector<VariedInput> inputs_;
};

}  // namespace

std::vector<VariedInput> varied_inputs(const SensitivityQuestion& question,
                                       const std::array<CostShare, kCostClassCount>& shares) {
  return Inputs(question, shares).run();
}

}  // namespace polyfleet
