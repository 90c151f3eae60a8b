#include <doctest/doctest.h>

#include "cli/json_output.hpp"
#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

namespace {

/// The header and the first rows of the shipped table.
std::string few_rows(int rows, const std::string& accelerator = "") {
  std::string text = content_of(std::string(POLYFLEET_SOURCE_DIR) + "/validation/training.csv");
  std::size_t end = 0;
  for (int i = 0; i <= rows; ++i) end = text.find('\n', end) + 1;
  text.resize(end);
  if (accelerator.empty()) return text;
  const std::string gb200 = ",GB200,";
  for (std::size_t at = text.find(gb200); at != std::string::npos; at = text.find(gb200, at + 1))
    text.replace(at, gb200.size(), "," + accelerator + ",");
  return text;
}

}  // namespace

TEST_CASE("every validation prints the agreed keys") {
  for (const char* what : {"train", "collectives", "kernels", "memory"}) {
    CAPTURE(what);
    const Value json = validated(what);
    for (const char* key :
         {"rows", "predicted", "median_ape", "p90_ape", "median_bias", "coverage80",
          "source_median_ape", "by_vendor", "by_accelerator", "by_source", "by_model", "skipped"}) {
      CAPTURE(key);
      CHECK(json.find(key) != nullptr);
    }
    CHECK(*json.find("predicted")->integer() > 50);
    CHECK(*json.find("median_ape")->number() < 0.2);
  }
}

TEST_CASE("rows of a foreign file are predicted, and written when asked for") {
  const std::string table = scratch().write("few.csv", few_rows(3));
  const auto rows = scratch() / "rows.csv";
  const Value json = validated("train --data " + table + " --rows " + rows.string());
  CHECK(*json.find("rows")->integer() == 3);
  CHECK(content_of(rows).find("predicted_s") != std::string::npos);
}

TEST_CASE("an accelerator without a measured table is predicted") {
  const std::string table = scratch().write("rubin.csv", few_rows(3, "nv_rubin"));
  CHECK(*validated("train --data " + table).find("predicted")->integer() == 3);
}

TEST_CASE("an accelerator that nobody knows is skipped with its reason") {
  const std::string table = scratch().write("nobody.csv", few_rows(2, "Frobnicator 9000"));
  const Value json = validated("train --data " + table);
  CHECK(*json.find("predicted")->integer() == 0);
  CHECK(json.find("median_ape")->is_null());
  CHECK(json.find("skipped")->array()->front().find("reason")->text()->find("Frobnicator") !=
        std::string::npos);
}

TEST_CASE("the two halves of the sources make up the whole") {
  const auto rows = [](const std::string& split) {
    return *validated("train --split " + split).find("rows")->integer();
  };
  CHECK(rows("train") + rows("test") == rows("all"));
}

TEST_CASE("tables that are none are refused") {
  for (const char* what : {"train", "collectives", "kernels", "memory"}) {
    CAPTURE(what);
    const std::string command = std::string("validate ") + what + " --data ";
    CHECK(polyfleet_run(command + "/nowhere.csv").code == 2);
    CHECK(polyfleet_run(command + scratch().write("none.csv", "")).code == 2);
    CHECK(polyfleet_run(command + scratch().write("ab.csv", "a,b\n1,2\n")).code == 2);
    CHECK(polyfleet_run(command + scratch().write("elf.csv", std::string("\x7f"
                                                                         "ELF\0\1\2",
                                                                         7)))
              .code == 2);
  }
}

TEST_CASE("mixed pools: ratios, or what their sources leave open") {
  const auto rows = scratch() / "mixed.csv";
  const Value json = validated("mixed --rows " + rows.string());
  const std::size_t set_up = json.find("ratios")->array()->size();
  const std::size_t others = json.find("not_set_up")->array()->size();
  CHECK(set_up >= 4);
  CHECK(*json.find("rows")->integer() == static_cast<std::int64_t>(set_up + others));
  CHECK(*json.find("catalogue_alone_within_five_points")->integer() >= 4);
  for (const Value& row : *json.find("not_set_up")->array())
    CHECK_FALSE(row.find("missing")->array()->empty());
  CHECK(content_of(rows).find("HETHUB") != std::string::npos);
  const Outcome broken =
      polyfleet_run("validate mixed --data " + scratch().write("x.csv", "a,b\n"));
  CHECK(broken.code == 2);
  CHECK(broken.err.find("x.csv") != std::string::npos);
}
