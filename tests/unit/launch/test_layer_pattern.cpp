#include <doctest/doctest.h>

#include "launch/layer_pattern.hpp"

namespace polyfleet {

TEST_CASE("list expressions of --moe-layer-freq") {
  CHECK(list_expression("([0]*1+[1]*3)") == std::vector<int>{0, 1, 1, 1});
  CHECK(list_expression("([1]*3+[0]*1)*2") == std::vector<int>{1, 1, 1, 0, 1, 1, 1, 0});
  CHECK(list_expression("\"[1, 1,0]\"") == std::vector<int>{1, 1, 0});
  CHECK(!list_expression("1"));
  CHECK(!list_expression("[1]*"));
  CHECK(!list_expression("[1]*9999*9999"));
  CHECK(list_expression_of({0, 0, 0, 1, 1}) == "([0]*3+[1]*2)");
}

TEST_CASE("pipeline layouts: DeepSeek-V3 on 16 stages of two chunks") {
  // https://github.com/NVIDIA/Megatron-LM: --pipeline-model-parallel-layout "Et*3|(tt|)*29,m|L"
  const auto layers = layout_layers("Et*3|(tt|)*29,m|L");
  REQUIRE(layers.has_value());
  CHECK(layers->size() == 32);
  CHECK(layers->front() == 3);
  CHECK((*layers)[1] == 2);
  CHECK((*layers)[29] == 2);
  CHECK((*layers)[30] == 0);
  CHECK(layers->back() == 0);
  int sum = 0;
  for (const int n : *layers) sum += n;
  CHECK(sum == 61);
}

TEST_CASE("layouts are written as they are read, and refused where they are none") {
  CHECK(layout_of({3, 2, 1, 0}, 1) == "Et*3|t*2|t|mL");
  CHECK(layout_layers(layout_of({3, 2, 1, 0}, 1)) == std::vector<int>{3, 2, 1, 0});
  CHECK(!layout_layers("Ex|L"));
  CHECK(!layout_layers("E(t|"));
  CHECK(!layout_layers("((t*9999)*9999)"));
  CHECK(!layout_layers(""));
}

}  // namespace polyfleet
