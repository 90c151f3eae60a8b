// The only file that sees nlohmann/json. Its event parser is fed through an iterator that counts
// lines and columns.
#include <nlohmann/json.hpp>

#include "config/value.hpp"

namespace polyfleet {
namespace {

struct Cursor {
  const char* begin;
  const char* now;
  int line = 1;
  const char* line_begin;
};

/// Forward iterator over the text; copies share one cursor, so the handler can ask where the parser
/// is.
struct CountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor* cursor;
  const char* end;
  bool is_end;

  reference operator*() const { return *cursor->now; }
  CountingIterator& operator++() {
    if (*cursor->now == '\n') {
      ++cursor->line;
      cursor->line_begin = cursor->now + 1;
    }
    ++cursor->now;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const {
    const bool here = is_end || cursor->now >= end;
    const bool there = other.is_end || other.cursor->now >= other.end;
    return here == there;
  }
  bool operator!=(const CountingIterator& other) const { return !(*this == other); }
};

class TreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  TreeBuilder(const Cursor& cursor, std::string file) : cursor_(cursor), file_(std::move(file)) {}

  bool null() { return add(Value()); }
  bool boolean(bool value) { return add(Value(value)); }
  bool number_integer(number_integer_t value) { return add(Value(std::int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) return add(Value(double(value)));
    return add(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) { return add(Value(value)); }
  bool string(string_t& value) { return add(Value(std::move(value))); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Value(Table{})); }
  bool start_array(std::size_t) { return open(Value(Array{})); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(string_t& name) {
    if (open_.back().value.find(name) != nullptr) {
      problem_ = problem_at(here(), "the key \"" + name + "\" appears twice", "keep one of them");
      return false;
    }
    open_.back().key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
    std::string what = error.what();
    if (const auto colon = what.find(": "); colon != std::string::npos)
      what = what.substr(colon + 2);
    problem_ = problem_at(here(), what);
    return false;
  }

  Result<Value> take(bool complete) {
    if (problem_) return *problem_;
    if (!complete) return problem_at(here(), "is not complete JSON");
    return std::move(root_);
  }

 private:
  struct Open {
    Value value;
    std::string key;
  };

  Position here() const {
    return {file_, cursor_.line, static_cast<int>(cursor_.now - cursor_.line_begin)};
  }
  bool open(Value value) {
    constexpr std::size_t kDeepest = 100;
    if (open_.size() >= kDeepest) {
      problem_ = problem_at(here(), "is nested more than 100 levels deep");
      return false;
    }
    value.at(here());
    open_.push_back({std::move(value), {}});
    return true;
  }
  bool close() {
    Value value = std::move(open_.back().value);
    open_.pop_back();
    return place(std::move(value));
  }
  bool add(Value value) {
    value.at(here());
    return place(std::move(value));
  }
  bool place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.table() != nullptr) {
      open_.back().value.table()->emplace_back(std::move(open_.back().key), std::move(value));
    } else {
      open_.back().value.push(std::move(value));
    }
    return true;
  }

  const Cursor& cursor_;
  std::string file_;
  std::vector<Open> open_;
  Value root_;
  std::optional<Diagnostic> problem_;
};

}  // namespace

Result<Value> parse_json(std::string_view text, const std::string& file) {
  Cursor cursor{text.data(), text.data(), 1, text.data()};
  TreeBuilder builder(cursor, file);
  const char* end = text.data() + text.size();
  const bool complete = nlohmann::json::sax_parse(CountingIterator{&cursor, end, false},
                                                  CountingIterator{&cursor, end, true}, &builder);
  return builder.take(complete);
}

}  // namespace polyfleet
