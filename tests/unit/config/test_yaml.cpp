#include <doctest/doctest.h>
#include <fmt/format.h>

#include "config/value.hpp"
#include "unit/config/value_place.hpp"

namespace polyfleet {
namespace {

std::string yaml_problems(std::string_view text) {
  const Result<Value> document = parse_yaml(text, "a.yaml");
  return document ? "" : to_text(document.problems());
}
std::string json_of(std::string_view text) {
  const Result<Value> document = parse_yaml(text, "a.yaml");
  return document ? to_json(*document, -1) : to_text(document.problems());
}

}  // namespace

TEST_CASE("only true and false are truth values, as in YAML 1.2") {
  CHECK(json_of("[yes, NO, on, Off, true, False]") == R"(["yes", "NO", "on", "Off", true, false])");
  CHECK(json_of("country: NO") == R"({"country": "NO"})");
}

TEST_CASE("numbers by the core schema, everything quoted is text") {
  CHECK(json_of("[1, -2, 0x1F, 0o17, 1.0e-5, .5, 1., +3]") == "[1, -2, 31, 15, 1e-05, 0.5, 1, 3]");
  CHECK(json_of(R"(["1", '2', 1_000, 0b1, 1e, ., -])") ==
        R"(["1", "2", "1_000", "0b1", "1e", ".", "-"])");
  CHECK(json_of("[~, null, '', ]") == R"([null, null, ""])");
  CHECK(parse_yaml("a: 1.0", "f")->find("a")->integer() == nullptr);
  CHECK(*parse_yaml("a: 99999999999999999999", "f")->find("a")->number() == 1e20);
}

TEST_CASE("YAML members stand where their keys begin, elements where they begin") {
  const auto document = parse_yaml("one: 1\ntwo:\n  three: [4,\n    5]\n  six: {seven: 8}\n", "a");
  REQUIRE(document);
  CHECK(place_of(document->find("one")) == "1:1");
  const Value* two = document->find("two");
  CHECK(place_of(two) == "2:1");
  CHECK(place_of(two->find("three")) == "3:3");
  CHECK(place_of(&(*two->find("three")->array())[1]) == "4:5");
  CHECK(place_of(two->find("six")->find("seven")) == "5:9");
}

TEST_CASE("duplicate keys are refused, each with its place") {
  CHECK(yaml_problems("a: 1\nb: 2\na: 3\n").find("a.yaml:3:1: the key \"a\" appears twice") !=
        std::string::npos);
  CHECK(yaml_problems("x: {k: 1, k: 2}").find("appears twice") != std::string::npos);
}

TEST_CASE("aliases are copies, merged keys give way to stated ones") {
  CHECK(json_of("a: &x {k: 1, l: 2}\nb: *x\nc:\n  <<: *x\n  l: 3\n") ==
        R"({"a": {"k": 1, "l": 2}, "b": {"k": 1, "l": 2}, "c": {"l": 3, "k": 1}})");
  CHECK(yaml_problems("a: &x [*x]").find("refers to a node that holds it") != std::string::npos);
  CHECK(yaml_problems("a: *nothing") != "");
}

TEST_CASE("nesting is bounded at 100 levels, also through aliases") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  CHECK(yaml_problems(nested(100)) == "");
  CHECK(yaml_problems(nested(101)).find("100 levels") != std::string::npos);
  CHECK(yaml_problems("a: &x " + nested(60) + "\nb: [[" + std::string(45, '[') + "*x" +
                      std::string(45, ']') + "]]\n")
            .find("100 levels") != std::string::npos);
}

TEST_CASE("a bomb of aliases is refused, not swapped") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int k = 0; k < 10; ++k) bomb += fmt::format("{}*a{}", k == 0 ? "" : ", ", i - 1);
    bomb += "]\n";
  }
  CHECK(yaml_problems(bomb).find("200,000 nodes") != std::string::npos);
}

TEST_CASE("what is no plain data is named") {
  CHECK(yaml_problems("? [a, b]\n: 1\n").find("a key must be text") != std::string::npos);
  CHECK(yaml_problems("a: !python/object x").find("is not known") != std::string::npos);
  CHECK(yaml_problems("a: 1\n---\nb: 2\n").find("more than one document") != std::string::npos);
  CHECK(yaml_problems("a: [1, 2").find("a.yaml:1:") != std::string::npos);
  CHECK(yaml_problems(std::string_view("a: \0b", 5)).find("binary") != std::string::npos);
  CHECK(json_of("") == "null");
}

}  // namespace polyfleet
