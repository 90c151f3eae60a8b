// The only file that sees yaml-cpp (0.7). Its node tree keeps duplicate keys and reads NO as false,
// so the tree is built here from its events, by the core schema of YAML 1.2: only true, false,
// null and numbers are no text. Aliases are copied; a total count of nodes bounds what they make.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <map>
#include <set>
#include <sstream>

#include "config/value.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kLargestYaml = std::size_t{4} << 20;  // bytes; launch files have a few kB
constexpr std::size_t kMostNodes = 200000;                  // after copying aliases
constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

/// Ends the parse; what is wrong stands among the handler's problems.
struct Stopped : std::exception {};

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Value> integer_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0o")) {
    base = text[1] == 'x' ? 16 : 8;
    text.remove_prefix(2);
  } else if (!all_digits(text)) {
    return {};
  }
  if (text.empty() || text.front() == '-') return {};
  std::string written(negative ? 1 : 0, '-');
  written += text;
  std::int64_t number = 0;
  const char* end = written.data() + written.size();
  const auto [stop, error] = std::from_chars(written.data(), end, number, base);
  if (error != std::errc() || stop != end) return {};
  return Value(number);
}

std::optional<Value> real_of(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits == ".inf" || digits == ".Inf" || digits == ".INF")
    return Value(negative ? -std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::infinity());
  if (text == ".nan" || text == ".NaN" || text == ".NAN")
    return Value(std::numeric_limits<double>::quiet_NaN());
  const bool has_digit = digits.find_first_of("0123456789") != std::string_view::npos;
  if (!has_digit || digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos ||
      (digits.front() != '.' && (digits.front() < '0' || digits.front() > '9')))
    return {};
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end) return {};
  return Value(negative ? -number : number);
}

/// A plain scalar by the core schema.
Value plain_value(const std::string& text) {
  if (text == "true" || text == "True" || text == "TRUE") return Value(true);
  if (text == "false" || text == "False" || text == "FALSE") return Value(false);
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return {};
  if (auto integer = integer_of(text)) return *integer;
  if (auto real = real_of(text)) return *real;
  return Value(text);
}

/// How many nodes a value has and how deep it is.
struct Extent {
  std::size_t nodes = 1;
  int depth = 0;
};
Extent extent_of(const Value& value) {
  Extent extent;
  const auto add = [&](const Value& inner) {
    const Extent of_inner = extent_of(inner);
    extent.nodes += of_inner.nodes;
    extent.depth = std::max(extent.depth, of_inner.depth + 1);
  };
  if (const Table* members = value.table()) {
    extent.depth = 1;
    for (const auto& [key, member] : *members) add(member);
  } else if (const Array* elements = value.array()) {
    extent.depth = 1;
    for (const Value& element : *elements) add(element);
  }
  return extent;
}

class YamlTreeBuilder final : public YAML::EventHandler {
 public:
  explicit YamlTreeBuilder(std::string file) : file_(std::move(file)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(Value(), "null", mark, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) stop(mark, "an alias refers to a node that holds it");
    const Extent extent = extent_of(found->second);
    count(extent.nodes, mark);
    if (static_cast<int>(open_.size()) + extent.depth > kDeepestNesting)
      stop(mark, "is nested more than 100 levels deep");
    add(Value(found->second), "", mark, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const bool is_core = tag.starts_with(kCoreTag);
    if (tag != "?" && tag != "!" && !is_core) stop(mark, "the tag " + tag + " is not known");
    const bool is_text = tag == "!" || tag == std::string(kCoreTag) + "str";
    add(is_text ? Value(text) : plain_value(text), text, mark, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Value(Array{}), mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Value(Table{}), mark, anchor);
  }
  void OnMapEnd() override { close(); }

  Position place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }
  Diagnostics& problems() { return problems_; }
  Value take() { return std::move(root_); }

 private:
  struct Open {
    Value value;
    YAML::anchor_t anchor = 0;
    std::optional<std::string> key;  // of a map: read, its value not yet
    Position key_at;
    std::set<std::string, std::less<>> names;
    Value merged;  // what << brought in; stated keys win
  };

