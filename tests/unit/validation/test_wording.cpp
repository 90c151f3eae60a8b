#include <doctest/doctest.h>

#include "validation/wording.hpp"

using namespace polyfleet;

TEST_CASE("numbers inside loose text are found in order") {
  const auto numbers = whole_numbers("50257 padded to 50688 (multiple of 128*TP)");
  REQUIRE(numbers.size() == 3);
  CHECK(numbers[1] == 50688);
  CHECK(whole_numbers("none").empty());
}

TEST_CASE("the number behind a mark, whatever its case") {
  CHECK(*number_after("FSDP+DP (FSDP=128)", "fsdp=") == 128);
  CHECK(*number_after("ici_tensor_parallelism=8", "ici_tensor_parallelism=") == 8);
  CHECK_FALSE(number_after("FSDP", "fsdp="));
  CHECK(*number_after("gas=; then GAS=64", "gas=") == 64);
}

TEST_CASE("spellings of one name agree") {
  CHECK(letters_and_digits("Llama-3.1 70B") == letters_and_digits("llama3.1_70b"));
  CHECK(letters_and_digits("A100-80GB") == "a10080gb");
}

TEST_CASE("patterns: stars, sets and plain characters") {
  CHECK(fits_pattern("nemolong-b200-llama3-8b-64k-cp", "nemolong-b200-*-cp"));
  CHECK_FALSE(fits_pattern("nemolong-b200-llama3-8b-64k-nocp", "nemolong-b200-*-cp"));
  CHECK(fits_pattern("n2", "n[24]"));
  CHECK_FALSE(fits_pattern("n3", "n[24]"));
  CHECK_FALSE(fits_pattern("n2", "n[24"));
  CHECK_FALSE(fits_pattern("n2", ""));
  CHECK(fits_pattern("", "*"));
}
