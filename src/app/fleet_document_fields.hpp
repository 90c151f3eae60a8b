// Kinds of fields that fleet documents have beside those of config/optional_fields.hpp: spans up to
// years, figures with their origin, lists of tables whose elements remember how they were written.
// A year is 365.25 days and a month a twelfth of it; days of the calendar are exact.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalogue/figure_field.hpp"
#include "config/optional_fields.hpp"
#include "training/calendar_field.hpp"

namespace polyfleet {

/// Price of one watt of a data centre.
using UsdPerWatt = decltype(Usd{} / Watts{});
/// Price of a gram of emissions.
using UsdPerGram = decltype(Usd{} / GramsCo2e{});

/// A year of 365.25 days, in seconds.
inline constexpr double kYearSeconds = 365.25 * 86400;
/// A share of a whole.
inline constexpr Range kAnyShare{0, 1};

/// One table of a fleet document: where it stands, how it was written, where its figures come from.
struct StatedEntry {
  Position where;
  Value written;
  std::string source, status, note;
};

/// Where a key of the table stands; the table itself where the key is not written.
inline Position place_of(const StatedEntry& entry, std::string_view key) {
  const Value* value = entry.written.find(key);
  return value == nullptr ? entry.where : value->where();
}

/// "30 days", "5 years", "18 months", "2 weeks", or any unit of time.
std::optional<Seconds> read_span(const Value& value, std::string_view key, Range range,
                                 Diagnostics& out);
/// "-06:00", "UTC+1", "UTC": minutes ahead of UTC. A name of a zone is a problem: its local time
/// has hours that are missing or double.
std::optional<int> read_utc_offset(const Value& value, std::string_view key, Diagnostics& out);
/// A word of kStatusNames, or "assumption".
void check_status(const StatedEntry& entry, Diagnostics& out);

template <class T>
Field<T> span_field(std::string key, std::optional<Seconds> T::*member, Range range,
                    std::string help) {
  return {
      key,
      "span: h, days, weeks, months, years",
      std::move(help),
      false,
      [=](T& into, const Value& value, Diagnostics& out) {
        if (const auto span = read_span(value, key, range, out)) into.*member = *span;
      },
      [=](const T& from) { return from.*member ? Value(exact_text(*(from.*member))) : Value(); }};
}

template <class T>
Field<T> utc_offset_field(std::string key, std::optional<int> T::*member, std::string help) {
  return {key,
          "offset: +HH:MM",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (const auto minutes = read_utc_offset(value, key, out)) into.*member = *minutes;
          },
          [=](const T& from) { return from.*member ? Value(*(from.*member)) : Value(); }};
}

/// A figure within [low, high], in base units.
template <class T, class Q>
Field<T> ranged_figure_field(std::string key, std::optional<Figure<Q>> T::*member, Range range,
                             std::string help) {
  Field<T> field = figure_field(key, member, std::move(help));
  field.read = [=](T& into, const Value& value, Diagnostics& out) {
    const auto figure = read_figure<Q>(value, key, out);
    if (!figure) return;
    const double base = detail::base_of(figure->value);
    if (base < range.low || base > range.high) {
      const auto shown = [](double limit) {
        if constexpr (std::is_same_v<Q, double>) {
          return to_json(Value(limit), -1);
        } else {
          return print_quantity(Q::from_base(limit));
        }
      };
      detail::out_of_range(value, key, shown(range.low), shown(range.high), out);
      return;
    }
    into.*member = *figure;
  };
  return field;
}

/// Reads one table into an entry.
template <class E>
void read_entry(const Value& value, const FieldTable<E>& fields, E& entry, std::string_view what,
                Diagnostics& out) {
  entry.where = value.where();
  entry.written = value;
  read_fields(value, fields, entry, what, out);
  check_status(entry, out);
}

/// [[key]]: entries of one kind.
template <class T, class E>
Field<T> entry_list_field(std::string key, std::vector<E> T::*member,
                          const FieldTable<E>& (*fields)(), std::string help) {
  return {key,
          "list of tables",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, key, out);
            for (const Value& each : *value.array())
              read_entry(each, fields(), (into.*member).emplace_back(), key, out);
          },
          [=](const T& from) {
            Value list{Array{}};
            for (const E& each : from.*member) list.push(print_fields(fields(), each));
            return list;
          }};
}

/// [key]: an entry that may be absent.
template <class T, class E>
Field<T> entry_field(std::string key, std::optional<E> T::*member, const FieldTable<E>& (*fields)(),
                     std::string help) {
  return {key,
          "table",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            read_entry(value, fields(), (into.*member).emplace(), key, out);
          },
          [=](const T& from) {
            return from.*member ? print_fields(fields(), *(from.*member)) : Value();
          }};
}

/// The fields that say where the figures of a table come from.
template <class E>
FieldTable<E> with_origin(FieldTable<E> fields) {
  fields.push_back(
      text_field<E>("source", &E::source, "where the figures of this table come from"));
  fields.push_back(text_field<E>(
      "status", &E::status,
      "vendor specification, vendor claim, measured, third party, estimated, derived, rumour or "
      "assumption"));
  fields.push_back(text_field<E>("note", &E::note, "what a reader should know of them"));
  return fields;
}

}  // namespace polyfleet
