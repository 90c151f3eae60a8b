// How many prompt tokens a prefix cache could have given at most: every block ever seen is kept, at
// no cost and from the moment its request arrives. A bound for any router and any cache size; eight
// to sixteen bytes a distinct block, none when requests carry no hashes.
#pragma once

#include <cstdint>
#include <vector>

#include "traffic/request.hpp"

namespace polyfleet {

class InfinitePrefixCache {
 public:
  /// Tokens of the leading blocks that some earlier request of the model had; then keeps all its
  /// blocks.
  std::int64_t see(const ServingRequest& request);

 private:
  bool insert(std::uint64_t key);  ///< false when it was there
  void grow();
  std::vector<std::uint64_t> table_;  ///< open addressing, 0 = free
  std::size_t held_ = 0;
};

}  // namespace polyfleet
