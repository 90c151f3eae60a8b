#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "chart/data_table.hpp"
#include "chart/number_text.hpp"

using namespace polyfleet;

TEST_CASE("a table is written as a chain and found by name") {
  DataTable table;
  table.word("part", {"a", "b"}).number("time", "ms", {1, 2});
  CHECK(table.rows() == 2);
  REQUIRE(table.find("time") != nullptr);
  CHECK(table.find("time")->unit == "ms");
  CHECK(table.find("Time") == nullptr);
}

TEST_CASE("CSV quotes what needs quotes and prints numbers that read back") {
  DataTable table;
  table.word("name, \"x\"", {"a,b", "say \"hi\"\nthere"})
      .number("time", "ms", {0.1 + 0.2, std::nan("")})
      .date("day", {0, 20779});
  CHECK(table_csv(table) ==
        "\"name, \"\"x\"\"\",time (ms),day\r\n"
        "\"a,b\",0.30000000000000004,1970-01-01\r\n"
        "\"say \"\"hi\"\"\nthere\",,2026-11-22\r\n");
  CHECK(table_csv({}) == "\r\n");
}

TEST_CASE("dates say the time of day where a column has one") {
  DataTable table;
  table.date("at", {20779, 20779.5});
  CHECK(table_csv(table) == "at\r\n2026-11-22 00:00\r\n2026-11-22 12:00\r\n");
}

TEST_CASE("days and calendar agree from year 1 to 9999") {
  for (long long days = -719162; days < 2932897; days += 97) {
    const CalendarDay date = calendar_day(days);
    CHECK(days_since_1970(date) == days);
  }
  CHECK(date_text(0) == "1970-01-01");
  CHECK(date_text(11016) == "2000-02-29");
  CHECK(date_text(std::nan("")).empty());
  CHECK(date_text(1e300).empty());
  CHECK(date_text(20779.99999, true) == "2026-11-23 00:00");
}

TEST_CASE("numbers for people") {
  CHECK(readable_number(1234567) == "1,234,567");
  CHECK(readable_number(-1234.5678) == "-1,235");
  CHECK(readable_number(0.000123456) == "0.0001235");
  CHECK(readable_number(0.1) == "0.1");
  CHECK(readable_number(12.3456) == "12.35");
  CHECK(readable_number(1.5e18) == "1.5e18");
  CHECK(readable_number(3e-7) == "3e-7");
  CHECK(readable_number(std::nan("")) == "–");
  CHECK(readable_number(std::numeric_limits<double>::infinity()) == "∞");
  CHECK(with_unit(2, "s") == "2 s");
  CHECK(exact_number(5e-324) == "5e-324");
  CHECK(exact_number(123456) == "123456");
}

TEST_CASE("rounded keeps significant digits, gaps and the smallest numbers") {
  const auto some = rounded({123456.789, 5e-324, std::nan(""), -0.00012345678}, 4);
  CHECK(some[0] == 123500);
  CHECK(some[1] == 5e-324);
  CHECK(std::isnan(some[2]));
  CHECK(some[3] == -0.0001235);
}
