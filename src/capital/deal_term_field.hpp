// Fields of a document that hold terms of a contract (capital/deal_term.hpp): a table with value or
// low and high, status, and source or note; or, in a reader's own file and in --set, the bare
// value, which then has the status "user".
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "capital/deal_term.hpp"
#include "catalogue/figure_field.hpp"
#include "config/fields.hpp"
#include "training/calendar_field.hpp"

namespace polyfleet {

namespace detail {

/// The parts of a term before its value is read.
struct RawTerm {
  const Value* value = nullptr;
  const Value* low = nullptr;
  const Value* high = nullptr;
  TermStatus status = TermStatus::user;
  std::string source, note;
};
/// Nothing, with diagnostics, where a part is missing, unknown or of the wrong kind.
std::optional<RawTerm> read_raw_term(const Value& document, std::string_view key, Diagnostics& out);
void outside_range(const Value& document, std::string_view key, const std::string& low,
                   const std::string& high, Diagnostics& out);
void not_in_order(const Value& document, std::string_view key, Diagnostics& out);

inline std::string text_of(double number) { return to_json(Value(number)); }
template <class Q>
std::string text_of(Q quantity) {
  return print_quantity(quantity);
}

}  // namespace detail

/// One term whose value and range lie within `range` (base units).
template <class Q>
std::optional<Term<Q>> read_term(const Value& document, std::string_view key, Range range,
                                 Diagnostics& out) {
  const auto raw = detail::read_raw_term(document, key, out);
  if (!raw) return std::nullopt;
  const auto number = [&](const Value* value) {
    return value == nullptr ? std::optional<Q>() : detail::read_figure_number<Q>(*value, key, out);
  };
  const std::optional<Q> value = number(raw->value), low = number(raw->low),
                         high = number(raw->high);
  if ((raw->value != nullptr && !value) || (raw->low != nullptr && (!low || !high)))
    return std::nullopt;
  Term<Q> read{{}, {}, {}, raw->status, raw->source, raw->note};
  read.value = value ? *value : (*low + *high) / 2.0;
  read.low = low.value_or(read.value);
  read.high = high.value_or(read.value);
  const double least = detail::base_of(read.low), most = detail::base_of(read.high);
  const double middle = detail::base_of(read.value);
  if (!(least <= middle && middle <= most)) {
    detail::not_in_order(document, key, out);
    return std::nullopt;
  }
  if (!(least >= range.low && most <= range.high)) {
    if constexpr (std::is_same_v<Q, double>) {
      detail::outside_range(document, key, detail::text_of(range.low), detail::text_of(range.high),
                            out);
    } else {
      detail::outside_range(document, key, detail::text_of(Q::from_base(range.low)),
                            detail::text_of(Q::from_base(range.high)), out);
    }
    return std::nullopt;
  }
  return read;
}

template <class T, class Q>
Field<T> term_field(std::string key, Term<Q> T::*member, Range range, std::string help) {
  Field<T> field;
  field.key = key;
  field.type = "term";
  field.help = std::move(help);
  field.read = [=](T& into, const Value& value, Diagnostics& out) {
    if (auto term = read_term<Q>(value, key, range, out)) into.*member = *std::move(term);
  };
  field.print = [=](const T& from) { return Value(detail::text_of((from.*member).value)); };
  return field;
}

template <class T>
Field<T> term_date_field(std::string key, TermDate T::*member, std::string help) {
  Field<T> field;
  field.key = key;
  field.type = "term: a date";
  field.help = std::move(help);
  field.read = [=](T& into, const Value& value, Diagnostics& out) {
    const auto raw = detail::read_raw_term(value, key, out);
    if (!raw || raw->value == nullptr) return;
    if (const auto date = read_day(*raw->value, key, out))
      into.*member = {*date, raw->status, raw->source, raw->note};
  };
  field.print = [=](const T& from) { return Value(print_date((from.*member).value)); };
  return field;
}

}  // namespace polyfleet
