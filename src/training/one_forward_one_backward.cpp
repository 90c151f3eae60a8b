// 1F1B (PipeDream-Flush; Narayanan et al., arXiv:2104.04473): stage i runs p - i - 1 forwards
// ahead, then alternates. The recurrence also serves ZB-H1 (zero_bubble.cpp).
#include <algorithm>
#include <cmath>

#include "training/event_schedule.hpp"
#include "training/schedule_waves.hpp"

namespace polyfleet {

DeviceOrder one_forward_one_backward_order(const PipelineShape& shape, int device) {
  const std::int64_t ahead = std::min<std::int64_t>(shape.stages - device - 1, shape.micro_batches);
  DeviceOrder order;
  for (std::int64_t k = 0; k < ahead; ++k) order.push_back({TaskKind::forward, device, k});
  for (std::int64_t k = 0; k < shape.micro_batches; ++k) {
    if (k + ahead < shape.micro_batches) order.push_back({TaskKind::forward, device, k + ahead});
    order.push_back({TaskKind::backward, device, k});
  }
  return order;
}

bool shifted_copy(const std::vector<double>& before, const std::vector<double>& now,
                  double& shift) {
  constexpr double kRounding = 1e-12;
  shift = now.front() - before.front();
  const double allowed = kRounding * std::abs(now.front());
  for (std::size_t i = 1; i < now.size(); ++i) {
    if (std::abs(now[i] - before[i] - shift) > allowed) return false;
  }
  return true;
}

namespace {

/// Wave k: stage i runs forward k + p - 1 - i, whose input stage i - 1 made in wave k - 1, then
/// backward k, whose input stage i + 1 made earlier in the same wave.
class AlternatingWaves {
 public:
  AlternatingWaves(const std::vector<WaveStage>& stages, std::int64_t micro_batches, bool split)
      : stages_(stages),
        split_(split),
        p_(static_cast<std::int64_t>(stages.size())),
        m_(micro_batches),
        state_(2 * stages.size()) {}

  double run() {
    for (std::int64_t wave = 1 - p_; wave < m_; ++wave) {
      if (wave >= p_ && wave + p_ < m_) {
        steady_wave();
        if (wave % p_ == 0) wave += skip(wave);
      } else {
        edge_wave(wave);
      }
    }
    double last = 0;
    for (std::int64_t i = 0; i < p_; ++i) {
      const double late = split_ ? static_cast<double>(std::min(i, m_)) * stage(i).weight : 0;
      last = std::max(last, free(i) + late);
    }
    return last;
  }

 private:
  const WaveStage& stage(std::int64_t i) const { return stages_[static_cast<std::size_t>(i)]; }
  double& free(std::int64_t i) { return state_[static_cast<std::size_t>(2 * i)]; }
  double& sent(std::int64_t i) { return state_[static_cast<std::size_t>(2 * i + 1)]; }

  void steady_wave() {
    double arrived = 0;
    for (std::int64_t i = p_ - 1; i >= 0; --i) {
      const WaveStage& own = stage(i);
      const double input = i > 0 ? sent(i - 1) : 0;
      const double forward = std::max(free(i), input) + own.forward;
      sent(i) = forward + own.forward_flight;
      const double backward = std::max(forward, arrived) + own.backward;
      arrived = backward + own.backward_flight;
      free(i) = backward + own.weight;
    }
  }

  void edge_wave(std::int64_t wave) {
    double arrived = 0;
    for (std::int64_t i = p_ - 1; i >= 0; --i) {
      const WaveStage& own = stage(i);
      const std::int64_t k = wave + p_ - 1 - i;
      if (k >= 0 && k < m_) {
        const double input = i > 0 ? sent(i - 1) : 0;
        free(i) = std::max(free(i), input) + own.forward;
        sent(i) = free(i) + own.forward_flight;
      }
      if (wave < 0) continue;
      free(i) = std::max(free(i), arrived) + own.backward;
      arrived = free(i) + own.backward_flight;
      if (split_ && wave >= i) free(i) += own.weight;
    }
  }

  /// Waves that need not be run: whole multiples of p, once p waves only shift the state.
  std::int64_t skip(std::int64_t wave) {
    double shift = 0;
    std::int64_t periods = 0;
    if (!before_.empty() && shifted_copy(before_, state_, shift)) {
      periods = (m_ - p_ - 1 - wave) / p_;
      for (double& time : state_) time += shift * static_cast<double>(periods);
    }
    before_ = state_;
    return periods * p_;
  }

  const std::vector<WaveStage>& stages_;
  bool split_;
  std::int64_t p_, m_;
  std::vector<double> state_;  ///< per stage: when it is free, when its last forward arrives
  std::vector<double> before_;
};

}  // namespace

double alternating_makespan(const std::vector<WaveStage>& stages, std::int64_t micro_batches,
                            bool split_weight) {
  return AlternatingWaves(stages, micro_batches, split_weight).run();
}

}  // namespace polyfleet
