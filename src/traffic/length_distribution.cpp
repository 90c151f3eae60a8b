#include "traffic/length_distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

std::int64_t rounded(double tokens, const LengthSpec& spec) {
  if (!(tokens > static_cast<double>(spec.least))) return spec.least;
  if (tokens >= static_cast<double>(spec.most)) return spec.most;
  return std::clamp(static_cast<std::int64_t>(std::llround(tokens)), spec.least, spec.most);
}

}  // namespace

double draw_gamma(double mean, double cv, RandomStream& random) {
  if (cv <= 0) return mean;
  return random.gamma(1 / (cv * cv), mean * cv * cv);
}

std::int64_t draw_length(const LengthSpec& spec, RandomStream& random) {
  switch (spec.kind) {
    case LengthKind::constant:
      return rounded(spec.tokens, spec);
    case LengthKind::uniform: {
      const auto low = static_cast<std::int64_t>(spec.low * spec.tokens);
      const auto high = static_cast<std::int64_t>(spec.high * spec.tokens);
      const auto draw =
          low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
      return std::clamp(draw, spec.least, spec.most);
    }
    case LengthKind::log_normal: {
      // mean = exp(mu + sigma^2 / 2), cv^2 = exp(sigma^2) - 1
      const double variance = std::log1p(spec.cv * spec.cv);
      const double mu = std::log(spec.tokens) - variance / 2;
      return rounded(random.log_normal(mu, std::sqrt(variance)), spec);
    }
    case LengthKind::gamma:
      return rounded(draw_gamma(spec.tokens, spec.cv, random), spec);
  }
  return spec.least;
}

void check_length(const LengthSpec& spec, const std::string& what, Diagnostics& out) {
  const auto wrong = [&](const std::string& why) { out.push_back(problem(what + ": " + why)); };
  const auto most = static_cast<double>(kMostTokens);
  if (spec.tokens == 0) {
    wrong("no length is stated");
  } else if (!(spec.tokens >= 1 && spec.tokens <= most)) {
    wrong(fmt::format("tokens = {} must be between 1 and {}", spec.tokens, kMostTokens));
  }
  if (spec.least < 1 || spec.most > kMostTokens || spec.least > spec.most)
    wrong(fmt::format("least = {} and most = {} must satisfy 1 <= least <= most <= {}", spec.least,
                      spec.most, kMostTokens));
  if (!(spec.low >= 0 && spec.low <= spec.high && spec.high * spec.tokens <= most))
    wrong(fmt::format("low = {} and high = {} must satisfy 0 <= low <= high", spec.low, spec.high));
  if (!(spec.cv >= 0 && spec.cv <= kMostCv))
    wrong(fmt::format("cv = {} must be between 0 and {}", spec.cv, kMostCv));
}

Result<LengthPairs> read_length_pairs(const std::string& file, std::uint64_t seed) {
  TraceOptions options;
  options.skip_empty = true;
  Result<std::unique_ptr<RequestSource>> trace = open_trace(file, options);
  if (!trace) return trace.problems();
  constexpr std::uint64_t kSampling = 1;
  RandomStream random(seed, kSampling);
  LengthPairs pairs;
  std::uint64_t seen = 0;
  for (;;) {
    const Result<std::optional<ServingRequest>> each = (*trace)->next();
    if (!each) return each.problems();
    if (!*each) break;
    if ((*each)->media) continue;
    const std::pair pair{static_cast<std::int32_t>((*each)->input_tokens),
                         static_cast<std::int32_t>((*each)->output_tokens)};
    ++seen;
    if (pairs.size() < kMostLengthPairs) {
      pairs.push_back(pair);
    } else if (const std::uint64_t place = random.below(seen); place < kMostLengthPairs) {
      pairs[place] = pair;
    }
  }
  if (pairs.empty()) return problem_at({file, 0, 0}, "holds no requests with tokens");
  return pairs;
}

}  // namespace polyfleet
