// A published figure: value, range, who states it and where it stands. Nothing enters the catalogue
// without both.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "units/quantity.hpp"

namespace polyfleet {

/// Who makes the statement.
enum class Status {
  vendor_specification,  ///< product page or data sheet
  vendor_claim,          ///< slides, press, footnotes
  measured,              ///< a measurement with a method
  third_party,
  estimated,
  derived,  ///< arithmetic from other figures; the note says how
  rumour,
};
inline constexpr std::array<std::string_view, 7> kStatusNames{"vendor specification",
                                                              "vendor claim",
                                                              "measured",
                                                              "third party",
                                                              "estimated",
                                                              "derived",
                                                              "rumour"};

constexpr std::string_view name_of(Status status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

/// A quantity or a plain number with its provenance. Where the source gives a range, value is its
/// middle.
template <class Q>
struct Figure {
  Q value{};
  Q low{};
  Q high{};
  Status status = Status::estimated;
  std::string source;  ///< key (or keys, comma-separated) into data/sources.toml
  std::string note;
};

}  // namespace polyfleet
