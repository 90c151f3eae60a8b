#include "launch/shell_sum.hpp"

namespace polyfleet {
namespace {

constexpr int kDeepestSum = 30;

class Sum {
 public:
  explicit Sum(std::string_view text) : text_(text) {}
  std::optional<std::int64_t> value() {
    const auto result = terms(0);
    blanks();
    if (at_ != text_.size()) return {};
    return result;
  }

 private:
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
      ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<std::int64_t> terms(int depth) {
    auto sum = factors(depth);
    while (sum) {
      const bool plus = take('+');
      if (!plus && !take('-')) break;
      const auto next = factors(depth);
      if (!next) return {};
      sum = bounded(plus ? static_cast<double>(*sum) + static_cast<double>(*next)
                         : static_cast<double>(*sum) - static_cast<double>(*next));
    }
    return sum;
  }
  std::optional<std::int64_t> factors(int depth) {
    auto product = atom(depth);
    while (product) {
      const char sign = take('*') ? '*' : take('/') ? '/' : take('%') ? '%' : ' ';
      if (sign == ' ') break;
      const auto next = atom(depth);
      if (!next || (sign != '*' && *next == 0)) return {};
      if (sign == '*')
        product = bounded(static_cast<double>(*product) * static_cast<double>(*next));
      if (sign == '/') product = *product / *next;
      if (sign == '%') product = *product % *next;
    }
    return product;
  }
  std::optional<std::int64_t> atom(int depth) {
    if (depth > kDeepestSum) return {};
    if (take('(')) {
      const auto inner = terms(depth + 1);
      return inner && take(')') ? inner : std::nullopt;
    }
    blanks();
    std::int64_t number = 0;
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - start < 12)
      number = number * 10 + (text_[at_++] - '0');
    if (at_ == start) return {};
    return number;
  }
  /// Beyond any count of devices or tokens: no value.
  static std::optional<std::int64_t> bounded(double result) {
    constexpr double kLargest = 1e15;
    if (result > kLargest || result < -kLargest) return {};
    return static_cast<std::int64_t>(result);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::int64_t> shell_sum(std::string_view text) { return Sum(text).value(); }

}  // namespace polyfleet
