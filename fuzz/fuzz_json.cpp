// Any bytes are a JSON document or a diagnostic; what a document prints reads back the same.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "config/value.hpp"

namespace {

/// Every position lies inside the text, line and column counting from 1.
void check_positions(const polyfleet::Value& value, int lines) {
  POLYFLEET_CHECK(value.where().line >= 1 && value.where().line <= lines, "a line of the text");
  POLYFLEET_CHECK(value.where().column >= 1, "columns count from 1");
  if (const polyfleet::Table* members = value.table()) {
    for (const auto& [key, member] : *members) check_positions(member, lines);
  }
  if (const polyfleet::Array* elements = value.array()) {
    for (const polyfleet::Value& element : *elements) check_positions(element, lines);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Value> document = parse_json(text, "x");
  if (!document) {
    POLYFLEET_CHECK(!document.problems().empty(), "a refusal says why");
    return 0;
  }
  int lines = 1;
  for (const char c : text) lines += c == '\n';
  check_positions(*document, lines);
  const std::string printed = to_json(*document);
  const Result<Value> read = parse_json(printed, "printed");
  POLYFLEET_CHECK(read.has_value() && to_json(*read) == printed, "parse(print(x)) = x");
  return 0;
}
