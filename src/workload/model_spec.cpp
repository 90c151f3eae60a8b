#include "workload/model_spec.hpp"

namespace polyfleet {

std::int64_t ModelSpec::moe_layers() const {
  if (!is_moe()) return 0;
  const std::int64_t candidates = layers - moe.dense_first_layers;
  return candidates <= 0 ? 0 : (candidates + moe.every - 1) / moe.every;
}

}  // namespace polyfleet
