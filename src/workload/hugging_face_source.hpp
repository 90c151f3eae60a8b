// Reading numbers from another program's JSON, where one thing goes by several names: the first one
// that is there counts, two that contradict each other are a problem, null is the same as absent.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

using Names = std::initializer_list<std::string_view>;

class HuggingFaceSource {
 public:
  HuggingFaceSource(const Value& table, Diagnostics& out) : table_(table), out_(out) {}

  /// A whole number between 0 and `most`.
  std::optional<std::int64_t> whole(Names names, double most = 1e9) const;
  /// The same, diagnosed as lacking; 0 then. `what` says what it is.
  std::int64_t required(Names names, std::string_view what) const;
  std::optional<double> number(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<std::string> text(std::string_view name) const;
  /// The elements of an array, or null pointer.
  const Array* array(std::string_view name) const;
  /// A table below, or null pointer.
  const Value* table(std::string_view name) const;
  /// Neither absent nor null.
  const Value* find(std::string_view name) const;
  const Position& where() const { return table_.where(); }
  void problem(const Value& at, std::string what, std::string fix) const;

 private:
  const Value& table_;
  Diagnostics& out_;
};

}  // namespace polyfleet
