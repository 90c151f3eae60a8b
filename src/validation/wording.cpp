#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr std::int64_t kLargestWhole = 1'000'000'000'000'000;

char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::optional<std::int64_t> whole_at(std::string_view text, std::size_t& at) {
  if (at >= text.size() || !is_digit(text[at])) return {};
  std::int64_t value = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    if (value < kLargestWhole) value = value * 10 + (text[at] - '0');
  }
  return value;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_char(c);
  return out;
}

bool mentions(std::string_view text, std::string_view part) {
  return lower(text).find(part) != std::string::npos;
}

std::string letters_and_digits(std::string_view text) {
  std::string out;
  for (char c : text) {
    const char low = lower_char(c);
    if ((low >= 'a' && low <= 'z') || is_digit(low)) out += low;
  }
  return out;
}

std::vector<std::int64_t> whole_numbers(std::string_view text) {
  std::vector<std::int64_t> found;
  for (std::size_t at = 0; at < text.size();) {
    if (auto value = whole_at(text, at)) {
      found.push_back(*value);
    } else {
      ++at;
    }
  }
  return found;
}

std::optional<std::int64_t> number_after(std::string_view text, std::string_view mark) {
  const std::string low = lower(text);
  for (std::size_t at = low.find(mark); at != std::string::npos; at = low.find(mark, at + 1)) {
    std::size_t digits = at + mark.size();
    if (auto value = whole_at(low, digits)) return value;
  }
  return {};
}

bool fits_pattern(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (fits_pattern(text.substr(skip), pattern.substr(1))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern.front() == '[') {
    const std::size_t close = pattern.find(']');
    if (close == std::string_view::npos) return false;
    const bool fits = pattern.substr(1, close - 1).find(text.front()) != std::string_view::npos;
    return fits && fits_pattern(text.substr(1), pattern.substr(close + 1));
  }
  return text.front() == pattern.front() && fits_pattern(text.substr(1), pattern.substr(1));
}

}  // namespace polyfleet
