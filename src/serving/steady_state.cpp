#include "serving/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "serving/steady_point.hpp"

namespace polyfleet {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Where `excess`, which grows, passes zero between low (below) and high (above, maybe infinite),
/// from below:
/// false position, halving where it crawls (Illinois, Dowell and Jarratt, BIT 11, 1971).
template <class F>
double crossing(double low, double high, const F& excess) {
  constexpr int kRounds = 60;
  constexpr double kClose = 1e-10;
  double at_low = excess(low), at_high = excess(high);
  if (!(at_low < 0)) return low;
  if (!(at_high > 0)) return high;
  int side = 0;
  for (int round = 0; round < kRounds && high - low > kClose * (std::abs(high) + kClose); ++round) {
    const double line = high - at_high * (high - low) / (at_high - at_low);
    const double middle =
        std::isfinite(line) && line > low && line < high ? line : (low + high) / 2;
    const double value = excess(middle);
    if (std::abs(value) <= kClose) return middle;
    if (value > 0) {
      high = middle;
      at_high = value;
      if (side == 1) at_low /= 2;
      side = 1;
    } else {
      low = middle;
      at_low = value;
      if (side == -1) at_high /= 2;
      side = -1;
    }
  }
  return low;
}

/// Cache blocks and sequences that a replica has room for.
struct Seats {
  double most = 0;         ///< sequences at once
  double tokens_each = 0;  ///< of cache, mean over a sequence's stay
  double cache_tokens = 0;
  bool by_cache = false;
  bool request_fits = true;
};

Seats seats_of(const EngineSettings& settings, const SteadyShape& shape) {
  Seats seats;
  const auto block = static_cast<double>(settings.block_tokens);
  seats.cache_tokens = static_cast<double>(settings.cache_blocks) * block;
  const double longest = shape.input + shape.output;
  seats.request_fits =
      longest <= seats.cache_tokens &&
      (settings.max_model_length == 0 || longest <= static_cast<double>(settings.max_model_length));
  seats.tokens_each = shape.context + block / 2;  // the last block is half empty on average
  const double claimed = settings.reserve_output ? longest + block / 2 : seats.tokens_each;
  const double by_cache = seats.cache_tokens * (1 - settings.watermark) / claimed;
  const auto by_setting = static_cast<double>(settings.max_sequences);
  seats.by_cache = by_cache < by_setting;
  seats.most = std::max(1.0, std::min(by_cache, by_setting));
  return seats;
}

/// A replica under one kind of load: its points by one growing variable, and the search among them.
class SteadySolver {
 public:
  SteadySolver(const SteadyEngine& engine, const SteadyLoad& load, const SteadyShape& shape)
      : engine_(engine),
        load_(load),
        shape_(shape),
        seats_(seats_of(engine.settings, shape)),
        others_(others_in(load, seats_)),
        points_(engine, shape, {others_, load.concurrency > 0}) {}

  bool request_fits() const { return seats_.request_fits; }

  SteadyState closed() const {
    const double users = load_.concurrency;
    const double highest = top();
    const auto population = [&](const SteadyPoint& point) {
      return point.rate * (front_end() + point.in_replica(shape_.steps));
    };
    double at = crossing(0, highest, [&](double x) { return population(point(x)) - users; });
    SteadyPoint found = point(at);
    bool full = found.seated() > seats_.most;
    if (full) {
      at = crossing(0, highest, [&](double x) { return point(x).seated() - seats_.most; });
      found = point(at);
    }
    const double queue = std::max(0.0, users / found.rate - population(found) / found.rate);
    SteadyState state = state_at(found, full ? queue : 0);
    if (full) state.limit = seat_limit();
    return state;
  }

  SteadyState open() const {
    const double wanted = load_.requests_per_second;
    const double most = saturation();
    if (!(wanted < point(most).rate)) {
      SteadyState state = state_at(point(most), kInfinity);
      state.stable = false;
      state.limit = limit_at(point(most));
      return state;
    }
    const double at = crossing(0, most, [&](double x) { return point(x).rate - wanted; });
    const SteadyPoint found = point(at);
    return state_at(found, seat_queue(found));
  }

