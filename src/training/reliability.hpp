// What interrupts a training run and how long it stands: failures per accelerator, host, link and
// job, detection, diagnosis, restart, repair, from data/reliability/*.toml. Hardware rates scale
// with devices; software and user failures are a rate per job, without which rates per node are
// wrong below about 4,096 accelerators (Kokolis et al., arXiv:2410.21680). Independent failures at
// a constant rate: wrong for bursts (a cooling loop, a switch tier) and the first days of a fleet.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "catalogue/figure.hpp"
#include "catalogue/system.hpp"
#include "training/energy.hpp"

namespace polyfleet {

/// What a failure rate counts.
enum class FailureUnit { accelerator, node, link, job };

/// One cause of interruptions as a fleet recorded it: events over exposure is the rate of one unit.
struct FailureCause {
  std::string name;       ///< "HBM3 memory"
  std::string component;  ///< "accelerator", "host", "network", "software", "maintenance"
  FailureUnit unit = FailureUnit::accelerator;
  double events = 0;
  Seconds exposure;            ///< units times time
  bool planned = false;        ///< announced: nothing is lost but the stop
  bool replaces_node = false;  ///< the host leaves for repair and a spare takes its place
};

/// What one fleet recorded, and for which parts it stands.
struct FailureRecord {
  std::string id;                      ///< "llama3"
  std::string name;                    ///< in words, for reports
  std::vector<std::string> families;   ///< accelerator families it was recorded on
  std::vector<std::string> vendors;    ///< whose other parts borrow it
  bool general = false;                ///< lends its rates to families without a record
  double rate_low = 1, rate_high = 1;  ///< factors on the rate: spread between published fleets
  double full_job_accelerators = 1;    ///< job rates grow with size up to here, then are constant
  std::vector<FailureCause> causes;
  std::string source, status, note;
};

/// Times of one recovery and of a repair (data/reliability/recovery.toml).
struct RecoveryTimes {
  Figure<Seconds> automatic_detection, timeout_detection;
  Figure<double> automatic_share;  ///< of failures found by monitoring, not by a timeout
  Figure<Seconds> diagnosis;       ///< finding and excluding the faulty node
  Figure<Seconds> start;           ///< scheduling a spare, starting processes, first step
  Figure<Seconds> communicators_per_accelerator;
  Figure<double> manual_share;  ///< of unplanned failures that need people
  Figure<Seconds> manual_time;
  Figure<Seconds> repair;  ///< until a failed node is back among the spares
};

/// How checkpoints are written where the question does not say (data/reliability/checkpoint.toml).
struct CheckpointRates {
  Figure<BytesPerSecond> write_per_accelerator, read_per_accelerator;  ///< shared storage
  Figure<BytesPerSecond> node_limit;                                   ///< storage ports of a node
  Figure<BytesPerSecond> host_copy;  ///< device to host where the catalogue has no rate
};

/// Spread of device speed (data/reliability/jitter.toml).
struct DeviceJitter {
  Figure<double> spread;              ///< standard deviation of a device's time over its mean
  Figure<double> calibrated_devices;  ///< up to here measured steps already contain the slowest
};

struct ReliabilityData {
  std::vector<FailureRecord> records;
  RecoveryTimes recovery;
  CheckpointRates checkpoint;
  DeviceJitter jitter;
  PowerActivity power;  ///< of waiting devices
};

/// Reads data/reliability and data/power.
Result<ReliabilityData> load_reliability(const std::filesystem::path& data_directory);

/// One cause at the size of this run.
struct ScaledCause {
  const FailureCause* cause = nullptr;
  double units = 0;
  Hertz rate;
};

/// Interruptions of one run.
struct FailureModel {
  const FailureRecord* record = nullptr;
  bool borrowed = false;  ///< the record is of another family
  std::vector<ScaledCause> causes;
  Hertz unplanned, planned;
  Hertz replacing;  ///< unplanned ones that take a node out
  Hertz hardware;   ///< of accelerators, hosts and links: what a per-node model counts
  double rate_low = 1, rate_high = 1;
  Seconds mean_time_between() const { return 1.0 / unplanned; }
};

/// Empty where a record of this id exists; else what is known.
Diagnostics record_problems(const ReliabilityData& data, std::string_view record);

/// Rates at this size by the record of the accelerator's family, else one of its vendor, else the
/// general one; `record` picks one by id. Precondition: record_problems() of the id is empty.
FailureModel failure_model(const ReliabilityData& data, const Accelerator& part,
                           const System& system, double devices, std::string_view record = {});

}  // namespace polyfleet
