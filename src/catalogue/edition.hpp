// Editions of a document: [edition.NAME] holds the keys that differ from the default, which is the
// vendor's latest statement. Used for figures as first announced, for disputed readings, and for
// one device of a package.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

/// "amd_mi455x@announced" -> name and edition; no '@' = the default edition, "".
struct EditionedName {
  std::string name;
  std::string edition;
};
EditionedName split_edition(std::string_view written);

/// Names of the editions a document offers, in its order.
std::vector<std::string> editions_of(const Value& document);
/// What an edition is, in its author's words; empty where it says nothing.
std::string edition_description(const Value& document, std::string_view edition);

/// The document with the keys of the edition laid over it and the [edition] table removed. An
/// unknown edition is a diagnostic with the known ones. Keys of a sub-table are merged one by one;
/// a figure is replaced whole.
Result<Value> with_edition(const Value& document, std::string_view edition);

}  // namespace polyfleet
