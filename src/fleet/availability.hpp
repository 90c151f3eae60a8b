// How much of a fleet works: the expected share of accelerators in service (failures, repair,
// spares, maintenance, lemon nodes), the goodput of a gang of them (through training/goodput), and
// correlated outages of whole sites or classes, drawn from a seed. Steady state: nodes fail
// independently at a constant rate, so it is wrong in the first weeks of a new class; outages are
// what independent failures leave out. Rates of outages are mostly estimates, marked as such.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "training/goodput.hpp"
#include "training/reliability.hpp"

namespace polyfleet {

/// How often one node leaves for repair and for how long.
struct NodeReliability {
  Hertz failures;  ///< of one node while it works; only what takes the node out
  Seconds repair;
  int accelerators = 8;
  double rate_low = 1, rate_high = 1;  ///< spread between published fleets, factors on the rate
  std::string basis;                   ///< whose record, one sentence
};

/// Rates of data/reliability for this part in this system; `record` picks one by its id.
/// Precondition: record_problems() of the id is empty.
NodeReliability node_reliability(const ReliabilityData& data, const Accelerator& part,
                                 const System& system, std::string_view record = {});

/// A few nodes that fail much more often until they are found and replaced.
struct LemonNodes {
  double share = 0;        ///< of the nodes as delivered
  double factor = 1;       ///< on their failure rate
  int detected_after = 3;  ///< failures of one node, then it is exchanged for a good one
};

/// Announced work on every node in turn.
struct MaintenanceWindows {
  Seconds every;   ///< from one window of a node to its next; 0 = none
  Seconds length;  ///< the node is out
};

struct ServiceQuestion {
  NodeReliability nodes;
  double count = 0;        ///< nodes installed
  double spare_share = 0;  ///< of them held back to replace what fails
  MaintenanceWindows maintenance;
  LemonNodes lemons;
  Seconds horizon;  ///< lemons count with their mean over this time from delivery; 0 = no lemons
};

/// Shares of the installed nodes, sum 1.
struct ServiceShare {
  double in_service = 0;  ///< working and offered to workloads
  double waiting = 0;     ///< spares that work and wait
  double repair = 0;      ///< of nodes that fail as the record says
  double lemons = 0;      ///< repair and exchange of lemon nodes
  double maintenance = 0;
  /// Share of time in which fewer nodes work than all but the spares: workloads feel a loss.
  double short_of_nodes = 0;
  double sum() const { return in_service + waiting + repair + lemons + maintenance; }
};

/// Hand case: rate 1/(99 r), no spares, no maintenance: 99 % in service, 1 % in repair.
/// Precondition: shares in [0, 1], count >= 1, maintenance length below its distance.
ServiceShare expected_service(const ServiceQuestion& question);

/// Fewest spare nodes of `count` with which all but they work at least `availability` of the time;
/// failed nodes are repaired independently (binomial; Poisson where nodes are many).
int spare_nodes_for(double availability, const NodeReliability& nodes, double count);

/// A synchronous job of many accelerators.
struct GangQuestion {
  double accelerators = 0;
  Seconds checkpoint_blocking;        ///< training stands at each checkpoint
  Seconds checkpoint_background;      ///< until it is safe, behind training
  Seconds checkpoint_load;            ///< at a restart
  double spare_availability = 0.999;  ///< spares are held so that a gang waits no more than this
  std::string record;                 ///< failure record by id; empty = by accelerator
};

struct GangGoodput {
  double ettr = 0;           ///< productive over all time: what WorkloadRate::goodput wants
  double low = 0, high = 0;  ///< at the ends of the published failure rates
  Seconds mean_time_between;
  Seconds interval;  ///< between checkpoints, the optimum
  int spare_nodes = 0;
  RunProcess process;  ///< for training/goodput_simulation.hpp
  std::string basis;
};

/// Closed form; falls with size, failure rate and checkpoint cost.
GangGoodput gang_goodput(const ReliabilityData& data, const Accelerator& part, const System& system,
                         const GangQuestion& question);

enum class OutageCause { grid, cooling, power, network, firmware };
std::string_view name_of(OutageCause cause);

/// Many accelerators gone at once.
struct Outage {
  std::string site;          ///< empty = all sites
  std::string device_class;  ///< empty = all classes
  Seconds begin;             ///< from the begin of the study
  Seconds duration;
  double capacity_lost = 1;  ///< share of what it touches
  OutageCause cause = OutageCause::grid;
  Seconds end() const { return begin + duration; }
};

/// How often one cause strikes one site (firmware: one class, at all sites), data/reliability.
struct OutageRate {
  OutageCause cause = OutageCause::grid;
  Figure<double> per_year;
  Figure<Seconds> duration;        ///< mean; log-normal with `duration_spread`
  Figure<double> duration_spread;  ///< standard deviation of the logarithm
  Figure<double> capacity_lost;    ///< mean; uniform between its ends
};

/// data/reliability/outages.toml.
struct OutageData {
  std::vector<OutageRate> rates;
  Figure<double> lemon_share, lemon_factor, lemon_detected_after;
  Figure<Seconds> maintenance_every, maintenance_length;
  LemonNodes lemons() const;
  MaintenanceWindows maintenance() const;
};
Result<OutageData> load_outages(const std::filesystem::path& data_directory);

/// What outages can strike.
struct OutagePlaces {
  std::vector<std::string> sites;
  std::vector<std::string> classes;
  double rate_factor = 1;  ///< on all rates: what a future varies
};

/// Outages that begin within the horizon, by begin. Each (place, cause) has a stream of its own,
/// named after it: other places and their order change nothing.
std::vector<Outage> draw_outages(const OutageData& data, const OutagePlaces& places,
                                 Seconds horizon, std::uint64_t seed);

/// Expected share of capacity that outages take from one class at one site.
double expected_outage_loss(const OutageData& data);

}  // namespace polyfleet
