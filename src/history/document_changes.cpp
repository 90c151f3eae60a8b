#include <cctype>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

#include "history/run_history.hpp"

namespace polyfleet {
namespace {

bool is_container(const Value& value) {
  return value.table() != nullptr || value.array() != nullptr;
}

/// A key that could be taken for a piece of the path stands in quotes.
std::string path_with_key(const std::string& path, const std::string& key) {
  const bool plain = !key.empty() && key.find_first_of(".[]\"=") == std::string::npos;
  const std::string written = plain ? key : to_json(Value(key), -1);
  return path.empty() ? written : path + '.' + written;
}

std::string path_with_place(const std::string& path, std::size_t place) {
  return path + '[' + std::to_string(place) + ']';
}

/// Equal leaves: numbers by value whatever their kind, so that 1 and 1.0 are no change.
bool are_equal(const Value& a, const Value& b) {
  if (a.integer() != nullptr && b.integer() != nullptr) return *a.integer() == *b.integer();
  if (a.number() && b.number()) return *a.number() == *b.number();
  return to_json(a, -1) == to_json(b, -1);
}

std::optional<double> ratio_of(const Value& before, const Value& after) {
  const std::optional<double> a = before.number(), b = after.number();
  if (!a || !b || *a == 0 || *b == 0) return std::nullopt;
  const double ratio = *b / *a;
  return std::isfinite(ratio) ? std::optional<double>(ratio) : std::nullopt;
}

using Names = std::map<std::string_view, const Value*>;

/// The entries by their member `key`; nothing unless every entry has one of its own.
std::optional<Names> names_of(const Array& list, std::string_view key) {
  Names names;
  for (const Value& entry : list) {
    const Value* name = entry.find(key);
    if (name == nullptr || name->text() == nullptr) return std::nullopt;
    if (!names.emplace(*name->text(), &entry).second) return std::nullopt;
  }
  return names;
}

Names members_of(const Table& table) {
  Names members;
  for (const auto& [key, value] : table) members.emplace(key, &value);
  return members;
}

class Comparison {
 public:
  std::vector<DocumentChange> changes() {
    changed_.insert(changed_.end(), std::make_move_iterator(only_after_.begin()),
                    std::make_move_iterator(only_after_.end()));
    return std::move(changed_);
  }

  /// Null pointer = absent; so is null.
  void compare(const std::string& path, const Value* before, const Value* after) {
    if (before != nullptr && before->is_null()) before = nullptr;
    if (after != nullptr && after->is_null()) after = nullptr;
    if (before == nullptr && after == nullptr) return;
    if (before == nullptr || after == nullptr) return compare_with_nothing(path, before, after);
    if (before->table() != nullptr && after->table() != nullptr)
      return compare_tables(path, *before->table(), *after->table());
    if (before->array() != nullptr && after->array() != nullptr)
      return compare_lists(path, *before->array(), *after->array());
    if (is_container(*before) || is_container(*after) || !are_equal(*before, *after))
      changed_.push_back({path, *before, *after, ratio_of(*before, *after)});
  }

 private:
  /// Every leaf of what only one side has; an empty container is a leaf.
  void compare_with_nothing(const std::string& path, const Value* before, const Value* after) {
    const Value& one = before != nullptr ? *before : *after;
    if (const Table* table = one.table(); table != nullptr && !table->empty()) {
      for (const auto& [key, value] : *table)
        compare(path_with_key(path, key), before != nullptr ? &value : nullptr,
                before != nullptr ? nullptr : &value);
    } else if (const Array* list = one.array(); list != nullptr && !list->empty()) {
      if (before != nullptr) return compare_lists(path, *list, {});
      compare_lists(path, {}, *list);
    } else if (before != nullptr) {
      changed_.push_back({path, *before, {}, {}});
    } else {
      only_after_.push_back({path, {}, *after, {}});
    }
  }

  void compare_tables(const std::string& path, const Table& before, const Table& after) {
    const Names left = members_of(before), right = members_of(after);
    for (const auto& [key, value] : before) {
      const auto other = right.find(key);
      compare(path_with_key(path, key), &value, other == right.end() ? nullptr : other->second);
    }
    for (const auto& [key, value] : after) {
      if (left.find(key) == left.end()) compare(path_with_key(path, key), nullptr, &value);
    }
  }

  void compare_lists(const std::string& path, const Array& before, const Array& after) {
    for (const std::string_view key : {"id", "name", "setting", "label"}) {
      const auto left = names_of(before, key), right = names_of(after, key);
      if (left && right && !(before.empty() && after.empty()))
        return compare_named(path, key, {before, *left}, {after, *right});
    }
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i)
      compare(path_with_place(path, i), i < before.size() ? &before[i] : nullptr,
              i < after.size() ? &after[i] : nullptr);
  }

  struct NamedList {
    const Array& list;
    const Names& names;
  };
  void compare_named(const std::string& path, std::string_view key, const NamedList& before,
                     const NamedList& after) {
    const auto place = [&](const std::string& name) {
      const bool number = name.find_first_not_of("0123456789") == std::string::npos;
      return path + '[' + (number ? to_json(Value(name), -1) : path_with_key({}, name)) + ']';
    };
    for (const Value& entry : before.list) {
      const std::string& name = *entry.find(key)->text();
      const auto other = after.names.find(name);
      compare(place(name), &entry, other == after.names.end() ? nullptr : other->second);
    }
    for (const Value& entry : after.list) {
      const std::string& name = *entry.find(key)->text();
      if (before.names.find(name) == before.names.end()) compare(place(name), nullptr, &entry);
    }
  }

  std::vector<DocumentChange> changed_, only_after_;
};

}  // namespace

std::vector<DocumentChange> document_changes(const Value& before, const Value& after) {
  Comparison comparison;
  comparison.compare({}, &before, &after);
  return comparison.changes();
}

}  // namespace polyfleet
