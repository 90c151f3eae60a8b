#include <doctest/doctest.h>

#include "validation/corrections.hpp"
#include "validation/truth_row.hpp"

using namespace polyfleet;

namespace {

constexpr const char* kTable =
    "id,accelerator,model,measured_metric,measured_value,tp,notes,other_settings,sequence_"
    "parallel\n"
    "a-1,H100,Llama,step_time_s,1.5,4.0,GA=64; implied_seq_len~4096 (stated),cp_comm_type=a2a,no\n"
    "a-2,H100,Llama,step_time_s,x,0,,,maybe\n";

std::vector<TruthRow> rows() {
  auto read = read_truth(kTable, "t.csv");
  REQUIRE(read);
  return *read;
}

RowCorrection entry(std::string id, std::string column, std::string when, std::string value) {
  RowCorrection made;
  made.id = std::move(id);
  made.column = std::move(column);
  made.when = std::move(when);
  made.value = std::move(value);
  return made;
}

}  // namespace

TEST_CASE("cells read as text, counts, flags and remarks") {
  const auto table = rows();
  CHECK(table[0].text("model") == "Llama");
  CHECK(*table[0].count("tp") == 4);
  CHECK(*table[0].flag("sequence_parallel") == false);
  CHECK(table[0].remark("GA") == "64");
  CHECK(table[0].remark("implied_seq_len") == "4096 (stated)");
  CHECK(table[0].remark("cp_comm_type") == "a2a");
  CHECK(table[0].remark("A").empty());  // part of a key is no key
}

TEST_CASE("what is not there or not a count reads as nothing") {
  const auto table = rows();
  CHECK(table[1].text("vocab").empty());
  CHECK_FALSE(table[1].count("tp"));  // a degree of 0
  CHECK_FALSE(table[1].number("measured_value"));
  CHECK_FALSE(table[1].flag("sequence_parallel"));
}

TEST_CASE("a table without its columns is refused; rows without an id are named by their line") {
  CHECK_FALSE(read_truth("id,model\na,b\n", "t.csv"));
  const auto nameless = read_truth(
      "id,accelerator,model,measured_metric,measured_value\na,H,M,step_time_s,1\n"
      ",H,M,step_time_s,1\na,H,M,step_time_s,2\n",
      "t.csv");
  REQUIRE(nameless);
  REQUIRE(nameless->size() == 3);
  CHECK((*nameless)[1].text("id") == "line-3");
}

TEST_CASE("corrections change only what they name") {
  auto table = rows();
  const std::vector<RowCorrection> list{entry("a-*", "tp", "4.0", "8"), entry("a-1", "pp", "", "2"),
                                        entry("a-1", "tp", "", "")};
  std::vector<RowCorrection> three = list;
  three[1].fill = true;
  three[2].factor = 2;
  const auto applied = correct(table[0], three);
  CHECK(applied.size() == 3);
  CHECK(*table[0].count("tp") == 16);
  CHECK(*table[0].count("pp") == 2);
  CHECK(correct(table[1], three).empty());
  RowCorrection late = entry("a-1", "pp", "", "9");
  late.fill = true;
  CHECK(correct(table[0], {late}).empty());
}

TEST_CASE("a correction that does nothing is diagnosed") {
  const auto document =
      parse_toml("[[correction]]\nid = \"a\"\nreason = \"r\"\nsource = \"s\"\n", "c.toml");
  REQUIRE(document);
  CHECK_FALSE(read_corrections(*document));
}
