#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <limits>

#include "base/files.hpp"
#include "config/value.hpp"

namespace polyfleet {

TEST_CASE("a document is built by setting and pushing") {
  Value document;
  document.set("b", 1).set("a", Value().push("x").push(2.5)).set("b", true);
  CHECK(to_json(document, -1) == R"({"b": true, "a": ["x", 2.5]})");
  CHECK(to_json(document, 2) == "{\n  \"b\": true,\n  \"a\": [\n    \"x\",\n    2.5\n  ]\n}");
  CHECK(to_json(Value(Table{})) == "{}");
  CHECK(to_json(Value(Array{})) == "[]");
}

TEST_CASE("numbers print so that they read back exactly; what JSON lacks prints as null") {
  for (const double number : {0.1, 1.0 / 3, 1e300, 5e-324, 123456789012345678.0, -0.0}) {
    const auto read = parse_json(to_json(Value(number)), "x");
    REQUIRE(read);
    CHECK(read->number() == number);
  }
  CHECK(to_json(Value(std::numeric_limits<double>::infinity())) == "null");
  CHECK(to_json(Value(std::numeric_limits<double>::quiet_NaN())) == "null");
  CHECK(to_json(Value(std::int64_t{INT64_MIN})) == "-9223372036854775808");
}

TEST_CASE("a negative zero stays one") {
  CHECK(to_json(Value(-0.0)) == "-0.0");
  CHECK(to_json(Value(0.0)) == "0");
}

TEST_CASE("text is escaped, and bytes that are no text are replaced") {
  CHECK(to_json(Value("a\"b\\c\n\r\t\x01\x7f")) == "\"a\\\"b\\\\c\\n\\r\\t\\u0001\x7f\"");
  CHECK(to_json(Value("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80")) ==
        "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"");
  const std::string replaced = "\xEF\xBF\xBD";
  CHECK(to_json(Value("\xff")) == '"' + replaced + '"');
  CHECK(to_json(Value("\xC3")) == '"' + replaced + '"');
  CHECK(to_json(Value("\xC0\x80")) == '"' + replaced + replaced + '"');                 // overlong
  CHECK(to_json(Value("\xED\xA0\x80")) == '"' + replaced + replaced + replaced + '"');  // surrogate
}

TEST_CASE("kinds have readable names") {
  CHECK(Value().kind() == "nothing");
  CHECK(Value(true).kind() == "true or false");
  CHECK(Value(1).kind() == "an integer");
  CHECK(Value(1.5).kind() == "a number");
  CHECK(Value("x").kind() == "text");
  CHECK(Value(Array{}).kind() == "an array");
  CHECK(Value(Table{}).kind() == "a table");
}

TEST_CASE("a document is read by its extension") {
  const auto folder = std::filesystem::temp_directory_path();
  const std::string stem = (folder / ("polyfleet-value-" + std::to_string(::getpid()))).string();
  REQUIRE(write_file(stem + ".toml", "a = 1"));
  REQUIRE(write_file(stem + ".json", "{\"a\": 1}"));
  REQUIRE(write_file(stem + ".yaml", "a: 1"));
  CHECK(read_document(stem + ".toml"));
  CHECK(read_document(stem + ".json"));
  const auto yaml = read_document(stem + ".yaml");
  REQUIRE_FALSE(yaml);
  CHECK(yaml.problems().front().what == "is neither .toml nor .json");
  for (const char* extension : {".toml", ".json", ".yaml"})
    std::filesystem::remove(stem + extension);
  CHECK_FALSE(read_document(stem + ".toml"));
}

}  // namespace polyfleet
