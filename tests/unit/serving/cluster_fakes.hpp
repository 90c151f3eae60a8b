// Small engines, requests and sources for tests of the cluster: times that can be worked out by
// hand.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "serving/cluster.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {

inline constexpr Picos kMillisecond = 1'000'000'000;
inline constexpr Picos kSecond = 1000 * kMillisecond;

/// An iteration takes `iteration`, and each token more in it and each context token their own.
struct PlainTimes final : EngineTimes {
  Picos iteration = 10 * kMillisecond, per_prefill_token = 0, per_sequence = 0, per_context = 0;
  Picos tokens(const IterationTokens& work) const override {
    return iteration + work.prefill_tokens * per_prefill_token +
           work.decode_sequences * per_sequence;
  }
  DecodeSegment decode_attention(std::int64_t, std::int64_t) const override {
    return {0, per_context, std::int64_t{1} << 60};
  }
  Picos prefill_attention(std::int64_t, std::int64_t) const override { return 0; }
};

/// A picture takes one second a step.
struct PlainMedia final : MediaTimes {
  Picos step = kSecond;
  Picos service_time(const ServingRequest::Media& media) const override {
    return media.steps * step;
  }
};

/// Requests known beforehand, in order of arrival.
struct ListSource final : RequestSource {
  std::vector<ServingRequest> requests;
  std::size_t next_one = 0;
  explicit ListSource(std::vector<ServingRequest> given) : requests(std::move(given)) {}
  Picos next_arrival() override {
    return next_one < requests.size() ? requests[next_one].arrival : kNever;
  }
  Result<std::optional<ServingRequest>> next() override {
    if (next_one == requests.size()) return std::optional<ServingRequest>{};
    return std::optional<ServingRequest>{requests[next_one++]};
  }
  bool exhausted() const override { return next_one == requests.size(); }
};

/// Requests made one after the other, so that a million need no memory.
struct MadeSource final : RequestSource {
  using Make = std::function<ServingRequest(std::int64_t id, Picos last_arrival)>;
  Make make;
  std::int64_t count, made = 0;
  ServingRequest held;
  MadeSource(std::int64_t how_many, Make how) : make(std::move(how)), count(how_many) {
    if (count > 0) held = make(0, 0);
  }
  Picos next_arrival() override { return made < count ? held.arrival : kNever; }
  Result<std::optional<ServingRequest>> next() override {
    if (made == count) return std::optional<ServingRequest>{};
    std::optional<ServingRequest> given = std::move(held);
    if (++made < count) held = make(made, given->arrival);
    return given;
  }
  bool exhausted() const override { return made == count; }
};

/// `users` who each ask again as soon as they are answered, `count` requests in all.
struct LoopSource final : RequestSource {
  std::int64_t users, count, input, output, made = 0, ended = 0;
  Picos last = 0;
  LoopSource(std::int64_t users_, std::int64_t count_, std::int64_t input_, std::int64_t output_)
      : users(users_), count(count_), input(input_), output(output_) {}
  Picos next_arrival() override { return made < count && made - ended < users ? last : kNever; }
  Result<std::optional<ServingRequest>> next() override {
    if (next_arrival() == kNever) return std::optional<ServingRequest>{};
    ServingRequest request;
    request.id = made++;
    request.arrival = last;
    request.input_tokens = input;
    request.output_tokens = output;
    return std::optional<ServingRequest>{request};
  }
  bool exhausted() const override { return made == count; }
  void completed(std::int64_t, Picos at) override {
    ++ended;
    last = at;
  }
};

inline ServingRequest text_request(std::int64_t id, Picos arrival, std::int64_t input,
                                   std::int64_t output) {
  ServingRequest request;
  request.id = id;
  request.arrival = arrival;
  request.input_tokens = input;
  request.output_tokens = output;
  return request;
}

/// Ample cache, whole prompts, everything at once.
inline EngineSettings plain_settings() {
  EngineSettings settings;
  settings.token_budget = 1 << 20;
  settings.max_sequences = 64;
  settings.block_tokens = 16;
  settings.cache_blocks = 1 << 20;
  settings.watermark = 0;
  return settings;
}

inline ServingPool plain_pool(const EngineTimes& times, int replicas, std::string name = "pool") {
  ServingPool pool;
  pool.name = std::move(name);
  pool.times = &times;
  pool.replicas = replicas;
  pool.settings = plain_settings();
  return pool;
}

inline ServingCluster plain_cluster(const EngineTimes& times, int replicas) {
  ServingCluster cluster;
  cluster.pools.push_back(plain_pool(times, replicas));
  return cluster;
}

/// A run and everything that it reports.
struct Ran {
  SimulationReport report;
  std::vector<RequestOutcome> outcomes;
};

inline Ran run_source(const ServingCluster& cluster, RequestSource& source,
                      SimulationOptions options = {}) {
  Ran ran;
  options.on_outcome = [&](const RequestOutcome& outcome) { ran.outcomes.push_back(outcome); };
  auto report = simulate_serving(cluster, source, options);
  ran.report = report.value();
  return ran;
}

inline Ran run(const ServingCluster& cluster, const std::vector<ServingRequest>& requests,
               const SimulationOptions& options = {}) {
  ListSource source(requests);
  return run_source(cluster, source, options);
}

/// Everything of an outcome that identical runs share.
inline bool same_outcome(const RequestOutcome& a, const RequestOutcome& b) {
  return a.end == b.end && a.request.id == b.request.id && a.started == b.started &&
         a.first_token == b.first_token && a.last_token == b.last_token && a.pool == b.pool &&
         a.replica == b.replica && a.preemptions == b.preemptions && a.restarts == b.restarts &&
         a.cached_tokens == b.cached_tokens;
}

inline bool same_outcomes(const std::vector<RequestOutcome>& a,
                          const std::vector<RequestOutcome>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same_outcome(a[i], b[i])) return false;
  return true;
}

}  // namespace polyfleet
