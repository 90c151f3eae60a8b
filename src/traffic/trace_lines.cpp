#include "traffic/trace_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/spelling.hpp"
#include "traffic/flat_json.hpp"

namespace polyfleet {
namespace {

constexpr const char* kNotClosed = "a quote opens and never closes on this line";
constexpr const char* kAfterQuote = "has text after a closing quote";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

/// The cell at `at` of the line, which moves behind the comma after it (or past the end by one).
/// `fault` is set where its quotes are wrong.
std::string_view csv_cell_at(std::string_view line, std::size_t& at, std::string& unquoted,
                             const char*& fault) {
  if (at < line.size() && line[at] == '"') {
    unquoted.clear();
    std::size_t i = at + 1;
    for (;; ++i) {
      if (i >= line.size()) {
        fault = kNotClosed;
        break;
      }
      if (line[i] == '"' && (i + 1 >= line.size() || line[i + 1] != '"')) break;
      if (line[i] == '"') ++i;
      unquoted += line[i];
    }
    ++i;
    if (i < line.size() && line[i] != ',') fault = kAfterQuote;
    at = i + 1;
    return unquoted;
  }
  const char* start = line.data() + at;
  const std::size_t left = line.size() - at;
  const void* comma = left > 0 ? std::memchr(start, ',', left) : nullptr;
  const std::size_t length =
      comma != nullptr ? static_cast<std::size_t>(static_cast<const char*>(comma) - start) : left;
  at += length + 1;
  return {start, length};
}

}  // namespace

Result<TraceLines> TraceLines::open(LineReader reader, TraceFormat format,
                                    std::shared_ptr<const TraceContext> context) {
  TraceLines lines(std::move(reader), std::move(context));
  Diagnostics problems = lines.start(format);
  if (!problems.empty()) return problems;
  return lines;
}

Diagnostics TraceLines::start(TraceFormat format) {
  std::optional<std::string_view> line = reader_.next();
  while (line && (is_blank(*line) || line->front() == '#')) line = reader_.next();
  if (reader_.problem()) return {*reader_.problem()};
  if (!line) {
    return {problem_at({reader_.name(), 1, 0}, "is empty: a request trace is needed",
                       "give a CSV with a header line or one JSON object a line")};
  }
  const TraceFormat seen = format_of(*line);
  format_ = format == TraceFormat::automatic ? seen : format;
  is_json_ = format_ == TraceFormat::mooncake || format_ == TraceFormat::jsonl;
  const bool looks_json = seen == TraceFormat::mooncake || seen == TraceFormat::jsonl;
  if (is_json_ != looks_json) {
    return {here(fmt::format("is no {} trace: it begins like {}", name_of(format_),
                             looks_json ? "JSON" : "CSV"),
                 "leave the format to be found, or state another")};
  }
  if (!is_json_) return read_header(*line);
  first_line_ = *line;
  first_is_held_ = true;
  return {};
}

Diagnostics TraceLines::read_header(std::string_view line) {
  Diagnostics problems;
  std::vector<std::string> names;
  const char* fault = nullptr;
  for (std::size_t at = 0; at <= line.size();) {
    std::string name(csv_cell_at(line, at, cell_, fault));
    name.erase(0, name.find_first_not_of(' '));
    while (!name.empty() && name.back() == ' ') name.pop_back();
    names.push_back(std::move(name));
  }
  if (fault != nullptr) return {here(fault)};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i)) {
      problems.push_back(
          here("names the column '" + names[i] + "' twice", "give each column its own name"));
    }
    columns_.push_back(known_or_noted(names[i], problems));
  }
  const auto lacks = [&](TraceColumn meaning) {
    const auto means = [&](const std::optional<TraceColumn>& column) {
      return column && (*column == meaning || (is_time(meaning) && is_time(*column)));
    };
    if (std::any_of(columns_.begin(), columns_.end(), means)) return;
    std::string found;
    for (const std::string& name : names) found += (found.empty() ? "" : ", ") + name;
    problems.push_back(here("the column " + trace_column_choice(meaning, format_) + " is missing",
                            "the header has: " + found));
  };
  const bool media =
      std::find(columns_.begin(), columns_.end(), TraceColumn::steps) != columns_.end();
  lacks(TraceColumn::seconds);
  if (!media) lacks(TraceColumn::input_tokens);
  if (!media) lacks(TraceColumn::output_tokens);
  return problems;
}

