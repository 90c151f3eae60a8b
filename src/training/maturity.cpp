#include "training/maturity.hpp"

#include <fmt/format.h>

#include "config/fields.hpp"

namespace polyfleet {
namespace {

FieldTable<MaturityEntry> maturity_fields() {
  using E = MaturityEntry;
  return {
      required(text_field("vendor", &E::vendor, "accelerator vendor or *")),
      required(text_field("family", &E::family, "accelerator family or *")),
      text_field("accelerator", &E::accelerator, "catalogue id or *"),
      required(text_field("framework", &E::framework, "profile id or *")),
      required(
          text_field("workload", &E::workload, "dense, moe, hybrid, fine-tuning, diffusion or *")),
      required(text_field("from", &E::from, "first month, yyyy-mm")),
      required(number_field("factor", &E::factor, {0.2, 10}, "measured over predicted time")),
      Field<E>{"fitted_on", "array of text", "sources the factor was fitted on", true,
               [](E& into, const Value& value, Diagnostics& out) {
                 const Array* list = value.array();
                 if (list == nullptr) {
                   out.push_back(problem_at(value.where(), "fitted_on must be an array of texts"));
                   return;
                 }
                 for (const Value& entry : *list) {
                   if (auto text = detail::read_text(entry, "fitted_on", out))
                     into.fitted_on.push_back(*text);
                 }
               },
               [](const E&) { return Value(Array{}); }},
      text_field("note", &E::note, "why")};
}

int specificity(const MaturityEntry& entry) {
  return (entry.accelerator != "*" ? 16 : 0) + (entry.family != "*" ? 8 : 0) +
         (entry.framework != "*" ? 4 : 0) + (entry.workload != "*" ? 2 : 0) +
         (entry.vendor != "*" ? 1 : 0);
}

}  // namespace

Result<MaturityTable> MaturityTable::load(const std::filesystem::path& data_directory) {
  const std::string path = (data_directory / "frameworks" / "software_maturity.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  MaturityTable table;
  Diagnostics problems;
  const FieldTable<MaturityEntry> fields = maturity_fields();
  if (const Value* list = document->find("maturity"); list != nullptr && list->array() != nullptr) {
    for (const Value& item : *list->array()) {
      MaturityEntry entry;
      read_fields(item, fields, entry, "maturity entry", problems);
      table.entries_.push_back(std::move(entry));
    }
  }
  if (table.entries_.empty() && problems.empty())
    problems.push_back(problem_at({path, 0, 0}, "holds no [[maturity]] entry"));
  if (!problems.empty()) return problems;
  return table;
}

std::string kind_of_entry(const std::vector<std::string>& patterns) {
  std::string kind;
  for (const std::string& pattern : patterns) {
    if (pattern != "*") kind += (kind.empty() ? "" : " ") + pattern;
  }
  return kind.empty() ? "every run" : kind;
}

MaturityFactor MaturityTable::factor(const Accelerator& accelerator, const std::string& framework,
                                     WorkloadClass workload, const std::string& date) const {
  const MaturityEntry* best = nullptr;
  for (const MaturityEntry& entry : entries_) {
    const bool fits = matches_pattern(entry.vendor, accelerator.vendor) &&
                      matches_pattern(entry.family, accelerator.family) &&
                      matches_pattern(entry.accelerator, accelerator.id) &&
                      matches_pattern(entry.framework, framework) &&
                      matches_pattern(entry.workload, name_of(workload)) &&
                      (date.empty() || entry.from <= date);
    if (!fits) continue;
    if (best == nullptr || specificity(entry) > specificity(*best) ||
        (specificity(entry) == specificity(*best) && entry.from >= best->from))
      best = &entry;
  }
  if (best == nullptr) return {1, "no entry: the kernel-calibrated bound itself"};
  const std::string kind = kind_of_entry(
      {best->vendor, best->family, best->accelerator, best->framework, best->workload});
  return {best->factor, fmt::format("{} from {}: {}", kind, best->from, best->note)};
}

}  // namespace polyfleet
