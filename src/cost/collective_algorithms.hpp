// The algorithms of collective communication as two numbers each: how many serial steps a message
// takes, and how many bytes cross one accelerator's links in one direction per byte of payload. The
// alpha-beta model (Hockney 1994; Thakur, Rabenseifner, Gropp 2005) makes a time of them:
//   t = base + steps * hop + volume * payload / (rate * efficiency).
// Payload is the full logical buffer of one rank (all_gather: gathered size; reduce_scatter: input
// size; all_to_all: bytes sent in total including the own part). No contention between groups here.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "units/quantity.hpp"
#include "workload/op.hpp"

namespace polyfleet {

inline constexpr std::size_t kCollectiveKindCount = 6;
std::string_view name_of(CollectiveKind kind);

enum class CollectiveAlgorithm { ring, tree, direct, one_shot, switch_reduce, torus };
inline constexpr std::size_t kCollectiveAlgorithmCount = 6;
std::string_view name_of(CollectiveAlgorithm algorithm);

/// Serial steps and bytes per byte of payload; volume < 0: the algorithm cannot do this collective.
struct CollectiveShape {
  double steps = 0;
  double volume = -1;
  bool possible() const { return volume >= 0; }
};

/// Patarasuk and Yuan 2009: bandwidth-optimal, n-1 steps a pass. Hand case: all-reduce of 8 ranks
/// takes 14 steps and moves 1.75 bytes a byte; one rank takes nothing.
CollectiveShape ring_shape(CollectiveKind kind, double ranks);

/// Double binary tree (Sanders, Speck, Traeff 2009; NCCL since 2.4): 2 log2 n steps, every rank
/// sends each byte twice for all-reduce. Only all_reduce and broadcast.
CollectiveShape tree_shape(CollectiveKind kind, double ranks);

/// Every pair exchanges at once: one step a pass, as a full mesh or a switch allows. The caller
/// bounds the rate by (n-1) pair links on a mesh.
CollectiveShape direct_shape(CollectiveKind kind, double ranks);

/// All-reduce in one step: every rank sends its whole buffer to every other one and sums locally.
CollectiveShape one_shot_shape(CollectiveKind kind, double ranks);

/// Reduction in the switch (NVLink SHARP, Klenk et al. 2020; InfiniBand SHARP, Graham et al. 2016):
/// each rank's links carry the payload once and its own share once more.
CollectiveShape switch_reduce_shape(CollectiveKind kind, double ranks);

/// Wrapped torus with axes of these lengths; the rate is that of all links of all axes together.
/// All axes work at once on their share (Sack and Gropp 2015); all-to-all is bound by the longest
/// axis, whose links carry a quarter of its length. A slice without wrap-around links is up to
/// twice slower than this.
CollectiveShape torus_shape(CollectiveKind kind, std::span<const int> axes);

/// The part of a torus that a group fills: as near to a cube as its size divides, which is how
/// slices are cut, and the share of an accelerator's links that run along the axes it spans.
struct TorusSlice {
  std::array<int, 8> axes{};
  std::size_t count = 0;
  double share_of_links = 0;
};
/// `dims` empty: two axes without bound. A group beyond the torus is put on its last axis.
TorusSlice torus_slice(std::span<const int> dims, double ranks);

CollectiveShape shape_of(CollectiveAlgorithm algorithm, CollectiveKind kind, double ranks);

}  // namespace polyfleet
