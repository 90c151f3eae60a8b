// Interleaved 1F1B (Narayanan et al., arXiv:2104.04473, section 2.2; order as in Megatron-Core's
// forward_backward_pipelining_with_interleaving): each device holds v chunks of layers and takes
// micro-batches in groups, chunk after chunk. Device i runs 2(p - i - 1) + (v - 1) n forwards
// ahead.
#include <algorithm>
#include <bit>

#include "base/check.hpp"
#include "training/event_schedule.hpp"
#include "training/schedule_waves.hpp"

namespace polyfleet {

std::int64_t interleaved_group(int devices, std::int64_t micro_batches) {
  if (micro_batches <= devices) return micro_batches;
  std::int64_t group = devices;
  while (micro_batches % group != 0 && micro_batches % group < devices) ++group;
  return group;
}

namespace {

/// Where the q-th task of a device falls: which pass over the chunks, and which micro-batch.
struct Place {
  std::int64_t round;  ///< 0 = first chunk taken
  std::int64_t micro_batch;
};

Place place_of(std::int64_t q, std::int64_t virtual_stages, std::int64_t group,
               std::int64_t micro_batches) {
  const std::int64_t whole = virtual_stages * group;
  const std::int64_t first = q / whole * group;
  const std::int64_t size = std::min(group, micro_batches - first);
  const std::int64_t within = q % whole;
  return {within / size, first + within % size};
}

}  // namespace

DeviceOrder interleaved_order(const PipelineShape& shape, int device) {
  const std::int64_t p = shape.stages, v = shape.virtual_stages, m = shape.micro_batches;
  if (v == 1) return one_forward_one_backward_order(shape, device);
  const std::int64_t group = interleaved_group(shape.stages, m);
  const std::int64_t all = v * m;
  const std::int64_t ahead =
      m < p ? all : std::min<std::int64_t>(2 * (p - device - 1) + (v - 1) * group, all);
  const auto task = [&](TaskKind kind, std::int64_t q) {
    const Place place = place_of(q, v, group, m);
    const std::int64_t round = kind == TaskKind::forward ? place.round : v - 1 - place.round;
    return OrderedTask{kind, static_cast<int>(round * p) + device, place.micro_batch};
  };
  DeviceOrder order;
  for (std::int64_t q = 0; q < ahead; ++q) order.push_back(task(TaskKind::forward, q));
  for (std::int64_t q = 0; q < all; ++q) {
    if (q + ahead < all) order.push_back(task(TaskKind::forward, q + ahead));
    order.push_back(task(TaskKind::backward, q));
  }
  return order;
}

namespace {

/// Wave w: device i runs forward w - i, then backward w - lag + i, lag = (v - 1) n + 2 (p - 1);
/// every input was made in wave w - 1, or n - p waves before that where a micro-batch wraps around
/// to the next chunk. Devices of a wave are independent, so the loops over them vectorise.
class InterleavedWaves {
 public:
  InterleavedWaves(const std::vector<WaveStage>& chunks, int devices, std::int64_t micro_batches)
      : chunks_(chunks),
        p_(devices),
        v_(static_cast<std::int64_t>(chunks.size()) / devices),
        m_(micro_batches),
        group_(interleaved_group(devices, micro_batches)),
        all_(v_ * m_),
        lag_((v_ - 1) * group_ + 2 * (p_ - 1)),
        history_(std::bit_ceil(static_cast<std::uint64_t>(2 * group_ + 2))),
        free_(chunks.size() / static_cast<std::size_t>(v_)),
        forward_cost_(free_),
        backward_cost_(free_),
        forward_flight_(free_),
        backward_flight_(free_),
        sent_(free_.size() + 1),
        sent_next_(sent_),
        gradient_(sent_),
        gradient_next_(sent_),
        old_sent_(static_cast<std::size_t>(history_)),
        old_gradient_(old_sent_) {}

