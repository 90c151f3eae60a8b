#include "catalogue/figure_field.hpp"

#include <fmt/format.h>

namespace polyfleet::detail {
namespace {

std::optional<Status> status_named(std::string_view name) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<Status>(i);
  }
  return std::nullopt;
}

void read_status(const Value& value, RawFigure& figure, std::string_view key, Diagnostics& out) {
  const auto text = read_text(value, fmt::format("{}.status", key), out);
  if (!text) return;
  if (const auto status = status_named(*text)) {
    figure.status = *status;
    return;
  }
  unknown_key(fmt::format("{}.status = {}", key, *text), value,
              {kStatusNames.begin(), kStatusNames.end()}, out);
}

void read_part(const std::string& part, const Value& value, RawFigure& figure, std::string_view key,
               Diagnostics& out) {
  if (part == "value") {
    figure.value = &value;
  } else if (part == "low") {
    figure.low = &value;
  } else if (part == "high") {
    figure.high = &value;
  } else if (part == "status") {
    read_status(value, figure, key, out);
  } else if (part == "source") {
    figure.source = read_text(value, fmt::format("{}.source", key), out).value_or("");
  } else if (part == "note") {
    figure.note = read_text(value, fmt::format("{}.note", key), out).value_or("");
  } else {
    unknown_key(part, value, {"value", "low", "high", "source", "status", "note"}, out);
  }
}

}  // namespace

std::optional<RawFigure> read_raw_figure(const Value& document, std::string_view key,
                                         Diagnostics& out) {
  RawFigure figure;
  const polyfleet::Table* parts = document.table();
  if (parts == nullptr) {
    figure.value = &document;
    figure.source = kUnsourced;
    return figure;
  }
  const std::size_t before = out.size();
  for (const auto& [part, value] : *parts) read_part(part, value, figure, key, out);
  if ((figure.low == nullptr) != (figure.high == nullptr))
    out.push_back(problem_at(document.where(), fmt::format("{} has only one end of its range", key),
                             "give both low and high"));
  else if (figure.value == nullptr && figure.low == nullptr)
    out.push_back(problem_at(document.where(), fmt::format("{} lacks its value", key),
                             "add value = ..., or low = ... and high = ..."));
  for (const char* needed : {"source", "status"}) {
    if (document.find(needed) == nullptr)
      out.push_back(problem_at(document.where(), fmt::format("{} lacks its {}", key, needed),
                               "say where the figure stands and who states it"));
  }
  if (out.size() != before) return std::nullopt;
  return figure;
}

void check_order(const Value& document, std::string_view key, Ends ends, Diagnostics& out) {
  if (!(ends.may_be_zero ? ends.low >= 0 : ends.low > 0)) {
    out.push_back(problem_at(document.where(), fmt::format("{} must be above zero", key)));
  } else if (!(ends.low <= ends.value && ends.value <= ends.high)) {
    out.push_back(
        problem_at(document.where(), fmt::format("{} must have low <= value <= high", key)));
  }
}

Value figure_document(Value value, Value low, Value high, bool ranged, Status status,
                      const std::string& source, const std::string& note) {
  Value document;
  document.set("value", std::move(value));
  if (ranged) document.set("low", std::move(low)).set("high", std::move(high));
  document.set("source", source).set("status", name_of(status));
  if (!note.empty()) document.set("note", note);
  return document;
}

}  // namespace polyfleet::detail
