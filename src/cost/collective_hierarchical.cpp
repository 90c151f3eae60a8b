// Several scale-up domains joined by NICs, one rail a member. NCCL and RCCL do not reduce inside
// first:
// - ring: one ring through all ranks, so every NIC carries 2(n-1)/n of the payload over the members
// of
//   a domain, and latency grows with the number of domains;
// - tree: a chain inside the domain and a double binary tree between domains; with two domains each
//   tree is one edge and the NICs carry the payload once, from three on an inner node sends it
//   twice;
// - reduction in the network (SHARP): the payload once, and the own share once more.
// The cheapest is taken, as the library's tuner does. Inside and outside stream at the same time.
#include <algorithm>
#include <cmath>
#include <limits>

#include "cost/collective_costs.hpp"

namespace polyfleet {
namespace {

/// Passes of a ring over its ranks: all-reduce is a reduce-scatter and an all-gather.
double passes_of(CollectiveKind kind) { return kind == CollectiveKind::all_reduce ? 2 : 1; }

/// Bytes that one NIC carries in one direction per byte of payload and member of the domain.
double nic_volume(const ProtocolRow& row, double ranks, double domains) {
  if (row.algorithm == CollectiveAlgorithm::ring) return ring_shape(row.op, ranks).volume;
  const CollectiveShape shape = shape_of(row.algorithm, row.op, domains);
  const bool one_edge = row.algorithm == CollectiveAlgorithm::tree && domains <= 2;
  return one_edge ? std::min(1.0, shape.volume) : shape.volume;
}

/// Hops over NICs, one after another.
double nic_hops(const ProtocolRow& row, double domains) {
  if (row.algorithm == CollectiveAlgorithm::ring) return passes_of(row.op) * domains;
  return shape_of(row.algorithm, row.op, domains).steps;
}

}  // namespace

double CollectiveCosts::nic_rate(const RankGroup& group) const {
  return network_.scale_out_rate.base() / network_.oversubscription /
         std::max(1, group.groups_sharing_nic);
}

CollectiveCosts::Parts CollectiveCosts::exchange(double bytes, const RankGroup& group,
                                                 int per_domain) const {
  Parts best = unreached();
  const double rate = nic_rate(group);
  if (!(rate > 0)) return best;
  const double outside = group.size - per_domain;
  for (const ProtocolRow& row :
       scale_out_.rows[static_cast<std::size_t>(CollectiveKind::all_to_all)]) {
    const double volume = outside / group.size;
    const Parts parts{row.base.base(), outside * row.hop.base(),
                      volume * bytes / (rate * row.efficiency), volume, row.label};
    if (parts.total() < best.total()) best = parts;
  }
  if (per_domain <= 1) return best;
  const double kept = bytes * per_domain / group.size;
  const Parts inside = scale_up(CollectiveKind::all_to_all, kept, per_domain);
  best.base = std::max(best.base, inside.base);
  best.bandwidth = std::max(best.bandwidth, inside.bandwidth);
  return best;
}

CollectiveCosts::Parts CollectiveCosts::two_level(CollectiveKind kind, double bytes,
                                                  const RankGroup& group, int per_domain) const {
  if (kind == CollectiveKind::all_to_all) return exchange(bytes, group, per_domain);
  Parts best = unreached();
  const double rate = nic_rate(group);
  if (!(rate > 0)) return best;
  const double domains = std::ceil(static_cast<double>(group.size) / per_domain);
  const Parts inside = per_domain > 1 ? scale_up(kind, bytes, per_domain) : Parts();
  for (const ProtocolRow& row : scale_out_.rows[static_cast<std::size_t>(kind)]) {
    const bool in_switch = row.algorithm == CollectiveAlgorithm::switch_reduce;
    if (in_switch && !network_.scale_out_in_network_reduction) continue;
    const double volume = nic_volume(row, group.size, domains);
    if (volume < 0) continue;
    const bool ring = row.algorithm == CollectiveAlgorithm::ring;
    // A ring passes through every domain in turn; a tree only up and down its own.
    const double inner_hops = inside.hops * (ring ? domains : 1);
    const double nic_time = volume * bytes / per_domain / (rate * row.efficiency);
    const bool nics_bind = nic_time >= inside.bandwidth;
    const Parts parts{std::max(row.base.base(), inside.base),
                      nic_hops(row, domains) * row.hop.base() + inner_hops,
                      std::max(nic_time, inside.bandwidth), volume,
                      nics_bind ? std::string_view(row.label) : inside.label};
    if (parts.total() < best.total()) best = parts;
  }
  return best;
}

}  // namespace polyfleet