  /// The busiest point whose means stay within the bounds.
  SteadyState most_within(Seconds ttft, Seconds tpot) const {
    const double most = saturation();
    const auto state = [&](double x) {
      const SteadyPoint found = point(x);
      return state_at(found, seat_queue(found));
    };
    const auto excess = [&](double x) {
      const SteadyState there = state(x);
      const double over =
          std::max(there.ttft / second - ttft / second, there.tpot / second - tpot / second);
      return std::isnan(over) ? kInfinity : over;
    };
    constexpr double kIdle = 1e-6;  // of the saturated point
    constexpr double kNearlyFull = 1 - 1e-6;
    if (excess(kIdle * most) > 0) {
      SteadyState idle = state(kIdle * most);
      idle.stable = false;
      idle.limit = idle.ttft > ttft ? "TTFT of an idle replica" : "TPOT of an idle replica";
      return idle;
    }
    SteadyState found = state(crossing(kIdle * most, kNearlyFull * most, excess));
    return found;
  }

 private:
  /// What an arrival finds of the mean population: all of an open stream; in a closed loop all but
  /// its own part, of the users or of the seats where these are fewer.
  static double others_in(const SteadyLoad& load, const Seats& seats) {
    if (!(load.concurrency > 0)) return 1;
    const double population = std::min(load.concurrency, seats.most);
    return std::max(0.0, (population - 1) / population);
  }
  double front_end() const { return seconds_of_picos(engine_.settings.front_end) / second; }
  double first_token_delay() const {
    return seconds_of_picos(engine_.settings.first_token_delay) / second;
  }

  SteadyPoint point(double x) const {
    return shape_.steps > 0 ? points_.decoding(x) : points_.prefilling(x);
  }
  /// The largest value of the variable that can matter.
  double top() const {
    constexpr double kShort = 1 - 1e-9;
    return shape_.steps > 0 ? seats_.most : kShort * points_.most_prompts(0);
  }
  /// The busiest point that an open stream can reach: prompts keep up and nobody lacks a seat.
  double saturation() const {
    return crossing(0, top(), [&](double x) {
      const SteadyPoint there = point(x);
      if (!std::isfinite(there.congestion)) return kInfinity;
      return there.seated() - seats_.most;
    });
  }
  std::string seat_limit() const { return seats_.by_cache ? "cache" : "max sequences"; }
  std::string limit_at(const SteadyPoint& point) const {
    constexpr double kNearlyAll = 0.99;
    if (point.seated() > kNearlyAll * seats_.most) return seat_limit();
    return point.prefill > 0.5 ? "compute of prefill" : "decode steps";
  }
  /// Wait for a seat among G/G/m servers (Allen-Cunneen with Sakasegawa's m-server term, Annals of
  /// the Institute of Statistical Mathematics 29, 1977).
  double seat_queue(const SteadyPoint& point) const {
    const double load = point.seated() / seats_.most;
    if (load >= 1) return kInfinity;
    const double spread =
        (1 + load_.output_variation * load_.output_variation) / 2;  // Poisson arrivals
    const double exponent = std::sqrt(2 * (seats_.most + 1)) - 1;
    return spread * std::pow(load, exponent) / (seats_.most * (1 - load)) *
           (point.seated() / point.rate);
  }

  SteadyState state_at(const SteadyPoint& point, double seat_wait) const {
    SteadyState state;
    const double gap = point.step / shape_.tokens_a_step;
    const double held = static_cast<double>(engine_.settings.first_token_steps) * point.step;
    const double before = front_end() + seat_wait + point.residual + point.congestion + point.own;
    const double first = shape_.prompt > 0 ? before + first_token_delay() : 0;
    state.end_to_end = (std::max(before, first) + shape_.steps * point.step) * second;
    state.ttft = shape_.prompt > 0 ? (first + held) * second : 0 * second;
    state.tpot = gap * second;
    state.running = point.seated();
    state.requests_per_second = point.rate;
    const double output = shape_.prompt > 0 ? shape_.output : shape_.output - 1;
    state.output_rate = point.rate * output * token_per_second;
    state.total_rate = point.rate * (shape_.input + output) * token_per_second;
    state.limit = limit_at(point);
    state.cache_share = std::min(1.0, point.seated() * seats_.tokens_each / seats_.cache_tokens);
    const double busy = busy_share(point);
    state.prefill_share = busy > 0 ? std::min(1.0, point.prefill / busy) : 0;
    if (shape_.steps <= 0) state.prefill_share = 1;
    add_power(state, busy);
    state.log_sigma = engine_.log_sigma;
    return state;
  }

