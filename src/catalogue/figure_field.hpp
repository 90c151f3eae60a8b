// Fields of a table that hold figures: { value = "23.3 TB/s", source = "...", status = "..." }, a
// range with low and high, or (in a reader's own file and on the command line) the bare quantity.
// Wrong where a quantity is zero or negative: none of ours is; a plain number (a share) may be
// zero.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "catalogue/figure.hpp"
#include "config/fields.hpp"

namespace polyfleet {

/// The source of a figure that was written without one.
inline constexpr std::string_view kUnsourced = "stated without a source";

namespace detail {

/// The parts of a figure before its number is read in the wanted dimension.
struct RawFigure {
  const Value* value = nullptr;
  const Value* low = nullptr;
  const Value* high = nullptr;
  Status status = Status::estimated;
  std::string source;
  std::string note;
};

/// Reads the table or the bare value; nothing (with diagnostics) where it is neither.
std::optional<RawFigure> read_raw_figure(const Value& document, std::string_view key,
                                         Diagnostics& out);
/// The problem of low, value, high that are not in order; only a plain number may be zero.
struct Ends {
  double low = 0, value = 0, high = 0;
  bool may_be_zero = false;
};
void check_order(const Value& document, std::string_view key, Ends ends, Diagnostics& out);
Value figure_document(Value value, Value low, Value high, bool ranged, Status status,
                      const std::string& source, const std::string& note);

template <class Q>
std::optional<Q> read_figure_number(const Value& value, std::string_view key, Diagnostics& out) {
  if constexpr (std::is_same_v<Q, double>) {
    return read_number(value, Range{}, false, key, out);
  } else {
    const auto text = read_text(value, key, out);
    if (!text) return std::nullopt;
    const Result<Q> quantity = parse_quantity<Q>(*text);
    if (quantity) return *quantity;
    for (Diagnostic diagnostic : quantity.problems()) {
      diagnostic.where = value.where();
      diagnostic.what = std::string(key) + ": " + diagnostic.what;
      out.push_back(std::move(diagnostic));
    }
    return std::nullopt;
  }
}

inline double base_of(double number) { return number; }
template <class Q>
double base_of(Q quantity) {
  return quantity.base();
}

}  // namespace detail

/// One figure of dimension Q (double: a plain number). Adds a diagnostic and returns nothing where
/// the number, its unit, the status or the order of the range is faulty.
template <class Q>
std::optional<Figure<Q>> read_figure(const Value& document, std::string_view key,
                                     Diagnostics& out) {
  const auto raw = detail::read_raw_figure(document, key, out);
  if (!raw) return std::nullopt;
  const auto number = [&](const Value* value) {
    return value == nullptr ? std::optional<Q>() : detail::read_figure_number<Q>(*value, key, out);
  };
  const std::optional<Q> value = number(raw->value), low = number(raw->low),
                         high = number(raw->high);
  if ((raw->value != nullptr && !value) || (raw->low != nullptr && (!low || !high)))
    return std::nullopt;
  Figure<Q> figure{.status = raw->status, .source = raw->source, .note = raw->note};
  figure.value = value ? *value : (*low + *high) / 2.0;
  figure.low = low.value_or(figure.value);
  figure.high = high.value_or(figure.value);
  const std::size_t before = out.size();
  detail::check_order(document, key,
                      {detail::base_of(figure.low), detail::base_of(figure.value),
                       detail::base_of(figure.high), std::is_same_v<Q, double>},
                      out);
  if (out.size() != before) return std::nullopt;
  return figure;
}

/// The figure as a document, null where it is absent.
template <class Q>
Value print_figure(const std::optional<Figure<Q>>& figure) {
  if (!figure) return Value();
  const auto text = [](Q quantity) {
    if constexpr (std::is_same_v<Q, double>) {
      return Value(quantity);
    } else {
      return Value(print_quantity(quantity));
    }
  };
  return detail::figure_document(text(figure->value), text(figure->low), text(figure->high),
                                 figure->low != figure->high, figure->status, figure->source,
                                 figure->note);
}

template <class Q>
std::string figure_type() {
  if constexpr (std::is_same_v<Q, double>) {
    return "figure: a number";
  } else {
    return "figure: " + unit_examples<Q>();
  }
}

/// A figure that may be absent.
template <class T, class Q>
Field<T> figure_field(std::string key, std::optional<Figure<Q>> T::*member, std::string help) {
  return {key,
          figure_type<Q>(),
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (auto figure = read_figure<Q>(value, key, out)) into.*member = std::move(*figure);
          },
          [=](const T& from) { return print_figure(from.*member); }};
}

/// A whole number of things that a file states as a figure; only the number is kept.
template <class T>
Field<T> count_field(std::string key, int T::*member, std::string help) {
  return {key,
          "figure: a whole number",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            const auto figure = read_figure<double>(value, key, out);
            if (!figure) return;
            constexpr double kMost = 1e9;
            if (figure->value != static_cast<double>(static_cast<std::int64_t>(figure->value)) ||
                figure->value > kMost) {
              out.push_back(problem_at(value.where(), key + " must be a whole number below 1e9"));
              return;
            }
            into.*member = static_cast<int>(figure->value);
          },
          [=](const T& from) { return Value(from.*member); }};
}

/// A list of texts.
template <class T>
Field<T> texts_field(std::string key, std::vector<std::string> T::*member, std::string help) {
  return {key,
          "list of texts",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            const Array* array = value.array();
            if (array == nullptr) {
              out.push_back(problem_at(value.where(), key + " must be a list of texts",
                                       "write " + key + " = [\"...\"]"));
              return;
            }
            for (const Value& item : *array) {
              if (auto text = detail::read_text(item, key, out)) (into.*member).push_back(*text);
            }
          },
          [=](const T& from) {
            Array array;
            for (const std::string& text : from.*member) array.emplace_back(text);
            return Value(std::move(array));
          }};
}

}  // namespace polyfleet
