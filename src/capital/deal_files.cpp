// Where deals and shares lie, and single values of their documents replaced (declared in
// capital/deal_reader.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/spelling.hpp"
#include "capital/deal_reader.hpp"

namespace polyfleet {
namespace {

std::filesystem::path deals_folder(const std::filesystem::path& data) { return data / "deals"; }

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<Value> named_document(const std::filesystem::path& folder, std::string_view name,
                             const char* what) {
  if (name.ends_with(".toml")) return read_document(std::string(name));
  const std::vector<std::string> known = names_in(folder);
  if (std::find(known.begin(), known.end(), name) == known.end())
    return problem(fmt::format("unknown {} '{}'", what, name), name_suggestion(name, known));
  return read_document((folder / (std::string(name) + ".toml")).string());
}

/// The document with the value laid in, problems where the key leads nowhere.
Value laid(const Value& at, std::string_view key, const Value& value, std::string_view whole,
           Diagnostics& out) {
  if (key.empty()) return value;
  const std::size_t dot = key.find('.');
  const std::string head(key.substr(0, dot));
  const std::string_view rest = dot == std::string_view::npos ? "" : key.substr(dot + 1);
  if (const Array* entries = at.array()) {
    Array changed = *entries;
    std::size_t place = 0;
    const auto [end, error] = std::from_chars(head.data(), head.data() + head.size(), place);
    const bool every = head == "*";
    const bool number = error == std::errc() && end == head.data() + head.size();
    if (!every && (!number || place < 1 || place > changed.size())) {
      out.push_back(problem_at(value.where(),
                               fmt::format("'{}': there is no place '{}'", whole, head),
                               fmt::format("places are 1 to {}, or * for all", changed.size())));
      return at;
    }
    for (std::size_t i = 0; i < changed.size(); ++i) {
      if (every || i + 1 == place) changed[i] = laid(changed[i], rest, value, whole, out);
    }
    return Value(std::move(changed)).at(at.where());
  }
  const Table* members = at.table();
  const Value* inner = at.find(head);
  if (inner == nullptr && !rest.empty()) {
    std::vector<std::string> known;
    if (members != nullptr) {
      for (const auto& member : *members) known.push_back(member.first);
    }
    out.push_back(problem_at(value.where(), fmt::format("'{}': there is no '{}'", whole, head),
                             name_suggestion(head, known)));
    return at;
  }
  Value changed = at;
  // A new key in the last place is left to the reader of the fields, which knows them all.
  changed.set(head, inner == nullptr ? value : laid(*inner, rest, value, whole, out));
  return changed;
}

}  // namespace

std::vector<std::string> deal_names(const std::filesystem::path& data) {
  return names_in(deals_folder(data));
}

Result<Value> deal_document(const std::filesystem::path& data, std::string_view name) {
  return named_document(deals_folder(data), name, "deal");
}

Result<Value> share_document(const std::filesystem::path& data, std::string_view name) {
  return named_document(deals_folder(data) / "shares", name, "share");
}

Result<Value> with_value(const Value& document, std::string_view key, const Value& value) {
  Diagnostics out;
  Value changed = laid(document, key, value, key, out);
  if (!out.empty()) return out;
  return changed;
}

}  // namespace polyfleet
