// The answer to "can the user's input be used": a value, or every problem found in it.
// Result wraps tl::expected; a Diagnostic names the place (file, line, column), the problem and a
// fix. Not for bugs of ours (base/check.hpp) and not for infeasible plans (ordinary data with a
// reason).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace polyfleet {

/// A place in an input; line and column count from 1, 0 means "the whole file" or "the command
/// line".
struct Position {
  std::string file;
  int line = 0;
  int column = 0;
};

/// One problem in an input: where, what is wrong, and what to write instead (may be empty).
struct Diagnostic {
  Position where;
  std::string what;
  std::string fix;
};

using Diagnostics = std::vector<Diagnostic>;

/// "file:line:column: what\n  fix: ..." as a terminal shows it.
std::string to_text(const Diagnostic& diagnostic);
std::string to_text(const Diagnostics& diagnostics);

/// A value or the complete list of problems; must be looked at.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::move(value)) {}
  Result(Diagnostics problems) : held_(tl::unexpect, std::move(problems)) {}
  Result(Diagnostic problem) : held_(tl::unexpect, Diagnostics{std::move(problem)}) {}

  bool has_value() const { return held_.has_value(); }
  explicit operator bool() const { return held_.has_value(); }
  const T& value() const& { return held_.value(); }
  T& value() & { return held_.value(); }
  T&& value() && { return std::move(held_).value(); }
  const T& operator*() const& { return *held_; }
  T& operator*() & { return *held_; }
  T&& operator*() && { return *std::move(held_); }
  const T* operator->() const { return &*held_; }
  T* operator->() { return &*held_; }
  const Diagnostics& problems() const { return held_.error(); }

 private:
  tl::expected<T, Diagnostics> held_;
};

/// One problem that belongs to no file (a flag, a name).
Diagnostic problem(std::string what, std::string fix = {});
Diagnostic problem_at(Position where, std::string what, std::string fix = {});

}  // namespace polyfleet
