#include "planner/uncertainty.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/check.hpp"
#include "catalogue/figure.hpp"
#include "config/fields.hpp"

namespace polyfleet {
namespace {

using Entries = std::map<std::string, KnownTo, std::less<>>;

const std::vector<std::string>& setting_names() {
  static const std::vector<std::string> names{"host", "overlap_share"};
  return names;
}

const std::vector<std::string>& after_names() {
  static const std::vector<std::string> names{"gemm",     "grouped_gemm", "attention", "traffic",
                                              "scale_up", "scale_out",    "host",      "figure",
                                              "run",      "overlap_share"};
  return names;
}

void read_group(const Value& document, const std::string& group,
                const std::vector<std::string>& wanted, Entries& into, Diagnostics& out) {
  const FieldTable<KnownTo> fields{
      required(number_field("sigma", &KnownTo::sigma, {0, 2}, "1-sigma of the logarithm")),
      required(text_field("status", &KnownTo::status, "who says so")),
      required(text_field("source", &KnownTo::source, "where it comes from"))};
  const Value* table = document.find(group);
  if (table == nullptr || table->table() == nullptr) {
    out.push_back(problem_at(document.where(), fmt::format("lacks the table '{}'", group)));
    return;
  }
  for (const auto& [name, value] : *table->table()) {
    KnownTo entry;
    read_fields(value, fields, entry, group + '.' + name, out);
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end())
      detail::unknown_key(name, value, wanted, out);
    into.emplace(name, std::move(entry));
  }
  for (const std::string& name : wanted) {
    if (!into.contains(name))
      out.push_back(problem_at(table->where(), fmt::format("lacks '{}.{}'", group, name)));
  }
}

const KnownTo& found(const Entries& entries, std::string_view name) {
  const auto entry = entries.find(name);
  POLYFLEET_CHECK(entry != entries.end(), "every name was checked when the table was read");
  return entry->second;
}

}  // namespace

Result<UncertaintyTable> UncertaintyTable::load(const std::filesystem::path& data_directory) {
  const std::string path = (data_directory / "training" / "uncertainty.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  UncertaintyTable table;
  Diagnostics problems;
  read_group(*document, "figure", {kStatusNames.begin(), kStatusNames.end()}, table.figures_,
             problems);
  read_group(*document, "setting", setting_names(), table.settings_, problems);
  read_group(*document, "after", after_names(), table.after_, problems);
  for (const auto& [key, value] : *document->table()) {
    if (key != "figure" && key != "setting" && key != "after")
      detail::unknown_key(key, value, {"figure", "setting", "after"}, problems);
  }
  if (!problems.empty()) return problems;
  return table;
}

const KnownTo& UncertaintyTable::figure(std::string_view status) const {
  return found(figures_, status);
}
const KnownTo& UncertaintyTable::setting(std::string_view name) const {
  return found(settings_, name);
}
const KnownTo& UncertaintyTable::after(std::string_view name) const { return found(after_, name); }

}  // namespace polyfleet