  [[noreturn]] void stop(const YAML::Mark& mark, std::string what, std::string fix = {}) {
    problems_.push_back(problem_at(place(mark), std::move(what), std::move(fix)));
    throw Stopped();
  }
  void count(std::size_t nodes, const YAML::Mark& mark) {
    nodes_ += nodes;
    if (nodes_ > kMostNodes) stop(mark, "has more than 200,000 nodes (aliases counted as copies)");
  }
  bool expects_key() const {
    return !open_.empty() && open_.back().value.table() != nullptr && !open_.back().key;
  }
  void add(Value value, const std::string& as_key, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(1, mark);
    if (expects_key()) {
      if (as_key.empty() && value.text() == nullptr) stop(mark, "a key must be text");
      return set_key(as_key, mark);
    }
    value.at(open_.empty() || open_.back().value.table() == nullptr ? place(mark)
                                                                    : open_.back().key_at);
    if (anchor != 0) anchored_[anchor] = value;
    put(std::move(value), mark);
  }
  void set_key(const std::string& key, const YAML::Mark& mark) {
    Open& map = open_.back();
    map.key = key;
    map.key_at = place(mark);
    if (key != "<<" && !map.names.insert(key).second)
      problems_.push_back(
          problem_at(map.key_at, "the key \"" + key + "\" appears twice", "keep one of them"));
    constexpr std::size_t kMostProblems = 20;
    if (problems_.size() >= kMostProblems) throw Stopped();
  }
  void open(Value value, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(1, mark);
    if (expects_key()) stop(mark, "a key must be text", "this key is a list or a mapping");
    if (open_.size() >= static_cast<std::size_t>(kDeepestNesting))
      stop(mark, "is nested more than 100 levels deep");
    const bool is_member = !open_.empty() && open_.back().value.table() != nullptr;
    value.at(is_member ? open_.back().key_at : place(mark));
    Open inner;
    inner.value = std::move(value);
    inner.anchor = anchor;
    last_ = mark;
    open_.push_back(std::move(inner));
  }
  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (const Table* merged = done.merged.table()) {
      for (const auto& [key, member] : *merged) {
        if (!done.names.contains(key)) done.value.set(key, member);
      }
    }
    if (done.anchor != 0) anchored_[done.anchor] = done.value;
    put(std::move(done.value), last_);
  }
  void put(Value value, const YAML::Mark& mark) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& outer = open_.back();
    if (outer.value.table() == nullptr) {
      outer.value.push(std::move(value));
      return;
    }
    const std::string key = *std::exchange(outer.key, std::nullopt);
    if (key == "<<") return merge(outer, value, mark);
    if (outer.value.find(key) == nullptr) outer.value.table()->emplace_back(key, std::move(value));
  }
  void merge(Open& outer, const Value& value, const YAML::Mark& mark) {
    if (const Array* list = value.array()) {
      for (const Value& each : *list) merge(outer, each, mark);
      return;
    }
    if (value.table() == nullptr) stop(mark, "<< merges a mapping", "give an alias of one");
    for (const auto& [key, member] : *value.table()) {
      if (outer.merged.find(key) == nullptr) outer.merged.set(key, member);
    }
  }

  std::string file_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Value> anchored_;
  Value root_;
  Diagnostics problems_;
  std::size_t nodes_ = 0;
  YAML::Mark last_;
};

}  // namespace

Result<Value> parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > kLargestYaml) return problem_at({file, 0, 0}, "has more than 4 MiB");
  if (text.find('\0') != std::string_view::npos)
    return problem_at({file, 0, 0}, "holds binary data, not YAML text");
  std::istringstream stream{std::string(text)};
  YamlTreeBuilder builder(file);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    Value first = builder.take();
    if (builder.problems().empty() && parser.HandleNextDocument(builder))
      builder.problems().push_back(
          problem_at({file, 0, 0}, "holds more than one document", "give one file for each"));
    if (builder.problems().empty()) return first;
  } catch (const Stopped&) {
  } catch (const YAML::Exception& error) {
    builder.problems().push_back(problem_at(builder.place(error.mark), error.msg));
  }
  return builder.problems();
}

}  // namespace polyfleet
