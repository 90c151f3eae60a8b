// Deals and shares from TOML (data/deals/*.toml, data/deals/shares/*.toml) or from a reader's own
// file. Every number is { value, low, high, source, status, note } or, in a reader's own file and
// in --set, the bare value. Refused, all at once and with their places: unknown keys, hurdles or
// gigawatts that fall, negative shares, tranches that do not sum to the warrant, dates out of
// order, an expiry before the first delivery.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "capital/deal.hpp"
#include "capital/share_price.hpp"
#include "config/value.hpp"

namespace polyfleet {

/// Names of the deals in a data folder, sorted.
std::vector<std::string> deal_names(const std::filesystem::path& data);
/// The document of a deal by name, or of a path that ends in .toml; errors name near names.
Result<Value> deal_document(const std::filesystem::path& data, std::string_view name);
/// The document of a share of the data folder by name.
Result<Value> share_document(const std::filesystem::path& data, std::string_view name);

Result<Deal> read_deal(const Value& document);
Result<ShareTerms> read_share(const Value& document);
/// Both of the above.
Result<Deal> load_deal(const std::filesystem::path& data, std::string_view name);
Result<ShareTerms> load_share(const std::filesystem::path& data, std::string_view name);

/// The document with one value replaced; `key` as in "tranche.2.hurdle" (places count from 1, * is
/// every place). Errors: a key that is not there (with near names), a place that is not there.
Result<Value> with_value(const Value& document, std::string_view key, const Value& value);

/// A number of a deal with where it stands, for lists of assumptions.
struct NamedTerm {
  std::string key;    ///< "tranche.2.hurdle", as --set takes it
  std::string value;  ///< with its unit
  std::string range;  ///< "300 USD to 500 USD", or empty
  TermStatus status = TermStatus::assumption;
  std::string source, note;
};
/// Every term, in the order of the document.
std::vector<NamedTerm> named_terms(const Deal& deal);
/// Keys open with "share.".
std::vector<NamedTerm> named_terms(const ShareTerms& share);

}  // namespace polyfleet