  double run() {
    std::int64_t check = lag_ + v_ * group_;
    for (std::int64_t wave = 0; wave < all_ + lag_; ++wave) {
      one_wave(wave);
      if (wave != check) continue;
      wave += skip(wave);
      check = wave + v_ * group_;
    }
    return *std::max_element(free_.begin(), free_.end());
  }

 private:
  struct Cursor {
    std::int64_t start = 0;  ///< first task of the current round
    std::int64_t size = 0;   ///< micro-batches of the current group
    std::int64_t round = -1;
    std::int64_t end() const { return start + size; }
  };

  /// Moves on to the round that holds task q, if that has begun.
  void follow(Cursor& cursor, std::int64_t q) const {
    if (q < cursor.end() || q >= all_) return;
    cursor.start = q;
    cursor.round = place_of(q, v_, group_, m_).round;
    cursor.size = std::min(group_, m_ - q / (v_ * group_) * group_);
  }

  std::size_t slot(std::int64_t wave) const {
    return static_cast<std::uint64_t>(wave) & (history_ - 1);
  }

  /// The value that a wrap-around needs: made `size - p + 1` waves ago.
  double wrapped(const std::vector<double>& old, std::int64_t wave, const Cursor& cursor) const {
    return cursor.round == 0 ? 0 : old[slot(wave - (cursor.size - p_ + 1))];
  }

  void one_wave(std::int64_t wave) {
    const std::int64_t backward_wave = wave - lag_ + p_ - 1;  // task of device p - 1
    follow(forward_, wave);
    if (backward_wave >= 0) follow(backward_, backward_wave);
    enter_round(wave, backward_wave);
    sent_[0] = wave < all_ ? wrapped(old_sent_, wave, forward_) : 0;
    gradient_[static_cast<std::size_t>(p_)] =
        backward_wave >= 0 && backward_wave < all_ ? wrapped(old_gradient_, wave, backward_) : 0;
    if (wave >= lag_ && wave < all_) {
      both();
    } else {
      forwards(std::max<std::int64_t>(0, wave - all_ + 1), std::min(p_, wave + 1));
      backwards(std::max<std::int64_t>(0, lag_ - wave), std::min(p_, all_ + lag_ - wave));
    }
    sent_.swap(sent_next_);
    gradient_.swap(gradient_next_);
    old_sent_[slot(wave)] = sent_[static_cast<std::size_t>(p_)];
    old_gradient_[slot(wave)] = gradient_[0];
  }

  /// At most one device a wave begins a new round in each direction.
  void enter_round(std::int64_t wave, std::int64_t backward_wave) {
    const std::int64_t ahead = wave - forward_.start;
    if (ahead < p_) {
      const auto i = static_cast<std::size_t>(ahead);
      const WaveStage& stage = chunks_[static_cast<std::size_t>(forward_.round * p_ + ahead)];
      forward_cost_[i] = stage.forward;
      forward_flight_[i] = stage.forward_flight;
    }
    const std::int64_t behind = p_ - 1 - (backward_wave - backward_.start);
    if (backward_wave >= 0 && behind >= 0) {
      const auto i = static_cast<std::size_t>(behind);
      const WaveStage& stage =
          chunks_[static_cast<std::size_t>((v_ - 1 - backward_.round) * p_ + behind)];
      backward_cost_[i] = stage.backward + stage.weight;
      backward_flight_[i] = stage.backward_flight;
    }
  }

  void forwards(std::int64_t low, std::int64_t high) {
    double* __restrict free = free_.data();
    double* __restrict next = sent_next_.data();
    const double* __restrict sent = sent_.data();
    const double* __restrict cost = forward_cost_.data();
    const double* __restrict flight = forward_flight_.data();
    for (std::int64_t i = low; i < high; ++i) {
      const double end = (free[i] < sent[i] ? sent[i] : free[i]) + cost[i];
      free[i] = end;
      next[i + 1] = end + flight[i];
    }
  }

