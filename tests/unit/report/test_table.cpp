#include <doctest/doctest.h>

#include "report/table.hpp"

namespace polyfleet {
namespace {

TextTable parts() {
  TextTable table({"part", "memory", "status", "note"});
  table.row({"mi355x", "288 GB", "vendor", "first"});
  table.row({"b200", "180 GB", "-"});
  return table;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0, begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    widest = std::max(widest, display_width(text.substr(begin, end - begin)));
  return widest;
}

}  // namespace

TEST_CASE("numbers stand right, text left, no line has trailing blanks") {
  CHECK(parts().text() ==
        "part    memory  status  note\n"
        "------  ------  ------  -----\n"
        "mi355x  288 GB  vendor  first\n"
        "b200    180 GB  -\n");
  TextTable shares({"what", "share"});
  shares.row({"compute", "61.5 %"}).row({"bubble", "-"}).row({"idle", "+3 %"});
  CHECK(shares.text() ==
        "what      share\n"
        "-------  ------\n"
        "compute  61.5 %\n"
        "bubble        -\n"
        "idle       +3 %\n");
}

TEST_CASE("a rule stands above the total") {
  TextTable table({"a", "b"});
  table.row({"x", "1"}).rule().row({"sum", "1"});
  CHECK(table.text() == "a    b\n---  -\nx    1\n---  -\nsum  1\n");
}

TEST_CASE("a wide table wraps its text columns and loses no word") {
  TextTable table({"name", "figure", "source"});
  table.row({"one", "123456789 GB/s", "a long sentence about where this number comes from"});
  const std::string text = table.text({50, false});
  CHECK(widest_line(text) <= 50);
  for (const char* word : {"long", "sentence", "number", "123456789 GB/s", "from"})
    CHECK(text.find(word) != std::string::npos);
  CHECK(widest_line(table.text({10, false})) < widest_line(table.text()));
  CHECK(widest_line(table.text({500, false})) == widest_line(table.text()));
}

TEST_CASE("widths are those of a terminal") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("\xC2\xB5s") == 2);
  CHECK(display_width("e\xCC\x81") == 1);     // combining acute accent
  CHECK(display_width("\xE6\x98\x87") == 2);  // a Chinese character
  CHECK(display_width("\xE6") == 1);          // a cut character ends with the text
  CHECK(display_width("") == 0);
  TextTable table({"unit", "x"});
  table.row({"\xC2\xB5s", "1"}).row({"ms", "2"});
  CHECK(table.text() == "unit  x\n----  -\n\xC2\xB5s    1\nms    2\n");
}

TEST_CASE("Markdown marks alignment and escapes bars") {
  TextTable table({"a|b", "n"});
  table.row({"x", "1"});
  CHECK(table.markdown() == "| a\\|b | n |\n| --- | ---: |\n| x | 1 |\n");
}

TEST_CASE("colour only where it is allowed") {
  CHECK(parts().text().find('\x1b') == std::string::npos);
  CHECK(parts().text({0, true}).starts_with("\x1b[1mpart"));
}

TEST_CASE("a table without rows shows its titles") {
  CHECK(TextTable({"a"}).text() == "a\n-\n");
  CHECK(TextTable({"a"}).empty());
}

}  // namespace polyfleet
