// Draws token counts: constant, uniform in a range of the nominal length (how InferenceX and vLLM's
// `bench serve --random-range-ratio` vary them), log-normal and gamma by mean and coefficient of
// variation, or pairs from a recorded trace. Rounded to whole tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "sim/random_stream.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

/// The greatest coefficient of variation that a source may state.
inline constexpr double kMostCv = 100;

/// One draw. Precondition: the spec passed check_length.
std::int64_t draw_length(const LengthSpec& spec, RandomStream& random);

/// Gamma by mean and coefficient of variation; cv 0 gives the mean.
double draw_gamma(double mean, double cv, RandomStream& random);

/// What is wrong with a spec (`what` names it), added to `out`.
void check_length(const LengthSpec& spec, const std::string& what, Diagnostics& out);

/// The (input, output) pairs of a trace, in its order; of a longer one a uniform sample of
/// kMostLengthPairs (reservoir sampling by the seed; Vitter 1985, algorithm R).
using LengthPairs = std::vector<std::pair<std::int32_t, std::int32_t>>;
inline constexpr std::size_t kMostLengthPairs = 1'000'000;
Result<LengthPairs> read_length_pairs(const std::string& file, std::uint64_t seed);

}  // namespace polyfleet
