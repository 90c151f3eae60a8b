// Any text is a quantity or a diagnostic; an accepted one is finite and its exact text reads back.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "units/text.hpp"

namespace {

template <class Q>
void check(std::string_view text) {
  using namespace polyfleet;
  const Result<Q> quantity = parse_quantity<Q>(text);
  if (!quantity) {
    POLYFLEET_CHECK(!to_text(quantity.problems()).empty(), "a refusal can be shown");
    return;
  }
  POLYFLEET_CHECK(std::isfinite(quantity->base()), "an accepted quantity is finite");
  const Result<Q> read = parse_quantity<Q>(exact_text(*quantity));
  POLYFLEET_CHECK(read.has_value() && *read == *quantity, "exact text reads back");
  POLYFLEET_CHECK(parse_quantity<Q>(print_quantity(*quantity)).has_value(), "print reads back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check<polyfleet::Seconds>(text);
  check<polyfleet::Bytes>(text);
  check<polyfleet::BytesPerSecond>(text);
  check<polyfleet::FlopsPerSecond>(text);
  check<polyfleet::UsdPerJoule>(text);
  return 0;
}