  /// Share of time in which the replica has something to do.
  double busy_share(const SteadyPoint& point) const {
    const double inside = point.rate * point.in_replica(shape_.steps);
    if (!std::isfinite(inside)) return 1;
    const double users = load_.concurrency;
    if (!(users > 0)) return -std::expm1(-inside);
    return 1 - std::pow(std::max(0.0, 1 - inside / users), users);
  }

  void add_power(SteadyState& state, double busy) const {
    const ReplicaPower& power = engine_.power;
    if (!power.known) return;
    const Watts working =
        state.prefill_share * power.prefilling + (1 - state.prefill_share) * power.decoding;
    state.power = power.pue * ((1 - busy) * power.idle + busy * working);
    if (state.output_rate > 0 * token_per_second)
      state.energy_per_output_token = state.power / state.output_rate * token;
  }

  const SteadyEngine& engine_;
  const SteadyLoad& load_;
  SteadyShape shape_;
  Seats seats_;
  double others_;
  SteadyPoints points_;
};

SteadyState unservable() {
  SteadyState state;
  state.stable = false;
  state.limit = "a request is longer than the cache or the model allows";
  return state;
}

SteadyState solve(const SteadyEngine& engine, const SteadyLoad& load, const SteadyShape& shape) {
  POLYFLEET_CHECK((load.concurrency > 0) != (load.requests_per_second > 0),
                  "a steady load is closed or open");
  const SteadySolver solver(engine, load, shape);
  if (!solver.request_fits()) return unservable();
  return load.concurrency > 0 ? solver.closed() : solver.open();
}

SteadyShape shape_of(const SteadyEngine& engine, const SteadyLoad& load) {
  POLYFLEET_CHECK(load.input_tokens >= 1 && load.output_tokens >= 1 && load.cached_share < 1,
                  "a steady load has prompts and outputs");
  POLYFLEET_CHECK(engine.settings.cache_blocks > 0, "an engine without cache");
  return steady_shape(engine.settings, load);
}

/// The models' uncertainty where the replica works.
SteadyState with_sigma(SteadyState state, const EngineModel& engine, const SteadyLoad& load) {
  const auto decoding = std::max<std::int64_t>(1, std::llround(state.running));
  const double context = load.input_tokens + load.output_tokens / 2;
  state.log_sigma = engine.explain({decoding, 0, decoding}, context, 0, 0).log_sigma;
  return state;
}

}  // namespace

SteadyEngine steady_engine(const EngineModel& engine) {
  return {engine, engine.settings(), engine.power(), 0};
}

SteadyState steady_state(const SteadyEngine& engine, const SteadyLoad& load) {
  return solve(engine, load, shape_of(engine, load));
}

SteadyState prefill_steady_state(const SteadyEngine& engine, const SteadyLoad& load) {
  SteadyLoad prompts = load;
  prompts.output_tokens = 1;
  prompts.output_variation = 0;
  return solve(engine, prompts, shape_of(engine, prompts));
}

SteadyState decode_steady_state(const SteadyEngine& engine, const SteadyLoad& load) {
  SteadyShape shape = shape_of(engine, load);
  shape.prompt = 0;
  if (!(shape.steps > 0)) {  // every output is over with its first token
    SteadyState nothing;
    nothing.requests_per_second = load.requests_per_second;
    nothing.limit = "nothing to decode";
    return nothing;
  }
  return solve(engine, load, shape);
}

SteadyState most_within(const SteadyEngine& engine, const SteadyLoad& load, Seconds ttft,
                        Seconds tpot) {
  SteadyLoad open = load;
  open.concurrency = 0;
  const SteadySolver solver(engine, open, shape_of(engine, open));
  return solver.request_fits() ? solver.most_within(ttft, tpot) : unservable();
}

SteadyState steady_state(const EngineModel& engine, const SteadyLoad& load) {
  return with_sigma(steady_state(steady_engine(engine), load), engine, load);
}
SteadyState prefill_steady_state(const EngineModel& engine, const SteadyLoad& load) {
  return with_sigma(prefill_steady_state(steady_engine(engine), load), engine, load);
}
SteadyState decode_steady_state(const EngineModel& engine, const SteadyLoad& load) {
  return with_sigma(decode_steady_state(steady_engine(engine), load), engine, load);
}
SteadyState most_within(const EngineModel& engine, const SteadyLoad& load, Seconds ttft,
                        Seconds tpot) {
  return with_sigma(most_within(steady_engine(engine), load, ttft, tpot), engine, load);
}

}  // namespace polyfleet
