// Any bytes are a YAML document or a diagnostic; what a document prints as JSON, which is YAML,
// reads back the same.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "config/value.hpp"

namespace {

/// Whether no key is longer than YAML lets a key be that stands in one line (1024 characters).
bool has_short_keys(const polyfleet::Value& value) {
  constexpr std::size_t kShort = 150;  // each byte may be written as six characters
  if (const polyfleet::Table* members = value.table()) {
    for (const auto& [key, member] : *members) {
      if (key.size() > kShort || !has_short_keys(member)) return false;
    }
  }
  if (const polyfleet::Array* elements = value.array()) {
    for (const polyfleet::Value& element : *elements) {
      if (!has_short_keys(element)) return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Value> document = parse_yaml(text, "x");
  if (!document) {
    POLYFLEET_CHECK(!document.problems().empty(), "a refusal says why");
    return 0;
  }
  if (!has_short_keys(*document)) return 0;
  const std::string printed = to_json(*document, -1);
  const Result<Value> read = parse_yaml(printed, "printed");
  POLYFLEET_CHECK(read.has_value() && to_json(*read, -1) == printed, "parse(print(x)) = x");
  return 0;
}
