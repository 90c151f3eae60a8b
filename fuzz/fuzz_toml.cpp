// Any bytes are a TOML document or a diagnostic; a document prints as valid JSON that reads back.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "config/value.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  const Result<Value> document = parse_toml({reinterpret_cast<const char*>(data), size}, "x");
  if (!document) {
    POLYFLEET_CHECK(!document.problems().empty(), "a refusal says why");
    POLYFLEET_CHECK(!to_text(document.problems()).empty(), "a refusal can be shown");
    return 0;
  }
  const std::string printed = to_json(*document);
  const Result<Value> read = parse_json(printed, "printed");
  POLYFLEET_CHECK(read.has_value() && to_json(*read) == printed, "parse(print(x)) = x");
  return 0;
}
