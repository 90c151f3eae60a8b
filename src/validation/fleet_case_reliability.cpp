#include <algorithm>
#include <cmath>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "catalogue/catalogue.hpp"
#include "training/checkpoint_interval.hpp"
#include "training/goodput.hpp"
#include "training/reliability.hpp"
#include "training/spares.hpp"
#include "validation/fleet_case_values.hpp"

namespace polyfleet {
namespace {

/// Llama 3's run: arXiv:2407.21783 section 3.3.4.
constexpr double kLlamaAccelerators = 16384;
constexpr Seconds kLlamaRun = 54 * day;

/// Detection, diagnosis and restart at this size, without loading the checkpoint.
std::vector<RecoveryClass> recovery_at(const RecoveryTimes& times, double devices) {
  const Seconds common = times.diagnosis.value + times.start.value +
                         devices * times.communicators_per_accelerator.value;
  const double manual = times.manual_share.value;
  const double automatic = (1 - manual) * times.automatic_share.value;
  return {{automatic, times.automatic_detection.value + common},
          {1 - manual - automatic, times.timeout_detection.value + common},
          {manual, times.timeout_detection.value + common + times.manual_time.value}};
}

double llama_ettr(const ReliabilityData& data, const FailureModel& failures, Seconds blocking) {
  RunProcess process;
  process.work = kLlamaRun;
  process.failure_rate = failures.unplanned;
  process.recovery = recovery_at(data.recovery, kLlamaAccelerators);
  process.blocking = blocking;
  process.interval = max(exact_interval(blocking, failures.mean_time_between()), 60 * second);
  process.planned_rate = failures.planned;
  process.planned_stop = data.recovery.start.value + blocking;
  return expected_overheads(process).ettr();
}

void add_llama(const ReliabilityData& data, const FailureModel& failures, FleetCaseValues& values) {
  values[{"F1", "unexpected interruptions of Llama 3 in 54 days"}] = failures.unplanned * kLlamaRun;
  values[{"F1", "time between them"}] = failures.mean_time_between() / hour;
  values[{"F1", "interruptions per node-day"}] =
      failures.unplanned * (1 * day) / (kLlamaAccelerators / 8);
  values[{"F1", "effective training time, 1 s of blocking a checkpoint"}] =
      llama_ettr(data, failures, 1 * second);
  values[{"F1", "the same with 60 s of blocking"}] = llama_ettr(data, failures, 60 * second);
}

Diagnostics add_grid(const std::filesystem::path& file, FleetCaseValues& values) {
  const Result<std::string> text = read_file(file);
  if (!text) return text.problems();
  const Result<CsvTable> grid = CsvTable::parse(*text, file.string());
  if (!grid) return grid.problems();
  const auto columns =
      grid->require({"nodes", "r_f_per_node_day", "w_s", "u0_s", "dt_opt_s", "E_ETTR"});
  if (!columns) return columns.problems();
  double ratio = 0, interval_off = 0;
  for (const CsvRow& row : grid->rows()) {
    double cells[6] = {};
    for (std::size_t i = 0; i < 6; ++i) {
      const auto number = parse_number(row.cells[(*columns)[i]]);
      if (!number) return {problem_at({file.string(), row.line, 0}, "a cell is no number")};
      cells[i] = *number;
    }
    const Hertz rate = cells[0] * cells[1] / day;
    const Seconds write = cells[2] * second, start_up = cells[3] * second;
    const Seconds interval = young_interval(write, 1.0 / rate);
    interval_off = std::max(interval_off, std::abs(interval / second - cells[4]));
    ratio = std::max(ratio, std::abs(first_order_ettr(rate, start_up, write, interval) - cells[5]));
  }
  values[{"F2", "expected training-time ratio, largest difference over 54 rows"}] = ratio;
  values[{"F2", "checkpoint interval, largest difference over 54 rows"}] = interval_off;
  return {};
}

/// NCSA's Delta: 608 accelerators in nodes of four, arXiv:2503.11901. 99.9 % to its printed digit.
double delta_spares(Seconds recovery) {
  const Hertz failures = 1.0 / (1.9 * hour);
  return spares_for_horizon(0.9985, failures, recovery, 30 * day) * 4 / 608.0;
}

}  // namespace

Diagnostics add_reliability_cases(const FleetCaseFolders& folders, FleetCaseValues& values) {
  const Result<ReliabilityData> data = load_reliability(folders.data);
  if (!data) return data.problems();
  const Result<Catalogue> catalogue = load_catalogue(folders.data);
  if (!catalogue) return catalogue.problems();
  const Result<Accelerator> part = catalogue->accelerator("nv_h100_sxm");
  if (!part) return part.problems();
  const Result<System> system = catalogue->system("hgx_h100");
  if (!system) return system.problems();
  const auto failures = [&](double devices, std::string_view record) {
    return failure_model(*data, *part, *system, devices, record);
  };
  add_llama(*data, failures(kLlamaAccelerators, "llama3"), values);
  if (Diagnostics problems = add_grid(folders.validation / "meta_ettr_grid.csv", values);
      !problems.empty())
    return problems;
  values[{"F2", "mean time to failure, 16,384 accelerators"}] =
      1.0 / failures(16384, "rsc1").hardware / hour;
  values[{"F2", "mean time to failure, 131,072 accelerators"}] =
      1.0 / failures(131072, "rsc1").hardware / hour;
  values[{"F2", "mean time to failure, 1,024 accelerators"}] =
      failures(1024, "rsc1").mean_time_between() / hour;
  values[{"F2", "mean time to failure, 8 accelerators"}] =
      failures(8, "rsc1").mean_time_between() / day;
  values[{"F8", "spares for a month, 2.2 h of recovery"}] = delta_spares(2.2 * hour);
  values[{"F8", "spares for a month, 5 min of recovery"}] = delta_spares(5 * minute);
  return {};
}

}  // namespace polyfleet
