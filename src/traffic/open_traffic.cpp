#include "traffic/open_traffic.hpp"

#include "traffic/merged_source.hpp"
#include "traffic/prefix_hashes.hpp"
#include "traffic/scaled_source.hpp"
#include "traffic/synthetic_source.hpp"

namespace polyfleet {
namespace {

Result<std::unique_ptr<RequestSource>> open_synthetic(const SourceSpec& spec,
                                                      const TrafficNames& names,
                                                      std::uint64_t seed) {
  std::vector<LengthPairs> pairs;
  Diagnostics problems;
  for (const RequestShape& shape : spec.shapes) {
    pairs.emplace_back();
    if (shape.lengths_file.empty()) continue;
    Result<LengthPairs> read = read_length_pairs(shape.lengths_file, seed);
    if (read) {
      pairs.back() = *std::move(read);
    } else {
      problems.insert(problems.end(), read.problems().begin(), read.problems().end());
    }
  }
  if (!problems.empty()) return problems;
  return synthetic_source(spec, RequestShaper(spec, names, std::move(pairs), seed), seed);
}

}  // namespace

Result<std::unique_ptr<RequestSource>> open_traffic(const TrafficSpec& spec, std::uint64_t seed) {
  Diagnostics problems = check_traffic(spec);
  if (!problems.empty()) return problems;
  std::vector<std::unique_ptr<RequestSource>> sources;
  for (std::size_t i = 0; i < spec.sources.size(); ++i) {
    const SourceSpec& each = spec.sources[i];
    const std::uint64_t own_seed = mixed_hash(seed, i);
    Result<std::unique_ptr<RequestSource>> source =
        each.arrivals == ArrivalKind::trace ? scaled_source(each, spec.names, own_seed)
                                            : open_synthetic(each, spec.names, own_seed);
    if (source) {
      sources.push_back(*std::move(source));
    } else {
      problems.insert(problems.end(), source.problems().begin(), source.problems().end());
    }
  }
  if (!problems.empty()) return problems;
  if (sources.size() == 1) return std::move(sources.front());
  return merged_source(std::move(sources));
}

}  // namespace polyfleet
