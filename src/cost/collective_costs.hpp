// Time of a collective on a network of any size, in constant time: one domain of accelerators by
// the family's protocols (the cheapest, as the library's own tuner picks), several domains by the
// two-level scheme in which the scale-up part and the NICs stream at once. Alpha-beta with protocol
// efficiency, corrected by measured curves where the part was measured (collective_tables.hpp).
// Wrong for: contention with other groups (a flow-level simulation's job), domains that a group
// fills unevenly, and NIC counts that differ inside a node.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cost/collective_algorithms.hpp"
#include "cost/collective_parameters.hpp"
#include "cost/collective_tables.hpp"
#include "cost/cost_scaling.hpp"
#include "cost/fidelity.hpp"
#include "cost/network.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// A set of ranks that communicate: `per_domain` of them inside each scale-up domain, so
/// size / per_domain domains. `groups_sharing_nic` groups use one NIC at the same time.
struct RankGroup {
  int size = 1;
  int per_domain = 1;
  int groups_sharing_nic = 1;
};

struct CollectiveTime {
  Seconds time;
  double sigma = 0;  ///< of ln(true / time)
  Fidelity fidelity = Fidelity::transferred;
  std::string_view algorithm;  ///< of the larger part; lives as long as the CollectiveCosts
};

/// Everything under data/ that collectives need, read once and shared by many networks.
struct CollectiveData {
  std::vector<CollectiveFamily> families;
  std::vector<MeasuredCollective> measured;
  CollectiveUncertainty uncertainty;
  std::vector<LaunchCost> launches;
  static Result<CollectiveData> load(const std::filesystem::path& data_directory);
};

/// Which measurements to use. The default is the vendor's library with all of its tables; the rest
/// is for other libraries and for cross-validation.
struct CollectiveOptions {
  std::string library;                   ///< empty = the family's own ("nccl", "rccl-tests")
  std::optional<Bytes> without_payload;  ///< leave measurements of this size out
  std::optional<int> without_ranks;      ///< leave this number of ranks out
  bool without_own_tables = false;       ///< as if the accelerator had never been measured
  bool without_own_family = false;       ///< nor any part whose constants it shares: its generation
};

class CollectiveCosts {
 public:
  /// Reads data/collectives and data/measurements/collectives. Diagnoses an inconsistent network
  /// and faulty files.
  static Result<CollectiveCosts> load(const Network& network,
                                      const std::filesystem::path& data_directory);
  static Result<CollectiveCosts> make(const Network& network, const CollectiveData& data,
                                      const CollectiveOptions& options = {});

  /// payload: the full logical buffer per rank (all_gather: gathered size; reduce_scatter: input
  /// size; all_to_all: bytes each rank sends in total including to itself). One rank takes no time;
  /// an empty payload costs the latencies. Infinite when a group spans domains that no NIC joins.
  CollectiveTime time(CollectiveKind kind, Bytes payload, const RankGroup& group) const;

  /// Lays a hypothetical network and factors over the models: curves measured on the real one stay.
  /// Precondition: the network has the same kind of scale-up.
  void rescale(const Network& network, const LinkScaling& scale_up, const LinkScaling& scale_out);

  const Network& network() const { return network_; }
  /// The parameters in use: "nvlink_hopper".
  const std::string& family() const { return scale_up_.id; }

 private:
  /// One part of a collective, in seconds. `volume` is the shape's, for rescaling.
  struct Parts {
    double base = 0;
    double hops = 0;
    double bandwidth = 0;
    double volume = 0;
    std::string_view label;
    double total() const { return base + hops + bandwidth; }
  };
  /// Before any protocol was tried: without one that fits no network joins the ranks.
  static Parts unreached();
  Parts closed_form(CollectiveKind kind, double bytes, double ranks) const;
  Parts torus_parts(CollectiveKind kind, double bytes, double ranks) const;
  Parts scale_up(CollectiveKind kind, double bytes, int ranks) const;
  static Parts best_row(const std::vector<ProtocolRow>& rows, double bytes, double ranks,
                        double rate);
  // collective_hierarchical.cpp: several domains.
  double nic_rate(const RankGroup& group) const;
  Parts two_level(CollectiveKind kind, double bytes, const RankGroup& group, int per_domain) const;
  Parts exchange(double bytes, const RankGroup& group, int per_domain) const;
  void set_provenance(CollectiveKind kind, Bytes payload, int per_domain, double latency_share,
                      CollectiveTime& out) const;
  void note_fits(const CollectiveData& data, const std::string& accelerator);
  void add_curves(const CollectiveData& data, const CollectiveOptions& options);
  void add_points(const CollectiveData& data, const CollectiveOptions& options,
                  const std::string& library, const std::string& accelerator, CollectiveKind kind);

  Network network_;
  CollectiveFamily scale_up_;
  CollectiveFamily scale_out_;
  CollectiveUncertainty uncertainty_;
  std::array<CorrectionCurves, kCollectiveKindCount> curves_;
  std::array<bool, kCollectiveKindCount> own_curve_{};      // of this part
  std::array<bool, kCollectiveKindCount> other_library_{};  // the one asked for has no table
  double launch_ = 0;                                       // seconds, where other_library_
  std::array<bool, kCollectiveKindCount> fitted_{};  // constants fitted on this part's family
};

}  // namespace polyfleet
