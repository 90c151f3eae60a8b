#include "capital/deal_term_field.hpp"

#include <fmt/format.h>

namespace polyfleet::detail {
namespace {

void read_status(const Value& value, std::string_view key, RawTerm& term, Diagnostics& out) {
  const auto text = read_text(value, fmt::format("{}.status", key), out);
  if (!text) return;
  for (std::size_t i = 0; i < kTermStatusNames.size(); ++i) {
    if (kTermStatusNames[i] != *text) continue;
    term.status = static_cast<TermStatus>(i);
    return;
  }
  unknown_key(fmt::format("{}.status = {}", key, *text), value,
              {kTermStatusNames.begin(), kTermStatusNames.end()}, out);
}

void read_part(const std::string& part, const Value& value, std::string_view key, RawTerm& term,
               Diagnostics& out) {
  if (part == "value") {
    term.value = &value;
  } else if (part == "low") {
    term.low = &value;
  } else if (part == "high") {
    term.high = &value;
  } else if (part == "status") {
    read_status(value, key, term, out);
  } else if (part == "source") {
    term.source = read_text(value, fmt::format("{}.source", key), out).value_or("");
  } else if (part == "note") {
    term.note = read_text(value, fmt::format("{}.note", key), out).value_or("");
  } else {
    unknown_key(part, value, {"value", "low", "high", "source", "status", "note"}, out);
  }
}

}  // namespace

std::optional<RawTerm> read_raw_term(const Value& document, std::string_view key,
                                     Diagnostics& out) {
  RawTerm term;
  const polyfleet::Table* parts = document.table();
  if (parts == nullptr) {
    term.value = &document;
    return term;
  }
  const std::size_t before = out.size();
  for (const auto& [part, value] : *parts) read_part(part, value, key, term, out);
  if ((term.low == nullptr) != (term.high == nullptr))
    out.push_back(problem_at(document.where(), fmt::format("{} has only one end of its range", key),
                             "give both low and high"));
  else if (term.value == nullptr && term.low == nullptr)
    out.push_back(problem_at(document.where(), fmt::format("{} lacks its value", key),
                             "add value = ..., or low = ... and high = ..."));
  if (document.find("status") == nullptr)
    out.push_back(problem_at(document.where(), fmt::format("{} lacks its status", key),
                             "say who states it; \"assumption\" where nobody does"));
  else if (term.status == TermStatus::assumption ? term.note.empty() : term.source.empty())
    out.push_back(problem_at(document.where(),
                             fmt::format("{} lacks its {}", key,
                                         term.status == TermStatus::assumption ? "note" : "source"),
                             "say where the number stands, or why an assumption was made so"));
  if (out.size() != before) return std::nullopt;
  return term;
}

void outside_range(const Value& document, std::string_view key, const std::string& low,
                   const std::string& high, Diagnostics& out) {
  const auto end = [](const std::string& text) { return text == "null" ? "without end" : text; };
  out.push_back(problem_at(document.where(),
                           fmt::format("{} must be between {} and {}", key, end(low), end(high))));
}

void not_in_order(const Value& document, std::string_view key, Diagnostics& out) {
  out.push_back(
      problem_at(document.where(), fmt::format("{} must have low <= value <= high", key)));
}

}  // namespace polyfleet::detail
