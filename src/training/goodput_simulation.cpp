#include "training/goodput_simulation.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel_work.hpp"
#include "sim/event_queue.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {
namespace {

enum class Happening { failure, planned_stop, resume, repaired, finished };

/// Time that the clock of integer nanoseconds surely holds (64 years), and beyond which a draw need
/// not be told apart.
constexpr double kLongestRun = 2e9, kLongestWait = 4e9;

/// An event and the epoch of the state that it belongs to; what changes the state begins a new
/// epoch and so withdraws what was planned before. Repairs go on whatever the run does.
struct RunEvent {
  Happening what;
  std::int64_t epoch;
};

enum class State { training, recovering, stopped, waiting };

class RunPlayer {
 public:
  RunPlayer(const RunProcess& process, std::uint64_t seed, std::uint64_t stream)
      : process_(process),
        random_(seed, stream),
        work_(ticks_of(process.work)),
        interval_(std::max<Tick>(1, ticks_of(process.interval))),
        blocking_(ticks_of(process.blocking)),
        background_(ticks_of(process.background)),
        limit_(
            ticks_of(std::min(kLongestStretch * (process.work / second), kLongestRun) * second)) {}

  SimulatedRun play() {
    begin_training(0);
    while (!done_) {
      const auto [now, event] = events_.pop();
      if (now > limit_) {
        give_up();
      } else if (event.what == Happening::repaired || event.epoch == epoch_) {
        take(now, event.what);
      }
    }
    return run_;
  }

 private:
  Tick cycle() const { return interval_ + blocking_; }

  void plan(Tick time, Happening what) { events_.push(time, {what, epoch_}); }

  /// An exponential wait.
  Tick wait(double mean) {
    return ticks_of(std::min(random_.exponential(mean), kLongestWait) * second);
  }

  void plan_after(Tick now, Hertz rate, Happening what) {
    if (rate > 0 * hertz) plan(now + wait(1 / rate.base()), what);
  }

  /// From `safe_` on, no snapshot pending.
  void begin_training(Tick now) {
    begin(now, State::training);
    const Tick left = work_ - safe_;
    const Tick snapshots = std::max<Tick>(0, (left - 1) / interval_);  // none at the end
    const Seconds needed =
        seconds_of(left) + static_cast<double>(snapshots) * seconds_of(blocking_);
    plan(now + ticks_of(min(needed, kLongestWait * second)), Happening::finished);
    plan_after(now, process_.failure_rate, Happening::failure);
    plan_after(now, process_.planned_rate, Happening::planned_stop);
  }

  void begin(Tick now, State state) {
    state_ = state;
    since_ = now;
    ++epoch_;
  }

  void take(Tick now, Happening what) {
    switch (what) {
      case Happening::failure:
        return fail(now);
      case Happening::planned_stop:
        return stop(now);
      case Happening::resume:
        account(now);
        return begin_training(now);
      case Happening::repaired:
        --in_repair_;
        if (state_ == State::waiting && in_repair_ <= process_.spare_nodes) {
          account(now);
          recover(now);
        }
        return;
      case Happening::finished:
        account(now);
        run_.length = seconds_of(now);
        done_ = true;
        return;
    }
  }

  void fail(Tick now) {
    ++run_.failures;
    if (state_ == State::training) safe_ = safe_position(now);
    account(now);
    if (process_.replacing_share > 0 && random_.chance(process_.replacing_share)) {
      ++in_repair_;
      events_.push(now + wait(process_.repair / second), {Happening::repaired, 0});
      if (in_repair_ > process_.spare_nodes) return begin(now, State::waiting);
    }
    recover(now);
  }

  void recover(Tick now) {
    begin(now, State::recovering);
    double drawn = random_.uniform();
    std::size_t kind = 0;
    while (kind + 1 < process_.recovery.size() && drawn >= process_.recovery[kind].share)
      drawn -= process_.recovery[kind++].share;
    plan(now + ticks_of(process_.recovery[kind].duration), Happening::resume);
    plan_after(now, process_.failure_rate, Happening::failure);
  }

  /// An announced stop saves the position first.
  void stop(Tick now) {
    ++run_.planned_stops;
    safe_ = position(now);
    account(now);
    begin(now, State::stopped);
    plan(now + ticks_of(process_.planned_stop), Happening::resume);
  }

  void give_up() {
    account(limit_);
    run_.length = seconds_of(limit_);
    run_.finished = false;
    done_ = true;
  }

  Tick position(Tick now) const {
    const Tick passed = now - since_;
    return std::min(work_,
                    safe_ + passed / cycle() * interval_ + std::min(passed % cycle(), interval_));
  }

  /// Where the last snapshot stands whose write is complete.
  Tick safe_position(Tick now) const {
    const Tick passed = now - since_ - background_;
    return passed < 0 ? safe_ : std::min(work_, safe_ + passed / cycle() * interval_);
  }

  void account(Tick now) {
    const Seconds passed = seconds_of(now - since_);
    switch (state_) {
      case State::training:
        run_.training += passed;
        break;
      case State::recovering:
        run_.recovery += passed;
        break;
      case State::stopped:
        run_.planned += passed;
        break;
      case State::waiting:
        run_.waiting += passed;
        break;
    }
    since_ = now;
  }

  const RunProcess& process_;
  RandomStream random_;
  EventQueue<RunEvent> events_;
  Tick work_, interval_, blocking_, background_;
  Tick limit_;
  State state_ = State::training;
  Tick since_ = 0;
  Tick safe_ = 0;
  std::int64_t epoch_ = 0;
  int in_repair_ = 0;
  bool done_ = false;
  SimulatedRun run_;
};

}  // namespace

SimulatedRun simulate_run(const RunProcess& process, std::uint64_t seed, std::uint64_t stream) {
  return RunPlayer(process, seed, stream).play();
}

SimulatedRuns simulate_runs(const RunProcess& process, std::int64_t runs, std::uint64_t seed,
                            unsigned threads) {
  std::vector<SimulatedRun> each(static_cast<std::size_t>(std::max<std::int64_t>(0, runs)));
  threads = stated_threads(threads);
  const auto part = [&](std::size_t first) {
    for (std::size_t i = first; i < each.size(); i += threads)
      each[i] = simulate_run(process, seed, i);
  };
  on_threads(std::clamp<std::size_t>(each.size(), 1, threads), part);
  SimulatedRuns answer;
  for (const SimulatedRun& run : each) {  // in order: the sums do not depend on the threads
    answer.ettr.add(run.finished ? process.work / run.length : 0);
    answer.length.add(run.length / second);
    answer.failures.add(static_cast<double>(run.failures));
    answer.lengths.push_back(run.length / second);
    answer.given_up += run.finished ? 0 : 1;
  }
  std::sort(answer.lengths.begin(), answer.lengths.end());
  return answer;
}

}  // namespace polyfleet
