// Fields of a document that hold a day of the calendar: "2026-10-01".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/fields.hpp"
#include "training/calendar.hpp"

namespace polyfleet {

/// "2026-10-01" of a text value; problems name the key. Nothing where it is no day.
std::optional<CalendarDate> read_day(const Value& value, std::string_view key, Diagnostics& out);

/// A day that may stay unstated.
template <class T>
Field<T> day_field(std::string key, std::optional<CalendarDate> T::*member, std::string help) {
  return {
      key,
      "day: YYYY-MM-DD",
      std::move(help),
      false,
      [=](T& into, const Value& value, Diagnostics& out) {
        if (const auto date = read_day(value, key, out)) into.*member = *date;
      },
      [=](const T& from) { return from.*member ? Value(print_date(*(from.*member))) : Value(); }};
}

template <class T>
Field<T> calendar_date_field(std::string key, CalendarDate T::*member, std::string help) {
  Field<T> field;
  field.key = key;
  field.type = "date";
  field.help = std::move(help);
  field.read = [=](T& into, const Value& value, Diagnostics& out) {
    if (const auto date = read_day(value, key, out)) into.*member = *date;
  };
  field.print = [=](const T& from) { return Value(print_date(from.*member)); };
  return field;
}

}  // namespace polyfleet
