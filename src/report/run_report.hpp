// A whole run as text and JSON: when it ends, what it costs, where its time goes and what that
// rests on; and the answer to how many accelerators a run needs. Times in days are elapsed ones.
#pragma once

#include <string>

#include "config/value.hpp"
#include "report/table.hpp"
#include "report/training_answer.hpp"
#include "training/goodput_simulation.hpp"
#include "training/run_forecast.hpp"

namespace polyfleet {

/// Everything a report of one run shows. The references live as long as their owner.
struct RunAnswer {
  const TrainingAnswer& training;
  const RunQuestion& question;
  const RunForecast& forecast;
  const SimulatedRuns* simulated = nullptr;  ///< null where none was asked for
};

std::string run_text(const RunAnswer& answer, PageStyle style);
Value run_json(const RunAnswer& answer);

/// A length in days or less; "over 1000 years", or "never" where no run ends.
std::string length_text(Seconds length);

/// The table of lengths, end, energy and cost alone, for reports that show a run beside other
/// things.
std::string run_outcome_text(const RunForecast& forecast, PageStyle style);

/// One size that was tried for a run.
struct SizedRun {
  std::int64_t devices = 0;
  std::int64_t data = 0;          ///< replicas
  std::int64_t global_batch = 0;  ///< sequences, rounded to what the replicas take
  Seconds step;
  RunCase expected, best, worst;
  Watts power;  ///< at the meter, spares included
  std::int64_t spare_accelerators = 0;
  bool fits_in_memory = true;
};

/// Why the answer is what it is.
enum class SizeVerdict {
  meets,           ///< in time, and within the power where one is stated
  too_slow,        ///< no size that the batch allows ends in time
  too_much_power,  ///< what ends in time draws more than allowed
  no_power,        ///< not even one replica fits the power
  no_memory,       ///< no size fits in memory
};

struct SizeAnswer {
  SizeVerdict verdict = SizeVerdict::meets;
  SizedRun answer;               ///< the size asked for, else the nearest that can run
  SizedRun in_time;              ///< too_much_power: the size that would end in time
  std::vector<SizedRun> around;  ///< sizes beside the answer, by devices
  std::int64_t replica = 1;      ///< accelerators that sizes are multiples of
  std::int64_t asked_batch = 0;
  std::size_t tried = 0;
  Seconds allowed_time;  ///< zero: none stated
  Watts allowed_power;   ///< zero: none stated
  std::string power_basis;
};

/// The answer in a sentence or two: what meets the limits, or why nothing does; `part`: the
/// accelerator's name. Ends with a line break.
std::string size_verdict_text(const SizeAnswer& answer, const std::string& part);

std::string size_text(const SizeAnswer& answer, const TrainingAnswer& training, PageStyle style);
Value size_json(const SizeAnswer& answer, const TrainingAnswer& training);

}  // namespace polyfleet
