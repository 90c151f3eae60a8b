#include "cost/collective_algorithms.hpp"

namespace polyfleet {

std::string_view name_of(CollectiveKind kind) {
  switch (kind) {
    case CollectiveKind::all_reduce:
      return "all_reduce";
    case CollectiveKind::reduce_scatter:
      return "reduce_scatter";
    case CollectiveKind::all_gather:
      return "all_gather";
    case CollectiveKind::all_to_all:
      return "all_to_all";
    case CollectiveKind::broadcast:
      return "broadcast";
    case CollectiveKind::send_recv:
      return "send_recv";
  }
  return "unknown";
}

std::string_view name_of(CollectiveAlgorithm algorithm) {
  switch (algorithm) {
    case CollectiveAlgorithm::ring:
      return "ring";
    case CollectiveAlgorithm::tree:
      return "tree";
    case CollectiveAlgorithm::direct:
      return "direct";
    case CollectiveAlgorithm::one_shot:
      return "one_shot";
    case CollectiveAlgorithm::switch_reduce:
      return "switch_reduce";
    case CollectiveAlgorithm::torus:
      return "torus";
  }
  return "unknown";
}

CollectiveShape shape_of(CollectiveAlgorithm algorithm, CollectiveKind kind, double ranks) {
  switch (algorithm) {
    case CollectiveAlgorithm::ring:
      return ring_shape(kind, ranks);
    case CollectiveAlgorithm::tree:
      return tree_shape(kind, ranks);
    case CollectiveAlgorithm::direct:
      return direct_shape(kind, ranks);
    case CollectiveAlgorithm::one_shot:
      return one_shot_shape(kind, ranks);
    case CollectiveAlgorithm::switch_reduce:
      return switch_reduce_shape(kind, ranks);
    case CollectiveAlgorithm::torus:
      break;  // needs the axes: torus_shape
  }
  return {};
}

}  // namespace polyfleet
