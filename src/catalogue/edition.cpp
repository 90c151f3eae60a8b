#include "catalogue/edition.hpp"

#include <fmt/format.h>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

constexpr std::string_view kEditions = "edition";
/// Keys of an edition that say something about it and are no figures of the part.
constexpr std::string_view kDescription = "description";
constexpr std::string_view kAliases = "aliases";

bool is_group(const Value& value) {
  return value.table() != nullptr && value.find("value") == nullptr && value.find("low") == nullptr;
}

void lay_over(Value& base, const Value& changes) {
  for (const auto& [key, value] : *changes.table()) {
    const Value* below = base.find(key);
    if (below != nullptr && is_group(*below) && is_group(value)) {
      Value merged = *below;
      lay_over(merged, value);
      base.set(key, std::move(merged));
    } else {
      base.set(key, value);
    }
  }
}

Value without(const Value& document, std::initializer_list<std::string_view> dropped) {
  Table kept;
  for (const auto& [key, value] : *document.table()) {
    bool drop = false;
    for (const std::string_view name : dropped) drop = drop || key == name;
    if (!drop) kept.emplace_back(key, value);
  }
  Value out(std::move(kept));
  out.at(document.where());
  return out;
}

}  // namespace

EditionedName split_edition(std::string_view written) {
  const auto at = written.rfind('@');
  if (at == std::string_view::npos) return {std::string(written), ""};
  return {std::string(written.substr(0, at)), std::string(written.substr(at + 1))};
}

std::vector<std::string> editions_of(const Value& document) {
  std::vector<std::string> names;
  const Value* editions = document.find(kEditions);
  if (editions == nullptr || editions->table() == nullptr) return names;
  for (const auto& [name, unused] : *editions->table()) names.push_back(name);
  return names;
}

std::string edition_description(const Value& document, std::string_view edition) {
  const Value* editions = document.find(kEditions);
  const Value* chosen = editions == nullptr ? nullptr : editions->find(edition);
  const Value* words = chosen == nullptr ? nullptr : chosen->find(kDescription);
  return words != nullptr && words->text() != nullptr ? *words->text() : "";
}

Result<Value> with_edition(const Value& document, std::string_view edition) {
  if (document.table() == nullptr) return problem_at(document.where(), "must be a table");
  const Value* editions = document.find(kEditions);
  if (editions != nullptr && editions->table() == nullptr)
    return problem_at(editions->where(), "edition must be a table of editions",
                      "write [edition.announced]");
  Value plain = without(document, {kEditions});
  if (edition.empty()) return plain;
  const Value* chosen = editions == nullptr ? nullptr : editions->find(edition);
  if (chosen == nullptr) {
    const std::vector<std::string> known = editions_of(document);
    return problem_at({document.where().file, 0, 0}, fmt::format("has no edition '{}'", edition),
                      known.empty() ? "it has none; leave out what follows the @"
                                    : name_suggestion(edition, known));
  }
  if (chosen->table() == nullptr)
    return problem_at(chosen->where(), fmt::format("edition {} must be a table", edition));
  lay_over(plain, without(*chosen, {kDescription, kAliases}));
  return plain;
}

}  // namespace polyfleet
