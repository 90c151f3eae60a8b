// Re-predicts published measurements of collectives: any CSV with the columns of the microbenchmark
// truth. Every row is either predicted or counted with the reason why the source leaves it
// undefined. Cross-validation leaves out what is asked for: by default every measurement of the
// row's own message size, so that no row is looked up; else its number of ranks, all tables of its
// accelerator, or also the constants fitted on its generation, so that another generation's must
// do.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.hpp"
#include "base/result.hpp"
#include "cost/collective_costs.hpp"
#include "cost/network.hpp"

namespace polyfleet {

/// What a prediction may not have seen.
enum class LeaveOut { nothing, message_size, ranks, accelerator, generation };
std::string_view name_of(LeaveOut leave_out);

/// A row as measured and predicted, in the row's own unit (us, ms, GB/s).
struct CollectiveRow {
  std::string id, source, vendor, accelerator, op, library, algorithm;
  int ranks = 0;
  double bytes = 0;
  std::string unit;
  double measured = 0;
  double predicted = 0;
  double sigma = 0;
  Fidelity fidelity = Fidelity::transferred;
  double bias() const { return predicted / measured - 1; }
};

/// ape = |predicted / measured - 1|; coverage80 = share inside predicted * exp(+-1.2816 sigma).
struct CollectiveErrors {
  int rows = 0;
  double median_ape = 0;
  double p90_ape = 0;
  double median_bias = 0;
  double coverage80 = 0;
};

struct CollectiveValidation {
  std::vector<CollectiveRow> rows;
  int considered = 0;  ///< rows of the file
  CollectiveErrors overall;
  std::map<std::string, CollectiveErrors> by_vendor;
  std::map<std::string, CollectiveErrors> by_accelerator;
  std::map<std::string, CollectiveErrors> by_op;
  std::map<std::string, CollectiveErrors> by_source;
  std::map<std::string, int> skipped;  ///< reason -> rows
  double source_median_ape = 0;        ///< median over the sources' medians
};

/// The network of an accelerator by the name a row has for it.
using NetworkLookup = std::function<Result<Network>(std::string_view accelerator)>;

/// Diagnoses only missing columns; rows that cannot be predicted are counted in `skipped`.
Result<CollectiveValidation> validate_collectives(const CsvTable& table, const CollectiveData& data,
                                                  const NetworkLookup& network_of_name,
                                                  LeaveOut leave_out = LeaveOut::message_size);

/// The measured tables themselves (thousands of points that no row of the truth repeats) predicted
/// with the same thing left out; libraries of serving engines and copies included.
CollectiveValidation validate_collective_tables(const CollectiveData& data,
                                                const NetworkLookup& network_of_name,
                                                LeaveOut leave_out = LeaveOut::message_size);

/// Errors of any set of rows.
CollectiveErrors summarise(const std::vector<const CollectiveRow*>& rows);

}  // namespace polyfleet
