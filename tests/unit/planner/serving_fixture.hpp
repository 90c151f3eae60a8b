// Replicas that answer from two-line formulas (a queue that grows as 1 / (1 - load)), offers and
// questions for tests of the serving planner.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "planner/serving_search.hpp"

namespace polyfleet {

/// Iterations of a millisecond, and a time for each sequence that decodes: what the simulation then
/// finds is known beforehand, and need not be what the formulas promise.
class FixedTimes final : public EngineTimes {
 public:
  explicit FixedTimes(double seconds_a_sequence = 0)
      : a_sequence_(picos_of(seconds_a_sequence * second)) {}
  Picos tokens(const IterationTokens& iteration) const override {
    return 1'000'000'000 + a_sequence_ * iteration.decode_sequences;
  }
  DecodeSegment decode_attention(std::int64_t, std::int64_t) const override {
    return {0, 0, std::int64_t{1} << 40};
  }
  Picos prefill_attention(std::int64_t, std::int64_t) const override { return 0; }

 private:
  Picos a_sequence_;
};

/// What a test says of one accelerator: prompt tokens and output tokens it makes a second when it
/// does nothing else, the least time of a token, the draw.
struct FakeSpeed {
  double prompt_rate = 10000, output_rate = 1000;
  double token_time = 0.01;
  double idle_watts = 200, busy_watts = 1000;
  double memory = 1;              ///< share of the model that one accelerator holds
  double seconds_a_sequence = 0;  ///< in the simulation alone: of an iteration
};

class FakeReplica final : public ReplicaModel {
 public:
  FakeReplica(const FakeSpeed& speed, int accelerators, double format_speed)
      : speed_(speed),
        accelerators_(accelerators),
        format_speed_(format_speed),
        times_(speed.seconds_a_sequence) {
    settings_.cache_blocks = 100000;
    const double held = speed.memory * accelerators * format_speed;
    if (held < 1) misfit_ = fmt::format("needs {:.2f} times the memory", 1 / held);
    power_.known = true;
    power_.idle = accelerators * speed.idle_watts * watt;
    power_.decoding = power_.prefilling = accelerators * speed.busy_watts * watt;
  }
  bool is_like(const FakeReplica& other) const {
    return speed_.prompt_rate == other.speed_.prompt_rate;
  }
  bool fits() const override { return misfit_.empty(); }
  const std::string& misfit() const override { return misfit_; }
  int accelerators() const override { return accelerators_; }
  SteadyState aggregated(const SteadyLoad& load) const override {
    return state(load, prompt_time(load) + output_time(load), true, true);
  }
  SteadyState prefill(const SteadyLoad& load) const override {
    return state(load, prompt_time(load), true, false);
  }
  SteadyState decode(const SteadyLoad& load) const override {
    return state(load, output_time(load), false, true);
  }
  const ReplicaPower& power() const override { return power_; }
  const EngineTimes& times() const override { return times_; }
  const EngineSettings& settings() const override { return settings_; }

 private:
  double scale() const { return std::pow(accelerators_, 0.9) * format_speed_; }
  double prompt_time(const SteadyLoad& load) const {
    return load.input_tokens / (speed_.prompt_rate * scale());
  }
  double output_time(const SteadyLoad& load) const {
    return load.output_tokens / (speed_.output_rate * scale());
  }
  SteadyState state(const SteadyLoad& load, double work, bool first, bool later) const {
    SteadyState state;
    const double busy = load.requests_per_second * work;
    state.stable = busy < 1;
    state.limit = "work";
    const double slow = state.stable ? 1 / (1 - busy) : 1e9;
    if (first) state.ttft = prompt_time(load) * slow * second;
    if (later) state.tpot = speed_.token_time / std::sqrt(accelerators_) * slow * second;
    state.power = power_.idle + std::min(1.0, busy) * (power_.decoding - power_.idle);
    return state;
  }

  FakeSpeed speed_;
  int accelerators_;
  double format_speed_;
  std::string misfit_;
  ReplicaPower power_;
  FixedTimes times_;
  EngineSettings settings_;
};

/// One speed an offer, by its name; "fp8" is 1.6 times bf16.
class FakeModels final : public ReplicaModels {
 public:
  FakeModels(const ServingPlanQuestion& question, std::vector<std::pair<std::string, FakeSpeed>> s)
      : question_(question), speeds_(std::move(s)) {}
  Result<std::unique_ptr<ReplicaModel>> make(const ReplicaKind& kind) const override {
    if (kind.layout.tensor == 3) return problem("3 does not divide 8 KV heads");
    for (const auto& [name, speed] : speeds_) {
      if (name == question_.offers[kind.offer].name)
        return std::unique_ptr<ReplicaModel>(std::make_unique<FakeReplica>(
            speed, kind.layout.accelerators(), kind.formats.name == "fp8" ? 1.6 : 1.0));
    }
    return problem("no such offer");
  }
  Result<CacheTransfer> transfer(const ReplicaModel& from, const ReplicaModel& to) const override {
    CacheTransfer path;
    path.latency = 1'000'000'000;
    path.picos_per_token =
        static_cast<const FakeReplica&>(from).is_like(static_cast<const FakeReplica&>(to)) ? 1e6
                                                                                           : 3e6;
    path.basis = "made up";
    return path;
  }

 private:
  const ServingPlanQuestion& question_;
  std::vector<std::pair<std::string, FakeSpeed>> speeds_;
};

inline ServingOffer fake_offer(const std::string& name, const std::string& vendor, double price) {
  ServingOffer offer;
  offer.name = name;
  offer.vendor = vendor;
  offer.accelerator = offer.system = name;
  offer.price = price * usd_per_hour;
  offer.carbon = 300 * gram_co2e_per_kilowatt_hour;
  return offer;
}

/// Kinds of every offer: tensor degrees and formats in all combinations.
inline std::vector<ReplicaKind> fake_kinds(std::size_t offers, const std::vector<int>& tensor,
                                           const std::vector<std::string>& formats) {
  std::vector<ReplicaKind> kinds;
  for (std::size_t offer = 0; offer < offers; ++offer) {
    for (const int degree : tensor) {
      for (const std::string& name : formats) {
        ReplicaKind kind;
        kind.offer = offer;
        kind.engine = "vllm";
        kind.layout.tensor = degree;
        kind.formats.name = name;
        kinds.push_back(std::move(kind));
      }
    }
  }
  return kinds;
}

/// 50 requests a second of 1,000 tokens in and 200 out on two vendors' parts.
inline ServingPlanQuestion fake_question() {
  ServingPlanQuestion question;
  question.demand.requests_per_second = 50;
  question.demand.shape.input_tokens = 1000;
  question.demand.shape.output_tokens = 200;
  question.targets.ttft.most = 500 * millisecond;
  question.targets.tpot.most = 30 * millisecond;
  question.offers = {fake_offer("amber", "AMD", 2.0), fake_offer("noir", "NVIDIA", 3.0)};
  question.kinds = fake_kinds(2, {1, 2, 4, 8}, {"bf16", "fp8"});
  return question;
}
inline FakeModels fake_models(const ServingPlanQuestion& question) {
  return {question,
          {{"amber", {9000, 900, 0.02, 200, 1200, 0.4}},
           {"noir", {12000, 1400, 0.015, 150, 1000, 0.3}}}};
}

}  // namespace polyfleet
