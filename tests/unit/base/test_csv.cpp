#include <doctest/doctest.h>

#include "base/csv.hpp"

namespace polyfleet {
namespace {

std::string problems_of(std::string_view text) {
  const Result<CsvTable> table = CsvTable::parse(text, "t.csv");
  return table ? "" : to_text(table.problems());
}

}  // namespace

TEST_CASE("rows come with the line on which they begin") {
  const auto table = CsvTable::parse("# source\n# more\na,b\n1,\"x\ny\"\n\n2,z\n", "t.csv");
  REQUIRE(table);
  CHECK(table->columns() == std::vector<std::string>{"a", "b"});
  REQUIRE(table->rows().size() == 2);
  CHECK(table->rows()[0].line == 4);
  CHECK(table->rows()[0].cells[1] == "x\ny");
  CHECK(table->rows()[1].line == 7);
  CHECK(table->column("b") == 1);
  CHECK_FALSE(table->column("c"));
}

TEST_CASE("quotes, doubled quotes, carriage returns and a byte order mark") {
  const auto table =
      CsvTable::parse("\xEF\xBB\xBF\"a\",b\r\n\"say \"\"hi\"\", ok\",\"\"\r\n3\" wide,#4", "t.csv");
  REQUIRE(table);
  CHECK(table->columns()[0] == "a");
  REQUIRE(table->rows().size() == 2);
  CHECK(table->rows()[0].cells == std::vector<std::string>{"say \"hi\", ok", ""});
  CHECK(table->rows()[1].cells == std::vector<std::string>{"3\" wide", "#4"});
}

TEST_CASE("every faulty row is reported with its line") {
  CHECK(problems_of("a,b\n1\n1,2\n1,2,3\n") ==
        "error: t.csv:2: has 1 cells where the header has 2\n"
        "error: t.csv:4: has 3 cells where the header has 2\n");
  CHECK(problems_of("a,b\n1,\"2\n3,4\n") == "error: t.csv:2: a quote opens and never closes\n");
  CHECK(problems_of("a,b\n\"1\"x,2\n") == "error: t.csv:2: has text after a closing quote\n");
}

TEST_CASE("faulty headers") {
  CHECK(problems_of("") == "error: t.csv:1: is empty: a header line is needed\n");
  CHECK(problems_of("# only\n") == "error: t.csv:1: is empty: a header line is needed\n");
  CHECK(problems_of("\na,b\n").find("is blank where the header should be") != std::string::npos);
  CHECK(problems_of("a,b,a,a\n1,2,3,4\n") ==
        "error: t.csv:1: names the column 'a' twice\n  fix: give each column its own name\n");
  CHECK(problems_of("a,\"b\n1,2\n") == "error: t.csv:1: a quote opens and never closes\n");
  CHECK(problems_of(std::string_view("a,\0b\n", 5)) ==
        "error: t.csv: holds binary data, not CSV text\n");
}

TEST_CASE("beyond twenty problems the rest is counted, none is dropped silently") {
  std::string text = "a,b\n";
  for (int i = 0; i < 25; ++i) text += "1\n";
  const auto table = CsvTable::parse(text, "t.csv");
  REQUIRE_FALSE(table);
  REQUIRE(table.problems().size() == 21);
  CHECK(table.problems().back().what == "has 5 more faulty rows, not listed");
}

TEST_CASE("a row of nothing but commas is refused, not stored") {
  CHECK(problems_of("a,b\n" + std::string(50'000, ',') + "\n") ==
        "error: t.csv:2: has more than 10000 cells\n");
}

TEST_CASE("every missing column is named with a suggestion") {
  const auto table = CsvTable::parse("accelerator,step_time\nx,1\n", "t.csv");
  REQUIRE(table);
  const auto good = table->require({"step_time", "accelerator"});
  REQUIRE(good);
  CHECK(*good == std::vector<std::size_t>{1, 0});
  const auto bad = table->require({"step_tme", "acelerator"});
  REQUIRE_FALSE(bad);
  REQUIRE(bad.problems().size() == 2);
  CHECK(bad.problems()[0].fix == "did you mean 'step_time'?");
}

TEST_CASE("a number fills the whole text and is finite") {
  CHECK(parse_number("1.5e3") == 1500.0);
  CHECK(parse_number(" -2 ") == -2.0);
  CHECK(parse_number("+3") == 3.0);
  for (const char* bad : {"", " ", "+", "-", "+-5", "++5", "1,5", "1.5x", "0x10", "nan", "inf",
                          "1e999", "1 2", "1_000"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_number(bad));
  }
}

TEST_CASE("a written cell is read back") {
  for (const std::string cell :
       {"", "plain", "a,b", "say \"hi\"", "two\nlines", "\"", "\r\n", "#"}) {
    const auto table = CsvTable::parse("x,y\n" + csv_cell(cell) + ",1\n", "t.csv");
    REQUIRE(table);
    REQUIRE(table->rows().size() == 1);
    CHECK(table->rows()[0].cells[0] == cell);
  }
}

}  // namespace polyfleet
