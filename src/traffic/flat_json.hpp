// The members of a JSON object on one line, as texts, for traces of millions of lines: some twenty
// times the speed of the document reader (config/value.hpp), which builds a tree. Members of
// nested objects are skipped as one text. Checks what it needs to keep its place, not every rule of
// JSON: numbers and literals are judged by whoever reads them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace polyfleet {

class FlatJson {
 public:
  explicit FlatJson(std::string_view line);

  /// Goes to the next member; false at the end of the object or at a fault.
  bool next();
  std::string_view key() const { return key_; }
  /// A text without its quotes, an array or object with its brackets, else the bare word ("null").
  std::string_view value() const { return value_; }
  bool is_text() const { return is_text_; }
  /// Where the value (or the fault) stands in the line, from 0.
  std::size_t offset() const { return offset_; }
  /// What is wrong with the line, or empty.
  const char* fault() const { return fault_; }

 private:
  void skip_blanks();
  bool failed(const char* fault);
  bool read_string(std::string_view& into, std::string& unescaped);
  bool read_brackets();
  bool read_word();

  std::string_view line_;
  std::size_t at_ = 0;
  bool first_ = true;
  std::string_view key_, value_;
  bool is_text_ = false;
  std::size_t offset_ = 0;
  const char* fault_ = "";
  std::string key_text_, value_text_;  // where escapes had to be resolved
};

}  // namespace polyfleet
