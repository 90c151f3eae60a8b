// How a row cut its model over devices: degrees, batches and sequence length, from what is stated,
// else from arithmetic (N, accumulation steps, logged tokens), else from a sibling row of the same
// series, else searched ("best mapping" rows). Internal to the validation room.
#pragma once

#include <optional>
#include <vector>

#include "validation/row_reading.hpp"

namespace polyfleet {

/// Rows that may lend what another row of the same series leaves open.
class Siblings {
 public:
  explicit Siblings(const std::vector<TruthRow>& corrected_rows);
  /// The row of the same series, model and accelerator that is nearest in size, states its tensor
  /// degree, and (where the row logs accumulation steps) cuts a replica over `replica_devices`.
  const TruthRow* with_mapping(const TruthRow& row, std::optional<double> replica_devices) const;
  /// The nearest row of the same series, model, accelerator and size that states `column`.
  const TruthRow* with_column(const TruthRow& row, std::string_view column) const;

 private:
  std::vector<const TruthRow*> rows_;
};

struct RowMapping {
  ParallelLayout layout;
  int micro_batch = 1;
  std::int64_t global_batch = 0;
  std::int64_t sequence_length = 0;
  std::int64_t devices = 0;
  std::vector<ParallelLayout> alternatives;  ///< not empty: the best of these is meant
};

/// Accumulation steps that the source logs.
std::optional<double> accumulation_steps(const TruthRow& row);

/// Leaves the row out when devices, batch or sequence length cannot be known.
RowMapping read_mapping(RowReading& reading, const ModelSpec& model, const Siblings& siblings);

}  // namespace polyfleet
