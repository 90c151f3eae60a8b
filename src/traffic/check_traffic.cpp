#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/spelling.hpp"
#include "traffic/length_distribution.hpp"
#include "traffic/open_traffic.hpp"

namespace polyfleet {
namespace {

constexpr double kMostRate = 1e9, kHoursPerDay = 24;
constexpr std::int64_t kMostUsers = 10'000'000, kMostCopies = 100'000;

/// Collects the problems of one source, each with its name in front.
class SourceCheck {
 public:
  SourceCheck(const SourceSpec& spec, const TrafficNames& names, std::string where,
              Diagnostics& out)
      : spec_(spec), names_(names), where_(std::move(where)), out_(out) {}

  void run() {
    if (spec_.arrivals == ArrivalKind::trace) return check_trace();
    check_arrivals();
    check_end();
    check_shapes();
  }

 private:
  void expect(bool holds, std::string what, std::string fix = {}) {
    if (!holds) out_.push_back(problem(where_ + ": " + std::move(what), std::move(fix)));
  }
  void expect_time(Seconds time, const char* name) {
    const double seconds = time / second;
    expect(seconds >= 0 && time <= kLongestSimulation,
           fmt::format("{} must be between 0 and 100 days", name));
  }
  void expect_name(const std::string& name, const std::vector<std::string>& known,
                   const char* kind) {
    if (name.empty()) {
      const bool is_settled = known.size() < 2 || spec_.arrivals == ArrivalKind::trace;
      expect(is_settled, fmt::format("requests must say which {} they ask for", kind),
             name_suggestion(name, known));
    } else {
      expect(std::find(known.begin(), known.end(), name) != known.end(),
             fmt::format("'{}' is no {} of the scenario", name, kind),
             name_suggestion(name, known));
    }
  }

  void check_trace();
  void check_arrivals();
  void check_end();
  void check_shapes();
  void check_shape(const RequestShape& shape);

