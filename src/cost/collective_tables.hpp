// Measured collectives: rows of data/measurements/collectives/*.csv, and curves made of them. A
// curve holds ln(measured / closed form) over log2(bytes), so that what is interpolated is smooth
// and what lies outside keeps the closed form's asymptote: latency to the left, bandwidth to the
// right.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cost/collective_algorithms.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

struct MeasuredCollective {
  std::string accelerator;  ///< catalogue id
  std::string library;      ///< "nccl", "rccl-tests", "trtllm", ...
  CollectiveKind op = CollectiveKind::all_reduce;
  int ranks = 0;
  Bytes payload;
  Seconds time;
  std::string source;
};

/// Every CSV of the folder, in order of file name; all problems are reported.
Result<std::vector<MeasuredCollective>> load_collective_tables(const std::filesystem::path& folder);

/// ln(measured / closed form) over log2(bytes) for one number of ranks.
class CorrectionCurve {
 public:
  explicit CorrectionCurve(int ranks) : ranks_(ranks) {}
  int ranks() const { return ranks_; }
  std::size_t size() const { return log2_bytes_.size(); }
  /// Points may come in any order; two at one size are averaged (two sources).
  void add(double log2_bytes, double log_ratio);
  /// Sorts and merges; call once after the last add.
  void finish();
  /// Linear between points, constant outside. Left of a curve that begins above kSmallMessage the
  /// correction fades over three octaves, since it says nothing of latency.
  double at(double log2_bytes) const;
  /// Whether a size lies between measured ones, or beyond the end where latency (left) or bandwidth
  /// (right) was reached.
  bool reaches(double log2_bytes) const;

 private:
  int ranks_;
  std::vector<double> log2_bytes_;
  std::vector<double> log_ratio_;
};

/// The curves of one collective by rising number of ranks.
class CorrectionCurves {
 public:
  bool empty() const { return curves_.empty(); }
  CorrectionCurve& for_ranks(int ranks);
  void finish();
  /// Linear in log2(ranks) between curves, the nearest curve outside.
  double at(double ranks, double log2_bytes) const;
  /// Whether this number of ranks was measured at about this size.
  bool covers(int ranks, double log2_bytes) const;
  /// Octaves between a number of ranks and the nearest measured one; 0 without curves.
  double octaves_from(int ranks) const;

 private:
  std::vector<CorrectionCurve> curves_;
};

}  // namespace polyfleet
