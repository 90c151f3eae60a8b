#include <doctest/doctest.h>

#include <array>

#include "cost/collective_algorithms.hpp"

using namespace polyfleet;

namespace {

using enum CollectiveKind;

void check(const CollectiveShape& shape, double steps, double volume) {
  CHECK(shape.steps == doctest::Approx(steps));
  CHECK(shape.volume == doctest::Approx(volume));
}

}  // namespace

TEST_CASE("ring: n-1 steps a pass and (n-1)/n of the payload") {
  check(ring_shape(all_reduce, 8), 14, 1.75);
  check(ring_shape(all_gather, 8), 7, 0.875);
  check(ring_shape(reduce_scatter, 4), 3, 0.75);
  check(ring_shape(broadcast, 8), 7, 1);
  check(ring_shape(send_recv, 2), 1, 1);
  // Relayed: of 8 ranks the mean distance is 2 over two directions at 7/8 of the payload.
  check(ring_shape(all_to_all, 8), 7, 1.75);
  check(ring_shape(all_reduce, 1), 0, 0);
}

TEST_CASE("double binary tree: logarithmic steps, twice the payload") {
  check(tree_shape(all_reduce, 8), 6, 2);
  check(tree_shape(all_reduce, 9), 8, 2);
  check(tree_shape(broadcast, 1024), 10, 1);
  CHECK(!tree_shape(all_gather, 8).possible());
}

TEST_CASE("direct exchange: one step a pass, a message to each peer for all-to-all") {
  check(direct_shape(all_reduce, 8), 2, 1.75);
  check(direct_shape(all_gather, 8), 1, 0.875);
  check(direct_shape(all_to_all, 8), 7, 0.875);
  check(one_shot_shape(all_reduce, 8), 1, 7);
  CHECK(!one_shot_shape(all_gather, 8).possible());
}

TEST_CASE("reduction in the switch: the payload once and the own share once more") {
  check(switch_reduce_shape(all_reduce, 8), 1, 1.125);
  check(switch_reduce_shape(reduce_scatter, 8), 1, 0.875);
  CHECK(!switch_reduce_shape(all_to_all, 8).possible());
}

TEST_CASE("torus: all axes at once, all-to-all bound by the longest") {
  const std::array cube{4, 4, 4};
  check(torus_shape(all_gather, cube), 6, 63.0 / 64);
  check(torus_shape(all_reduce, cube), 12, 2 * 63.0 / 64);
  // Mean distance 1 on an axis of 4, over its two of six links: 3 times the payload over all links.
  check(torus_shape(all_to_all, cube), 6, 3);
  check(torus_shape(send_recv, cube), 1, 6);
  const std::array line{1, 8};
  check(torus_shape(all_gather, line), 4, 0.875);
  // By bisection: half of the payload of half of the ranks crosses two cuts of one link each way,
  // 8/2 * 1/2 / 2 = 1 payload over one of two links.
  check(torus_shape(all_to_all, line), 4, 2);
  const std::array one{1, 1};
  check(torus_shape(all_reduce, one), 0, 0);
}

TEST_CASE("names and shapes of every algorithm agree with their functions") {
  for (std::size_t i = 0; i < kCollectiveAlgorithmCount; ++i) {
    const auto algorithm = static_cast<CollectiveAlgorithm>(i);
    CHECK(name_of(algorithm) != "unknown");
    const CollectiveShape shape = shape_of(algorithm, all_reduce, 8);
    CHECK(shape.possible() == (algorithm != CollectiveAlgorithm::torus));
  }
  // No algorithm but the switch moves less than the ring for all-reduce.
  for (const int n : {2, 3, 8, 64, 1000000}) {
    CHECK(tree_shape(all_reduce, n).volume >= ring_shape(all_reduce, n).volume);
    CHECK(direct_shape(all_reduce, n).volume >= ring_shape(all_reduce, n).volume);
    CHECK(one_shot_shape(all_reduce, n).volume >= ring_shape(all_reduce, n).volume);
  }
}

TEST_CASE("a slice of a torus is cut as near to a cube as it divides") {
  const std::array pod{16, 20, 28};
  const auto check_axes = [&](double ranks, int a, int b, int c, double share) {
    const TorusSlice slice = torus_slice(pod, ranks);
    REQUIRE(slice.count == 3);
    CHECK(slice.axes[0] == a);
    CHECK(slice.axes[1] == b);
    CHECK(slice.axes[2] == c);
    CHECK(slice.share_of_links == doctest::Approx(share));
  };
  check_axes(64, 4, 4, 4, 1);
  check_axes(8960, 16, 20, 28, 1);
  check_axes(512, 8, 8, 8, 1);
  check_axes(2, 1, 1, 2, 1.0 / 3);
  check_axes(7, 1, 1, 7, 1.0 / 3);
  const TorusSlice flat = torus_slice({}, 64);
  CHECK(flat.count == 2);
  CHECK(flat.axes[0] == 8);
  CHECK(flat.axes[1] == 8);
}
