#include <doctest/doctest.h>

#include "config/value.hpp"
#include "unit/config/value_place.hpp"

namespace polyfleet {
namespace {

std::string toml_problems(std::string_view text) {
  const Result<Value> document = parse_toml(text, "a.toml");
  return document ? "" : to_text(document.problems());
}

}  // namespace

TEST_CASE("TOML members stand where their keys begin, in document order") {
  const auto document = parse_toml(
      "zebra = 1\n"
      "\n"
      "[part]\n"
      "  name = 'x'\n"
      "  rate = { bf16 = 2.5, fp8 = 5 }\n"
      "list = [1,\n"
      "  true]\n"
      "[a.b]\n"
      "c.d = 1\n",
      "a.toml");
  REQUIRE(document);
  CHECK((*document->table())[0].first == "zebra");
  CHECK((*document->table())[1].first == "part");
  const Value* part = document->find("part");
  CHECK(place_of(document->find("zebra")) == "1:1");
  CHECK(place_of(part) == "3:2");
  CHECK(place_of(part->find("name")) == "4:3");
  CHECK(place_of(part->find("rate")->find("fp8")) == "5:24");
  const Value* list = part->find("list");
  REQUIRE(list->array()->size() == 2);
  CHECK(place_of(&(*list->array())[1]) == "7:3");
  CHECK(place_of(document->find("a")->find("b")->find("c")->find("d")) == "9:3");
  CHECK(part->find("name")->where().file == "a.toml");
}

TEST_CASE("TOML kinds") {
  const auto document = parse_toml(
      "i = 9223372036854775807\nr = 1e3\nb = false\nt = \"q\"\nd = 2026-11-22\n"
      "m = 2026-11-22T05:00:00Z\nx = inf\n",
      "a.toml");
  REQUIRE(document);
  CHECK(*document->find("i")->integer() == INT64_MAX);
  CHECK(document->find("r")->number() == 1000.0);
  CHECK(document->find("r")->integer() == nullptr);
  CHECK(*document->find("b")->boolean() == false);
  CHECK(*document->find("t")->text() == "q");
  CHECK(*document->find("d")->text() == "2026-11-22");
  CHECK(*document->find("m")->text() == "2026-11-22T05:00:00Z");
  CHECK(to_json(*document->find("x")) == "null");
  CHECK(document->find("none") == nullptr);
}

TEST_CASE("TOML faults carry line and column") {
  CHECK(toml_problems("a = 1\nb = \n").starts_with("error: a.toml:2:"));
  CHECK(toml_problems("a = 1\na = 2\n").starts_with("error: a.toml:2:"));
  CHECK(toml_problems("[t]\n[t]\n").starts_with("error: a.toml:2:"));
  CHECK(toml_problems("x = 99999999999999999999\n").starts_with("error: a.toml:1:"));
  CHECK(toml_problems("x = \"never closed\n").starts_with("error: a.toml:1:"));
  CHECK(toml_problems("x = \"\xff\"\n").starts_with("error: a.toml:1:"));
  CHECK(toml_problems(std::string_view("x = 1\0", 6)) ==
        "error: a.toml: holds binary data, not TOML text\n");
}

TEST_CASE("an empty TOML document is an empty table") {
  const auto document = parse_toml("", "a.toml");
  REQUIRE(document);
  CHECK(document->table()->empty());
}

TEST_CASE("deep TOML is refused with its place, by whatever means it is deep") {
  const auto is_too_deep = [](const std::string& text) {
    return toml_problems(text).find("nested") != std::string::npos ||
           toml_problems(text).find("depth") != std::string::npos;
  };
  std::string dots = "a";
  for (int i = 0; i < 1'000'000; ++i) dots += ".a";
  CHECK(is_too_deep("\n" + dots + " = 1\n"));
  CHECK(toml_problems("\n" + dots + " = 1\n").starts_with("error: a.toml:2:"));
  CHECK(is_too_deep("[" + dots + "]\nx = 1\n"));
  CHECK(is_too_deep("x = " + std::string(100'000, '[')));
  CHECK(is_too_deep("x = " + std::string(150, '[') + std::string(150, ']')));
  CHECK_FALSE(is_too_deep("x = " + std::string(90, '[') + std::string(90, ']')));
}

TEST_CASE("letters outside ASCII belong in quotes or comments") {
  CHECK(toml_problems("a = 1\n\xD8\x98 = 2\n") ==
        "error: a.toml:2: has a letter outside ASCII outside quotes\n"
        "  fix: write the key or text in quotes\n");
  CHECK_FALSE(toml_problems("a = 10\xD8\x98\n").empty());
  CHECK(toml_problems("\xEF\xBB\xBF\"\xC3\xA9\" = '\xC3\xA9' # \xC3\xA9\n").empty());
}

TEST_CASE("dots in strings and comments are not depth") {
  const std::string dots(500, '.');
  CHECK(toml_problems("a = \"" + dots + "\" # " + dots + "\nb = '" + dots + "'\nc = \"\"\"\n" +
                      dots + "\n\\\"" + dots + "\"\"\"\nd = '''" + dots + "'''\n")
            .empty());
}

}  // namespace polyfleet
