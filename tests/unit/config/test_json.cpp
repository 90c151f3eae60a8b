#include <doctest/doctest.h>

#include "config/value.hpp"
#include "unit/config/value_place.hpp"

namespace polyfleet {
namespace {

std::string json_problems(std::string_view text) {
  const Result<Value> document = parse_json(text, "a.json");
  return document ? "" : to_text(document.problems());
}

}  // namespace

TEST_CASE("JSON members stand where their keys begin, elements where they begin") {
  const auto document = parse_json(
      "{\n"
      "  \"hidden_size\": 4096,\"x\":1.5,\n"
      "  \"rope\" : {\"type\": \"yarn\"},\n"
      "\t\"list\": [1,2 , [3], {\"k\":null}],\n"
      "  \"\xC3\xA9\xC3\xA9\": \"\xC3\xA9\", \"after\": true\n"
      "}\n",
      "a.json");
  REQUIRE(document);
  CHECK(place_of(&*document) == "1:1");
  CHECK(place_of(document->find("hidden_size")) == "2:3");
  CHECK(place_of(document->find("x")) == "2:23");
  CHECK(place_of(document->find("rope")) == "3:3");
  CHECK(place_of(document->find("rope")->find("type")) == "3:13");
  const Array& list = *document->find("list")->array();
  CHECK(place_of(&list[0]) == "4:11");
  CHECK(place_of(&list[1]) == "4:13");
  CHECK(place_of(&list[2]) == "4:17");
  CHECK(place_of(&(*list[2].array())[0]) == "4:18");
  CHECK(place_of(list[3].find("k")) == "4:23");
  CHECK(place_of(document->find("after")) == "5:14");  // columns count characters
  CHECK((*document->table())[0].first == "hidden_size");
}

TEST_CASE("positions survive a byte order mark and a number at the very end") {
  const auto marked = parse_json("\xEF\xBB\xBF{\"a\":7}", "a.json");
  REQUIRE(marked);
  CHECK(place_of(marked->find("a")) == "1:2");
  const auto bare = parse_json(" 42", "a.json");
  REQUIRE(bare);
  CHECK(place_of(&*bare) == "1:2");
}

TEST_CASE("JSON numbers keep their kind and size") {
  const auto document = parse_json(
      "[9223372036854775807, 9223372036854775808, -9223372036854775808, 1.0, 1e2, -0]", "a.json");
  REQUIRE(document);
  const Array& list = *document->array();
  CHECK(*list[0].integer() == INT64_MAX);
  CHECK(list[1].integer() == nullptr);
  CHECK(list[1].number() == 9223372036854775808.0);
  CHECK(*list[2].integer() == INT64_MIN);
  CHECK(list[3].integer() == nullptr);
  CHECK(list[4].number() == 100.0);
}

TEST_CASE("JSON faults carry line and column of the token") {
  CHECK(json_problems("{\"a\": 1,\n \"b\" 2}").starts_with("error: a.json:2:6: syntax error"));
  CHECK(json_problems("").starts_with("error: a.json:1:1: "));
  CHECK(json_problems("{\"a\": 1").starts_with("error: a.json:1:8: "));
  CHECK(json_problems("[1] x").starts_with("error: a.json:1:5: "));
  CHECK(json_problems("[1e999]").starts_with("error: a.json:1:2: number overflow"));
  CHECK(json_problems("[\"\xff\"]").starts_with("error: a.json:1:2: "));
  CHECK(json_problems("// c\n[1]").starts_with("error: a.json:1:1: "));
  CHECK(json_problems("[NaN]").starts_with("error: a.json:1:2: "));
  CHECK(json_problems(std::string_view("[1]\0", 4)) ==
        "error: a.json: holds binary data, not JSON text\n");
}

TEST_CASE("every key that appears twice is reported where it stands") {
  CHECK(json_problems("{\"a\": 1, \"b\": {\"a\": 1},\n \"a\": 2, \"b\": 3}") ==
        "error: a.json:2:2: the key \"a\" appears twice\n  fix: keep one of them\n"
        "error: a.json:2:10: the key \"b\" appears twice\n  fix: keep one of them\n");
}

TEST_CASE("deep JSON is refused, an object of very many keys is read in passable time") {
  CHECK(json_problems(std::string(1'000'000, '[')).find("more than 100 levels") !=
        std::string::npos);
  CHECK(json_problems(std::string(100, '[') + std::string(100, ']')).empty());
  CHECK_FALSE(json_problems(std::string(101, '[') + std::string(101, ']')).empty());
  std::string wide = "{\"k\":0";
  for (int i = 0; i < 200'000; ++i) wide += ",\"" + std::to_string(i) + "\":0";
  CHECK(json_problems(wide + "}").empty());
}

}  // namespace polyfleet
