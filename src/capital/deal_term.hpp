// One number of a contract: its value and range, who states it and where. As a figure of the
// catalogue (catalogue/figure.hpp), with two differences: it may be zero or negative, and it may be
// an assumption of ours, which the catalogue does not allow and which every report of a deal lists.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "training/calendar.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Who makes the statement about a term.
enum class TermStatus {
  filing,        ///< the contract or a filing with the regulator
  vendor_claim,  ///< a party to the contract says so
  third_party,   ///< press or analysts
  estimated,     ///< ours, from data that is named
  derived,       ///< arithmetic from other terms; the note says how
  rumour,
  assumption,  ///< not public: chosen here, to be changed by the reader
  user,        ///< set by the reader
};
inline constexpr std::array<std::string_view, 8> kTermStatusNames{
    "filing",  "vendor claim", "third party", "estimated",
    "derived", "rumour",       "assumption",  "user"};

constexpr std::string_view name_of(TermStatus status) {
  return kTermStatusNames[static_cast<std::size_t>(status)];
}

/// A quantity, a plain number or a date with its provenance; where a range is given without a
/// value, the value is its middle.
template <class Q>
struct Term {
  Q value{};
  Q low{};
  Q high{};
  TermStatus status = TermStatus::assumption;
  std::string source;  ///< key into data/sources.toml, or the reader's own words
  std::string note;
};

/// A date that a document states.
struct TermDate {
  CalendarDate value;
  TermStatus status = TermStatus::assumption;
  std::string source, note;
};

/// A term of the program itself or of a test, without range.
template <class Q>
Term<Q> term(Q value, TermStatus status = TermStatus::user) {
  return {value, value, value, status, "", ""};
}

}  // namespace polyfleet
