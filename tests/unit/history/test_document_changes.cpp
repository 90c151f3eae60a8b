#include <doctest/doctest.h>

#include "history/run_history.hpp"

namespace polyfleet {
namespace {

/// "path: before -> after" of every change, absent as "-".
std::string changes(const std::string& before, const std::string& after) {
  const auto a = parse_json(before, "a"), b = parse_json(after, "b");
  REQUIRE(a.has_value());
  REQUIRE(b.has_value());
  std::string text;
  for (const DocumentChange& change : document_changes(*a, *b)) {
    const auto written = [](const Value& value) {
      return value.is_null() ? std::string("-") : to_json(value, -1);
    };
    text += change.path + ": " + written(change.before) + " -> " + written(change.after) + "; ";
  }
  return text;
}

}  // namespace

TEST_CASE("leaves that differ, in the order of the first document") {
  CHECK(changes(R"({"b": 1, "a": {"x": 2, "y": "t"}})", R"({"a": {"y": "u", "x": 3}, "b": 1})") ==
        "a.x: 2 -> 3; a.y: \"t\" -> \"u\"; ");
  CHECK(changes(R"({"a": 1})", R"({"a": 1})").empty());
  CHECK(changes("1", "2") == ": 1 -> 2; ");
}

TEST_CASE("what only one side has stands leaf by leaf, the second's at the end") {
  CHECK(changes(R"({"a": {"n": 5}, "c": 1, "e": {}})", R"({"b": [7, {"m": 8}], "c": 2})") ==
        "a.n: 5 -> -; c: 1 -> 2; e: {} -> -; b[0]: - -> 7; b[1].m: - -> 8; ");
}

TEST_CASE("null is the same as absent, 1 the same as 1.0") {
  CHECK(changes(R"({"a": null, "b": [1, null]})", R"({"b": [1.0]})").empty());
  CHECK(changes(R"({"a": 9007199254740993})", R"({"a": 9007199254740992})") ==
        "a: 9007199254740993 -> 9007199254740992; ");
}

TEST_CASE("entries are matched by id or name wherever each has one of its own") {
  const char* before = R"({"l": [{"id": "x", "v": 1}, {"id": "y", "v": 2}]})";
  CHECK(changes(before, R"({"l": [{"id": "y", "v": 2}, {"id": "x", "v": 1}]})").empty());
  CHECK(changes(before, R"({"l": [{"id": "y", "v": 3}, {"id": "z", "v": 1}]})") ==
        "l[x].id: \"x\" -> -; l[x].v: 1 -> -; l[y].v: 2 -> 3; l[z].id: - -> \"z\"; "
        "l[z].v: - -> 1; ");
  CHECK(changes(R"([{"name": "a.b", "v": 1}])", R"([{"name": "a.b", "v": 2}])") ==
        "[\"a.b\"].v: 1 -> 2; ");
  // A name that could be taken for a place.
  CHECK(changes(R"([{"id": "7", "v": 1}])", R"([{"id": "7", "v": 2}])") == "[\"7\"].v: 1 -> 2; ");
  // Twice the same name: by place.
  CHECK(changes(R"([{"name": "a", "v": 1}, {"name": "a", "v": 2}])",
                R"([{"name": "a", "v": 2}, {"name": "a", "v": 2}])") == "[0].v: 1 -> 2; ");
}

TEST_CASE("a value that becomes another kind of value is one change") {
  CHECK(changes(R"({"a": {"x": 1}})", R"({"a": 5})") == "a: {\"x\": 1} -> 5; ");
  CHECK(changes(R"({"a": [1]})", R"({"a": {"x": 1}})") == "a: [1] -> {\"x\": 1}; ");
}

TEST_CASE("a ratio is given for two numbers that are not zero") {
  const auto ratio = [](Value before, Value after) {
    return document_changes(std::move(before), std::move(after)).at(0).ratio;
  };
  CHECK(ratio(2, 3.0) == 1.5);
  CHECK(ratio(-2, 1) == -0.5);
  CHECK(!ratio(0, 1));
  CHECK(!ratio(1, 0));
  CHECK(!ratio("1", 2));
  CHECK(!ratio(1e-300, 1e300));
}

}  // namespace polyfleet