/// The meaning of a name; an unknown one is a problem where it is nearly a known one, else it is
/// noted as unread.
std::optional<TraceColumn> TraceLines::known_or_noted(std::string_view name,
                                                      Diagnostics& problems) {
  if (const TraceColumn* column = trace_column(name, format_)) return *column;
  const std::string near = nearest_name(name, trace_column_names(format_));
  if (!near.empty()) {
    problems.push_back(here(fmt::format("unknown column '{}'", name),
                            "did you mean '" + near + "'? Otherwise name it differently"));
  } else {
    constexpr std::size_t kMostNoted = 100;
    if (unread_.size() < kMostNoted) unread_.emplace(name);
  }
  return std::nullopt;
}

bool TraceLines::next() {
  if (first_is_held_) {
    first_is_held_ = false;
    return parse(first_line_);
  }
  while (!problem_) {
    const auto line = reader_.next();
    if (!line) {
      problem_ = reader_.problem();
      return false;
    }
    if (!is_blank(*line)) return parse(*line);
  }
  return false;
}

bool TraceLines::parse(std::string_view line) {
  row_.clear();
  const bool read = is_json_ ? parse_json(line) : parse_csv(line);
  if (read && !row_.is_empty_request()) {
    if (std::string fault = row_.finish(); !fault.empty()) return fail(std::move(fault), SIZE_MAX);
  }
  return read;
}

bool TraceLines::parse_csv(std::string_view line) {
  const char* fault = nullptr;
  std::size_t at = 0, index = 0;
  while (at <= line.size()) {
    const std::size_t offset = at;
    const std::string_view text = csv_cell_at(line, at, cell_, fault);
    if (fault != nullptr) return fail(fault, offset);
    if (index < columns_.size() && !set(columns_[index], text, offset)) return false;
    ++index;
  }
  if (index == columns_.size()) return true;
  return fail(fmt::format("has {} cells where the header has {}", index, columns_.size()),
              SIZE_MAX);
}

bool TraceLines::parse_json(std::string_view line) {
  FlatJson members(line);
  next_key_ = 0;
  while (members.next()) {
    const auto column = json_column(members.key());
    if (problem_) return false;
    const bool is_null = !members.is_text() && members.value() == "null";
    if (!is_null && !set(column, members.value(), members.offset())) return false;
  }
  if (*members.fault() != '\0') return fail(members.fault(), members.offset());
  if (format_ == TraceFormat::mooncake && !row_.request().prefix_blocks.empty())
    row_.request().prefix_block_tokens = kMooncakeBlockTokens;
  return true;
}

/// Keys mostly come in the same order on every line, so the next one is looked at first.
std::optional<TraceColumn> TraceLines::json_column(std::string_view key) {
  const std::size_t known = keys_.size();
  for (std::size_t i = 0; i < known; ++i) {
    const std::size_t index = (next_key_ + i) % known;
    if (keys_[index].name != key) continue;
    next_key_ = index + 1;
    return keys_[index].column;
  }
  constexpr std::size_t kMostKeys = 1000;
  Diagnostics problems;
  const auto column = known_or_noted(key, problems);
  if (!problems.empty()) problem_ = problems.front();
  if (keys_.size() < kMostKeys) keys_.push_back({std::string(key), column});
  return column;
}

bool TraceLines::set(std::optional<TraceColumn> column, std::string_view text, std::size_t offset) {
  if (!column) return true;
  std::string fault = row_.set(*column, text);
  return fault.empty() ? true : fail(std::move(fault), offset);
}

bool TraceLines::fail(std::string what, std::size_t offset) {
  Diagnostic diagnostic = here(std::move(what));
  if (offset != SIZE_MAX) diagnostic.where.column = static_cast<int>(offset) + 1;
  if (reader_.is_cut_off()) {
    diagnostic.fix = "the last line has no line break: the file seems cut off, remove that line";
  }
  problem_ = std::move(diagnostic);
  return false;
}

Diagnostic TraceLines::here(std::string what, std::string fix) const {
  return problem_at({reader_.name(), reader_.line(), 0}, std::move(what), std::move(fix));
}

}  // namespace polyfleet
