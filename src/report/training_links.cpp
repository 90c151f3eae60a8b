#include "report/training_links.hpp"

namespace polyfleet {

CollectiveKind kind_of_collective(CommKind kind) {
  switch (kind) {
    case CommKind::all_reduce:
      return CollectiveKind::all_reduce;
    case CommKind::reduce_scatter:
      return CollectiveKind::reduce_scatter;
    case CommKind::all_gather:
      return CollectiveKind::all_gather;
    case CommKind::all_to_all:
      return CollectiveKind::all_to_all;
    case CommKind::broadcast:
      return CollectiveKind::broadcast;
    case CommKind::send_recv:
      return CollectiveKind::send_recv;
  }
  return CollectiveKind::send_recv;
}

std::string_view text_of(CommKind kind) {
  switch (kind) {
    case CommKind::all_reduce:
      return "all-reduce";
    case CommKind::reduce_scatter:
      return "reduce-scatter";
    case CommKind::all_gather:
      return "all-gather";
    case CommKind::all_to_all:
      return "all-to-all";
    case CommKind::broadcast:
      return "broadcast";
    case CommKind::send_recv:
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

AttentionShape attention_shape(const Op& op) {
  return {.batch = op.batch,
          .heads = op.heads,
          .kv_heads = op.kv_heads,
          .head_dim_qk = op.head_dim_qk,
          .head_dim_v = op.head_dim_v,
          .query_length = op.balanced ? op.kv_length : op.query_length,
          .kv_length = op.kv_length,
          .causal = op.causal,
          .window = op.window,
          .backward = op.backward,
          .decode = op.decode,
          .dtype = op.dtype};
}

}  // namespace polyfleet
