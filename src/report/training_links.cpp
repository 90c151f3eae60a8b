#include "report/training_links.hpp"

namespace polyfleet {

std::string_view text_of(CollectiveKind kind) {
  switch (kind) {
    case CollectiveKind::all_reduce:
      return "all-reduce";
    case CollectiveKind::reduce_scatter:
      return "reduce-scatter";
    case CollectiveKind::all_gather:
      return "all-gather";
    case CollectiveKind::all_to_all:
      return "all-to-all";
    case CollectiveKind::broadcast:
      return "broadcast";
    case CollectiveKind::send_recv:
      return "send";
  }
  return "send";
}

std::string_view text_of(CommGroup group) {
  switch (group) {
    case CommGroup::tensor:
      return "tensor";
    case CommGroup::context:
      return "context";
    case CommGroup::expert:
      return "expert";
    case CommGroup::data:
      return "data";
    case CommGroup::expert_data:
      return "expert data";
    case CommGroup::pipeline:
      return "pipeline";
  }
  return "pipeline";
}

}  // namespace polyfleet
