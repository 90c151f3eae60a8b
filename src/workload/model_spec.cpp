#include "workload/model_spec.hpp"

namespace polyfleet {

std::int64_t ModelSpec::moe_layers() const {
  if (!is_moe()) return 0;
  if (has_single_blocks()) return layers - attention_layers - linear_layers;
  const std::int64_t candidates = layers - moe.dense_first_layers;
  return candidates <= 0 ? 0 : candidates / moe.every;  // the last of every group of `every`
}

}  // namespace polyfleet
