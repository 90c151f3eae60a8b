#include <filesystem>

#include "base/files.hpp"
#include "training/interval.hpp"
#include "training/maturity.hpp"
#include "unit/training/machine_fixture.hpp"

using namespace polyfleet;

namespace {

/// A data folder of its own with one file.
std::filesystem::path folder_with(const std::string& sub, const std::string& name,
                                  const std::string& text) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "polyfleet_test_maturity";
  std::filesystem::create_directories(folder / sub);
  REQUIRE(write_file(folder / sub / name, text));
  return folder;
}

std::string entry(const std::string& family, const std::string& accelerator,
                  const std::string& from, double factor) {
  return "[[maturity]]\nvendor = \"*\"\nfamily = \"" + family + "\"\naccelerator = \"" +
         accelerator + "\"\nframework = \"*\"\nworkload = \"*\"\nfrom = \"" + from +
         "\"\nfactor = " + std::to_string(factor) + "\nfitted_on = [\"x\"]\n";
}

}  // namespace

TEST_CASE("the most specific entry that is not later than the release wins") {
  const auto folder = folder_with(
      "frameworks", "software_maturity.toml",
      entry("*", "*", "2000-01", 1.5) + entry("hopper", "*", "2024-01", 1.2) +
          entry("hopper", "*", "2025-01", 1.1) + entry("*", "nv_h100_sxm", "2026-01", 1.05));
  const auto table = MaturityTable::load(folder);
  REQUIRE(table);
  const Accelerator& h100 = h100_machine().accelerator;
  const auto factor = [&](const std::string& date) {
    return table->factor(h100, "megatron_core", WorkloadClass::dense, date).factor;
  };
  CHECK(factor("2023-06") == doctest::Approx(1.5));
  CHECK(factor("2024-01") == doctest::Approx(1.2));
  CHECK(factor("2025-06") == doctest::Approx(1.1));
  CHECK(factor("2026-02") == doctest::Approx(1.05));
  CHECK(factor("") == doctest::Approx(1.05));
}

TEST_CASE("a faulty maturity file is diagnosed with its position") {
  const auto folder = folder_with("frameworks", "software_maturity.toml",
                                  "[[maturity]]\nvendor = \"*\"\nfaktor = 1\n");
  const auto table = MaturityTable::load(folder);
  REQUIRE_FALSE(table);
  const std::string text = to_text(table.problems());
  CHECK(text.find("software_maturity.toml:3") != std::string::npos);
  CHECK(text.find("did you mean 'factor'?") != std::string::npos);
}

TEST_CASE("intervals widen with model uncertainty beyond what the fitted rows had") {
  const auto folder = folder_with(
      "training", "intervals.toml",
      "known_sigma = 0.05\n[[interval]]\nvendor = \"*\"\nfamily = \"*\"\nframework = \"*\"\n"
      "workload = \"*\"\nlow = 0.9\nhigh = 1.2\nrows = 100\nsources = 10\n");
  const auto table = IntervalTable::load(folder);
  REQUIRE(table);
  const auto known = table->interval("NVIDIA", "hopper", "nemo", WorkloadClass::dense, 0.05);
  CHECK(known.low == doctest::Approx(0.9));
  CHECK(known.high == doctest::Approx(1.2));
  const auto unknown = table->interval("AMD", "cdna5", "primus", WorkloadClass::moe, 0.3);
  CHECK(unknown.low < known.low);
  CHECK(unknown.high > known.high);
  // the middle stays: sqrt(0.9 x 1.2)
  CHECK(unknown.low * unknown.high == doctest::Approx(0.9 * 1.2));
}

TEST_CASE("a table without entries, or without its known spread, is no table") {
  CHECK_FALSE(MaturityTable::load(
      folder_with("frameworks", "software_maturity.toml", "[[maturities]]\nfactor = 1\n")));
  const auto intervals =
      IntervalTable::load(folder_with("training", "intervals.toml", "known_sigmas = 0.05\n"));
  REQUIRE_FALSE(intervals);
  CHECK(to_text(intervals.problems()).find("known_sigma") != std::string::npos);
}

TEST_CASE("the shipped tables load") {
  CHECK(MaturityTable::load(shipped_catalogue().directory()));
  CHECK(IntervalTable::load(shipped_catalogue().directory()));
}
