#include "traffic/flat_json.hpp"

#include <cstring>

namespace polyfleet {

FlatJson::FlatJson(std::string_view line) : line_(line) {
  skip_blanks();
  if (at_ < line_.size() && line_[at_] == '{') {
    ++at_;
  } else {
    failed("is not a JSON object: '{' expected");
  }
}

void FlatJson::skip_blanks() {
  while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t')) ++at_;
}

bool FlatJson::failed(const char* fault) {
  if (*fault_ == '\0') {
    fault_ = fault;
    offset_ = at_;
  }
  return false;
}

bool FlatJson::next() {
  if (*fault_ != '\0') return false;
  skip_blanks();
  if (at_ < line_.size() && line_[at_] == '}') {
    ++at_;
    skip_blanks();
    return at_ == line_.size() ? false : failed("has text after the object's end");
  }
  if (!first_) {
    if (at_ >= line_.size()) return failed("ends inside the object: '}' is missing");
    if (line_[at_] != ',') return failed("',' or '}' expected");
    ++at_;
    skip_blanks();
  }
  first_ = false;
  if (at_ >= line_.size()) return failed("ends inside the object: '}' is missing");
  if (line_[at_] != '"') return failed("a key in quotes expected");
  if (!read_string(key_, key_text_)) return false;
  skip_blanks();
  if (at_ >= line_.size() || line_[at_] != ':') return failed("':' expected after a key");
  ++at_;
  skip_blanks();
  offset_ = at_;
  if (at_ >= line_.size()) return failed("a value is missing");
  is_text_ = line_[at_] == '"';
  if (is_text_) return read_string(value_, value_text_);
  if (line_[at_] == '[' || line_[at_] == '{') return read_brackets();
  return read_word();
}

/// At a quote; ends behind the closing one. Short escapes are resolved, \uXXXX is kept as written.
bool FlatJson::read_string(std::string_view& into, std::string& unescaped) {
  const std::size_t start = ++at_;
  bool escaped = false;
  while (at_ < line_.size() && line_[at_] != '"') {
    if (line_[at_] == '\\') {
      escaped = true;
      ++at_;
    }
    ++at_;
  }
  if (at_ >= line_.size()) {
    at_ = start - 1;
    return failed("a quote opens and never closes");
  }
  into = line_.substr(start, at_ - start);
  ++at_;
  if (!escaped) return true;
  unescaped.clear();
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (into[i] != '\\') {
      unescaped += into[i];
      continue;
    }
    constexpr std::string_view kLetters = "\"\\/nrtbf", kMeant = "\"\\/\n\r\t\b\f";
    const auto letter = kLetters.find(into[++i]);
    if (letter != std::string_view::npos) {
      unescaped += kMeant[letter];
    } else {
      unescaped += {'\\', into[i]};
    }
  }
  into = unescaped;
  return true;
}

/// At a bracket; ends behind the one that closes it.
bool FlatJson::read_brackets() {
  const std::size_t start = at_;
  int depth = 0;
  bool quoted = false;
  for (; at_ < line_.size(); ++at_) {
    const char c = line_[at_];
    if (quoted) {
      if (c == '\\') ++at_;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      ++at_;
      value_ = line_.substr(start, at_ - start);
      return true;
    }
  }
  at_ = start;
  return failed("a bracket opens and never closes");
}

bool FlatJson::read_word() {
  const std::size_t start = at_;
  while (at_ < line_.size() && std::strchr(",}] \t\":[{", line_[at_]) == nullptr) ++at_;
  value_ = line_.substr(start, at_ - start);
  return value_.empty() ? failed("a value is missing") : true;
}

}  // namespace polyfleet
