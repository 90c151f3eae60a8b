#include "capital/tornado.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/parallel_work.hpp"
#include "sim/running_statistics.hpp"

namespace polyfleet {
namespace {

/// So high that every event happens.
constexpr double kSurely = 8;
/// Outages of so many futures are ordered by their loss; a percentile is one of them.
constexpr int kOutageDraws = 99;

/// Capacity that outages take, in watts times seconds of what was planned where they strike.
double loss_of(const FleetModel& model, const std::vector<Outage>& outages) {
  double loss = 0;
  for (const Outage& outage : outages) {
    double power = 0;
    for (const FleetPhase& phase : model.phases) {
      const SiteModel& site = model.sites[static_cast<std::size_t>(phase.site)];
      const DeviceClass& part = model.classes[static_cast<std::size_t>(phase.device_class)];
      const bool struck = (outage.site.empty() || outage.site == site.id) &&
                          (outage.device_class.empty() || outage.device_class == part.id);
      if (struck) power += phase.power / watt;
    }
    loss += power * outage.capacity_lost * (outage.duration / second);
  }
  return loss;
}

/// Outages at the 10th, 50th and 90th percentile of their loss.
struct OutageTenths {
  std::vector<Outage> low, middle, high;
};

OutageTenths outage_tenths(const FuturesQuestion& question,
                           const std::vector<UncertainInput>& inputs) {
  OutageTenths tenths;
  std::vector<std::pair<double, std::vector<Outage>>> drawn;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].kind != DrawnInputKind::outages) continue;
    for (int n = 0; n < kOutageDraws; ++n) {
      const auto future = static_cast<std::uint64_t>(n);
      const double z = random_draw({inputs[i]}, question.seed, future)[0][0];
      VariationContext context{question.model, question.spec, question.outages,
                               outage_seed(question.seed, future)};
      std::vector<Outage> outages = future_outages(context, std::exp(inputs[i].above[0] * z));
      const double loss = loss_of(*question.model, outages);
      drawn.emplace_back(loss, std::move(outages));
    }
  }
  if (drawn.empty()) return tenths;
  std::stable_sort(drawn.begin(), drawn.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto at = [&](double share) {
    return drawn[static_cast<std::size_t>(std::lround(share * (kOutageDraws - 1)))].second;
  };
  tenths = {at(1 - kUpperTenth), at(0.5), at(kUpperTenth)};
  return tenths;
}

/// Of an event with several members the one that weighs most happens.
std::size_t heaviest(const FleetModel& model, const UncertainInput& input) {
  std::size_t best = 0;
  if (input.kind != DrawnInputKind::cancellation) return best;
  const auto power = [&](std::size_t i) {
    return model.phases[static_cast<std::size_t>(input.members[i])].power;
  };
  for (std::size_t i = 1; i < input.members.size(); ++i)
    if (power(best) < power(i)) best = i;
  return best;
}

class TornadoMaker {
 public:
  TornadoMaker(const FuturesQuestion& question)
      : question_(question),
        table_(*question.model),
        inputs_(uncertain_inputs(*question.model, *question.spec, *question.outages)),
        tenths_(outage_tenths(question, inputs_)) {}

  Tornado make(unsigned threads, const std::atomic<bool>* stop) {
    add_case(-1, 0);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (!inputs_[i].event) add_case(static_cast<int>(i), -1);
      add_case(static_cast<int>(i), 1);
    }
    std::vector<std::vector<double>> values(cases_.size());
    Tornado answer;
    answer.interrupted = !do_in_parallel(cases_.size(), threads, stop, [&](std::size_t i) {
      FleetRunOptions options;
      options.with_series = false;
      options.stop = stop;
      const FleetRun run = question_.simulate(*question_.model, cases_[i].variation, options);
      if (!run.interrupted) values[i] = table_.values(run);
    });
    answer.outcomes = table_.outcomes();
    answer.inputs = inputs_;
    answer.median = values[0];
    collect(values, answer);
    return answer;
  }

 private:
  /// Input -1: everything at its median.
  struct Case {
    int input = -1;
    int side = 0;  ///< -1: 10th percentile, 1: 90th
    FleetVariation variation;
  };

  void add_case(int input, int side) {
    InputDraw draw = median_draw(inputs_);
    VariationContext context{question_.model, question_.spec, question_.outages, 0, true,
                             &tenths_.middle};
    if (input >= 0) {
      const UncertainInput& moved = inputs_[static_cast<std::size_t>(input)];
      std::vector<double>& normals = draw[static_cast<std::size_t>(input)];
      if (moved.kind == DrawnInputKind::outages) {
        context.given = side < 0 ? &tenths_.low : &tenths_.high;
      } else if (moved.event) {
        normals[heaviest(*question_.model, moved)] = kSurely;
      } else {
        std::fill(normals.begin(), normals.end(),
                  side * normal_quantile(kUpperTenth) * moved.spread_of_mean());
      }
    }
    cases_.push_back({input, side, variation_of(context, inputs_, draw)});
  }

  void collect(const std::vector<std::vector<double>>& values, Tornado& answer) const {
    if (values[0].empty()) return;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      TornadoBar bar{static_cast<int>(i), {}, {}};
      if (inputs_[i].event) bar.low = values[0];
      for (std::size_t c = 0; c < cases_.size(); ++c) {
        if (cases_[c].input != static_cast<int>(i)) continue;
        (cases_[c].side < 0 ? bar.low : bar.high) = values[c];
      }
      if (!bar.low.empty() && !bar.high.empty()) answer.bars.push_back(std::move(bar));
    }
  }

  const FuturesQuestion& question_;
  OutcomeTable table_;
  std::vector<UncertainInput> inputs_;
  OutageTenths tenths_;
  std::vector<Case> cases_;
};

/// Two days that never come do not differ; one that never comes is wider than all others.
double distance(double a, double b) {
  if (std::isinf(a) && std::isinf(b)) return 0;
  return std::abs(a - b);
}

}  // namespace

double Tornado::width(int bar, int outcome) const {
  const TornadoBar& each = bars[static_cast<std::size_t>(bar)];
  const auto at = static_cast<std::size_t>(outcome);
  return std::max({distance(each.low[at], each.high[at]), distance(each.low[at], median[at]),
                   distance(each.high[at], median[at])});
}

std::vector<int> Tornado::sorted_for(int outcome) const {
  std::vector<int> order(bars.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return width(a, outcome) > width(b, outcome); });
  return order;
}

Tornado tornado(const FuturesQuestion& question, unsigned threads, const std::atomic<bool>* stop) {
  return TornadoMaker(question).make(threads, stop);
}

std::vector<int> headline_outcomes(const std::vector<Outcome>& outcomes) {
  std::vector<int> headlines;
  for (const char* id :
       {"npv", "cost", "token_cost", "gigawatt_year_cost", "revenue", "tokens", "training_flop",
        "grid_energy", "carbon_location_based", "carbon_embodied", "gigawatt_years"}) {
    const int index = outcome_index(outcomes, id);
    if (index >= 0) headlines.push_back(index);
  }
  return headlines;
}

}  // namespace polyfleet