  void backwards(std::int64_t low, std::int64_t high) {
    double* __restrict free = free_.data();
    double* __restrict next = gradient_next_.data();
    const double* __restrict gradient = gradient_.data();
    const double* __restrict cost = backward_cost_.data();
    const double* __restrict flight = backward_flight_.data();
    for (std::int64_t i = low; i < high; ++i) {
      const double end = (free[i] < gradient[i + 1] ? gradient[i + 1] : free[i]) + cost[i];
      free[i] = end;
      next[i] = end + flight[i];
    }
  }

  /// The steady wave: a forward and a backward on every device.
  void both() {
    double* __restrict free = free_.data();
    double* __restrict sent_next = sent_next_.data();
    double* __restrict gradient_next = gradient_next_.data();
    const double* __restrict sent = sent_.data();
    const double* __restrict gradient = gradient_.data();
    const double* __restrict forward_cost = forward_cost_.data();
    const double* __restrict forward_flight = forward_flight_.data();
    const double* __restrict backward_cost = backward_cost_.data();
    const double* __restrict backward_flight = backward_flight_.data();
    const std::int64_t devices = p_;
    for (std::int64_t i = 0; i < devices; ++i) {
      const double input = gradient[i + 1];
      const double forward = (free[i] < sent[i] ? sent[i] : free[i]) + forward_cost[i];
      const double backward = (forward < input ? input : forward) + backward_cost[i];
      free[i] = backward;
      sent_next[i + 1] = forward + forward_flight[i];
      gradient_next[i] = backward + backward_flight[i];
    }
  }

  /// Waves that need not be run: whole groups, once a group only shifts the state.
  std::int64_t skip(std::int64_t wave) {
    std::vector<double> state = free_;
    state.insert(state.end(), sent_.begin() + 1, sent_.end());
    state.insert(state.end(), gradient_.begin(), gradient_.end() - 1);
    for (std::int64_t back = 0; back <= group_ - p_; ++back) {
      state.push_back(old_sent_[slot(wave - back)]);
      state.push_back(old_gradient_[slot(wave - back)]);
    }
    double shift = 0;
    std::int64_t groups = 0;
    const std::int64_t period = v_ * group_;
    if (!before_.empty() && shifted_copy(before_, state, shift)) {
      groups = std::max<std::int64_t>(0, (m_ / group_ * period - wave - 1) / period);
      if (groups > 0) jump(static_cast<double>(groups) * shift, groups * period, wave);
    }
    before_ = std::move(state);
    return groups * period;
  }

  void jump(double time, std::int64_t waves, std::int64_t wave) {
    for (auto* times : {&free_, &sent_, &gradient_})
      for (double& t : *times) t += time;
    std::vector<double> sent(old_sent_), gradient(old_gradient_);
    for (std::int64_t back = 0; back <= group_; ++back) {
      old_sent_[slot(wave + waves - back)] = sent[slot(wave - back)] + time;
      old_gradient_[slot(wave + waves - back)] = gradient[slot(wave - back)] + time;
    }
    forward_.start += waves;
    backward_.start += waves;
  }

  const std::vector<WaveStage>& chunks_;
  std::int64_t p_, v_, m_, group_, all_, lag_;
  std::uint64_t history_;  ///< a power of two
  std::vector<double> free_, forward_cost_, backward_cost_, forward_flight_, backward_flight_;
  std::vector<double> sent_, sent_next_;  ///< [i + 1]: when the last forward of device i arrives
  std::vector<double> gradient_,
      gradient_next_;  ///< [i]: when the last gradient of device i arrives
  std::vector<double> old_sent_, old_gradient_;  ///< of the ends of the ring, by wave
  std::vector<double> before_;
  Cursor forward_, backward_;
};

}  // namespace

double interleaved_makespan(const std::vector<WaveStage>& chunks, int devices,
                            std::int64_t micro_batches) {
  POLYFLEET_CHECK(micro_batches >= devices, "interleaved waves need a micro-batch per device");
  return InterleavedWaves(chunks, devices, micro_batches).run();
}

}  // namespace polyfleet
