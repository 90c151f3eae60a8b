// Which branches of if, elif and else a launch script takes, as far as its tests compare texts and
// numbers that are known. Where they are not, every branch counts. Internal to the launch room.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "launch/shell_script.hpp"

namespace polyfleet {

/// The outcome of `[ a = b ]`, `[[ -z x ]]`, `[ 3 -gt 2 ]`, also behind "!"; nothing where it
/// depends on a running shell.
std::optional<bool> shell_test(const std::vector<ShellWord>& words);

class ShellBranches {
 public:
  /// Whether statements here count.
  bool is_active() const { return open_.empty() || open_.back().active; }
  /// Whether the words of the next statement are part of a condition.
  bool expects_test() const { return !open_.empty() && open_.back().pending; }

  /// `if` or `elif`, in front of its test.
  void begin(bool is_elif);
  /// A test, joined to the one before it by `joint` ('|', '&' or anything for the first).
  void test(const std::vector<ShellWord>& words, char joint);
  /// `then`; true when the outcome is unknown, so that the branch is read whatever it is.
  bool then();
  void otherwise();
  void end();

 private:
  struct Branch {
    std::optional<bool> value;
    bool has_test = false, pending = true, taken = false;
    bool outer = true, active = true;
  };
  std::vector<Branch> open_;
};

}  // namespace polyfleet
