#include <doctest/doctest.h>

#include "base/spelling.hpp"

namespace polyfleet {

TEST_CASE("edit distance counts insertions, deletions, substitutions and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("mi355x", "mi535x") == 1);
  CHECK(edit_distance("MI355X", "mi355x") == 0);
  CHECK(edit_distance("ca", "abc") == 3);  // restricted swaps: nothing between the two letters
}

TEST_CASE("the nearest name is within a third of its length") {
  const std::vector<std::string> known = {"tensor_parallel", "pipeline_parallel", "dp"};
  CHECK(nearest_name("tensor_paralel", known) == "tensor_parallel");
  CHECK(nearest_name("tensorparallel", known) == "tensor_parallel");
  CHECK(nearest_name("weather", known).empty());
  CHECK(nearest_name("tp", known) == "dp");
  CHECK(nearest_name("", known).empty());
  CHECK(nearest_name("x", {"y"}).empty());
}

TEST_CASE("ties go to the first name") { CHECK(nearest_name("abd", {"abc", "abe"}) == "abc"); }

TEST_CASE("a suggestion lists the known names where none is near") {
  CHECK(name_suggestion("tpu", {"tp", "zebra"}) == "did you mean 'tp'?");
  CHECK(name_suggestion("weather", {"a", "b", "c"}, 2) == "known: a, b, ... (3 in all)");
  CHECK(name_suggestion("weather", {"a", "b"}) == "known: a, b");
  CHECK(name_suggestion("weather", {}).empty());
}

TEST_CASE("a very long name does not take long") {
  const std::string longest(10'000'000, 'a');
  CHECK(nearest_name(longest, {"aa", longest}) == longest);
}

}  // namespace polyfleet
