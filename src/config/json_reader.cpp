// The only file that sees nlohmann/json. Its event parser does not say where a token stands, so the
// handler follows along: when an event comes, exactly its token has been read (a number also the
// one character behind it), and everything between two value tokens is blanks, commas and colons.
#include <nlohmann/json.hpp>
#include <set>

#include "config/value.hpp"

namespace polyfleet {
namespace {

/// Shared by the copies that the parser makes of its iterator: how far it has read.
struct Progress {
  const char* now;
};

struct FollowedIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Progress* progress;
  const char* end;
  bool is_end;

  reference operator*() const { return *progress->now; }
  FollowedIterator& operator++() {
    ++progress->now;
    return *this;
  }
  bool operator==(const FollowedIterator& other) const {
    const bool here = is_end || progress->now >= end;
    const bool there = other.is_end || other.progress->now >= other.end;
    return here == there;
  }
  bool operator!=(const FollowedIterator& other) const { return !(*this == other); }
};

/// Turns the parser's progress into the position of the token just read.
class TokenPositions {
 public:
  TokenPositions(std::string_view text, const Progress& progress, std::string file)
      : text_(text), progress_(progress), file_(std::move(file)) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  }

  /// The start of the token that the parser has just read.
  Position next() {
    while (at_ < text_.size() && is_between_tokens(text_[at_])) step();
    const Position start{file_, line_, column_};
    const auto read = static_cast<std::size_t>(progress_.now - text_.data());
    while (at_ < std::min(read, text_.size())) step();
    return start;
  }

 private:
  static bool is_between_tokens(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ':';
  }
  void step() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {  // characters, not bytes, count
      ++column_;
    }
  }

  std::string_view text_;
  const Progress& progress_;
  std::string file_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

class JsonTreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  explicit JsonTreeBuilder(TokenPositions positions) : positions_(std::move(positions)) {}

  bool null() { return add(Value()); }
  bool boolean(bool value) { return add(Value(value)); }
  bool number_integer(number_integer_t value) { return add(Value(std::int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) {
    if (value > static_cast<number_unsigned_t>(INT64_MAX))
      return add(Value(static_cast<double>(value)));
    return add(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) { return add(Value(value)); }
  bool string(string_t& value) { return add(Value(std::move(value))); }
  bool binary(binary_t&) { return false; }  // JSON text has no binary values
  bool start_object(std::size_t) { return open(Value(Table{})); }
  bool start_array(std::size_t) { return open(Value(Array{})); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(string_t& name) {
    Open& object = open_.back();
    object.key_at = positions_.next();
    if (!object.names.insert(name).second) {
      problems_.push_back(
          problem_at(object.key_at, "the key \"" + name + "\" appears twice", "keep one of them"));
      if (problems_.size() >= kMostProblems) return false;
    }
    object.key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
    std::string what = error.what();  // "[json.exception...] parse error at ...: what is wrong"
    if (const auto bracket = what.find("] "); bracket != std::string::npos)
      what = what.substr(bracket + 2);
    if (what.starts_with("parse error")) {
      if (const auto colon = what.find(": "); colon != std::string::npos)
        what = what.substr(colon + 2);
    }
    problems_.push_back(problem_at(positions_.next(), what));
    return false;
  }

  Result<Value> take(bool complete) {
    if (problems_.empty() && !complete)
      problems_.push_back(problem_at(positions_.next(), "is not complete JSON"));
    if (!problems_.empty()) return problems_;
    return std::move(root_);
  }

 private:
  static constexpr std::size_t kMostProblems = 20;
  struct Open {
    Value value;
    Position key_at;  // of the member being read; line 0 in an array
    std::string key;
    std::set<std::string, std::less<>> names;
  };

  /// A member stands where its key stands (as in TOML), an element and the root where they begin.
  Value placed(Value value) {
    Position start = positions_.next();
    const bool is_member = !open_.empty() && open_.back().value.table() != nullptr;
    value.at(is_member ? open_.back().key_at : std::move(start));
    return value;
  }
  bool open(Value value) {
    value = placed(std::move(value));
    if (open_.size() >= static_cast<std::size_t>(kDeepestNesting)) {
      problems_.push_back(problem_at(value.where(), "is nested more than 100 levels deep"));
      return false;
    }
    open_.push_back({std::move(value), {}, {}, {}});
    return true;
  }
  bool close() {
    positions_.next();
    Value value = std::move(open_.back().value);
    open_.pop_back();
    return place(std::move(value));
  }
  bool add(Value value) { return place(placed(std::move(value))); }
  bool place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Table* members = open_.back().value.table()) {
      members->emplace_back(std::move(open_.back().key), std::move(value));
    } else {
      open_.back().value.push(std::move(value));
    }
    return true;
  }

  TokenPositions positions_;
  std::vector<Open> open_;
  Value root_;
  Diagnostics problems_;
};

}  // namespace

Result<Value> parse_json(std::string_view text, const std::string& file) {
  if (text.find('\0') != std::string_view::npos)
    return problem_at({file, 0, 0}, "holds binary data, not JSON text");
  Progress progress{text.data()};
  JsonTreeBuilder builder(TokenPositions(text, progress, file));
  const char* end = text.data() + text.size();
  const bool complete = nlohmann::json::sax_parse(FollowedIterator{&progress, end, false},
                                                  FollowedIterator{&progress, end, true}, &builder);
  return builder.take(complete);
}

}  // namespace polyfleet