  const SourceSpec& spec_;
  const TrafficNames& names_;
  std::string where_;
  Diagnostics& out_;
};

void SourceCheck::check_trace() {
  const TraceSpec& trace = spec_.trace;
  expect(!trace.file.empty(), "a trace needs a file", "add file = \"trace.csv\"");
  expect_time(trace.start, "start");
  expect_time(trace.stop, "stop");
  expect_time(trace.copy_jitter, "copy_jitter");
  expect(trace.stop == Seconds() || trace.stop > trace.start, "stop must come after start");
  expect(trace.speed > 0 && trace.speed <= kMostRate, "speed must be above 0");
  expect(trace.keep > 0 && trace.keep <= 1, "keep must be above 0 and at most 1");
  expect(trace.repeat >= 1 && trace.repeat <= kMostCopies,
         fmt::format("repeat must be between 1 and {}", kMostCopies));
  expect(trace.copies >= 1 && trace.copies <= kMostCopies,
         fmt::format("copies must be between 1 and {}", kMostCopies));
  expect(trace.copies == 1 || trace.copy_jitter > Seconds(),
         "copies of a trace need a copy_jitter: without one they arrive in lockstep",
         "add copy_jitter = \"10 s\", or what moves requests apart without changing the load");
  expect(spec_.requests >= 0, "requests cannot be negative");
  expect_time(spec_.duration, "duration");
  expect(spec_.shapes.size() <= 1, "a trace has requests of its own: no mix");
  for (const RequestShape& shape : spec_.shapes) {
    expect_name(shape.model, names_.models, "model");
    expect_name(shape.slo_class, names_.classes, "class");
  }
}

void SourceCheck::check_arrivals() {
  const bool open =
      spec_.arrivals != ArrivalKind::closed_loop && spec_.arrivals != ArrivalKind::offline;
  const double rate = spec_.rate / hertz;
  if (open) expect(rate > 0 && rate <= kMostRate, "rate must be above 0 requests per second");
  if (spec_.arrivals == ArrivalKind::closed_loop) {
    expect(spec_.users >= 1 && spec_.users <= kMostUsers,
           fmt::format("a closed loop needs users between 1 and {}", kMostUsers));
  }
  expect(spec_.cv >= 0 && spec_.cv <= kMostCv, "cv must be between 0 and 100");
  constexpr double kLeastShape = 0.1, kMostShape = 100;  // tgamma(1 + 1/shape) stays finite
  expect(spec_.weibull_shape >= kLeastShape && spec_.weibull_shape <= kMostShape,
         "weibull_shape must be between 0.1 and 100");
  expect(spec_.think_cv >= 0 && spec_.think_cv <= kMostCv, "think_cv must be between 0 and 100");
  expect_time(spec_.think_time, "think_time");
  expect_time(spec_.ramp, "ramp");
  expect_time(spec_.duration, "duration");
  const std::vector<double>& factors = spec_.hourly_factors;
  expect(factors.empty() || factors.size() == 24,
         fmt::format("hourly_factors has {} entries, a day 24 hours", factors.size()));
  const bool sound = std::all_of(factors.begin(), factors.end(),
                                 [](double f) { return f >= 0 && f <= kMostRate; });
  const bool some = std::any_of(factors.begin(), factors.end(), [](double f) { return f > 0; });
  expect(factors.empty() || (sound && some), "hourly_factors must be at least 0 and not all 0");
  expect(spec_.start_hour >= 0 && spec_.start_hour < kHoursPerDay,
         "start_hour must be at least 0 and below 24");
}

void SourceCheck::check_end() {
  expect(spec_.requests >= 0, "requests cannot be negative");
  const bool offline = spec_.arrivals == ArrivalKind::offline;
  expect(!offline || spec_.requests > 0, "offline traffic needs a number of requests");
  expect(offline || spec_.requests > 0 || spec_.duration > Seconds(),
         "synthetic traffic needs an end: requests or duration", "add duration = \"1 h\"");
}

void SourceCheck::check_shapes() {
  expect(!spec_.shapes.empty(), "synthetic traffic needs a shape of its requests");
  double sum = 0;
  for (const RequestShape& shape : spec_.shapes) {
    check_shape(shape);
    sum += shape.share;
  }
  expect(spec_.shapes.empty() || (sum > 0 && std::isfinite(sum)), "the shares must not be all 0");
}

void SourceCheck::check_shape(const RequestShape& shape) {
  expect(shape.share >= 0, "a share cannot be negative");
  expect_name(shape.model, names_.models, "model");
  expect_name(shape.slo_class, names_.classes, "class");
  check_length(shape.turns, where_ + ": turns", out_);
  constexpr double kMostTurns = 100'000;
  expect(shape.turns.tokens <= kMostTurns, "a conversation has at most 100,000 turns");
  if (shape.media.steps > 0) {
    expect(shape.media.frames >= 1 && shape.media.height >= 1 && shape.media.width >= 1,
           "media requests need frames, height and width of at least 1");
  } else if (shape.lengths_file.empty()) {
    check_length(shape.input, where_ + ": input", out_);
    check_length(shape.output, where_ + ": output", out_);
  }
  expect(shape.system_prompt_tokens >= 0 && shape.system_prompt_tokens < kMostTokens,
         fmt::format("system_prompt_tokens must be between 0 and {}", kMostTokens));
  expect(shape.system_prompts >= 1, "system_prompts must be at least 1");
  expect(shape.prefix_block_tokens >= 1, "prefix_block_tokens must be at least 1");
  expect(shape.cancel_probability >= 0 && shape.cancel_probability <= 1,
         "cancel_probability must be between 0 and 1");
  expect_time(shape.cancel_after, "cancel_after");
  expect(shape.cancel_probability == 0 || shape.cancel_after > Seconds(),
         "cancellations need a cancel_after", "add cancel_after = \"30 s\"");
}

}  // namespace

Diagnostics check_traffic(const TrafficSpec& spec) {
  Diagnostics problems;
  if (spec.sources.empty()) problems.push_back(problem("there is no traffic", "add a source"));
  for (std::size_t i = 0; i < spec.sources.size(); ++i) {
    const bool alone = spec.sources.size() == 1;
    const std::string where = alone ? "traffic" : fmt::format("traffic source {}", i + 1);
    SourceCheck(spec.sources[i], spec.names, where, problems).run();
  }
  return problems;
}

}  // namespace polyfleet
