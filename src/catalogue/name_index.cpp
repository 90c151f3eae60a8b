#include "catalogue/name_index.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.hpp"
#include "base/spelling.hpp"
#include "catalogue/edition.hpp"

namespace polyfleet {
namespace fs = std::filesystem;

namespace {

/// The lines of a file that name it: parsing these alone takes a tenth of the time of the whole.
std::string naming_lines(std::string_view text) {
  std::string kept;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    if (line.starts_with("name") || line.starts_with("aliases") || line.starts_with("[edition."))
      kept.append(line).push_back('\n');
    begin = end + 1;
  }
  return kept;
}

/// The names of a file; read whole where its naming lines alone are no document (a list over
/// several lines, a name of a sub-table).
Result<Value> naming_part(const fs::path& file) {
  const Result<std::string> text = read_file(file);
  if (!text) return text.problems();
  Result<Value> excerpt = parse_toml(naming_lines(*text), file.string());
  return excerpt ? excerpt : parse_toml(*text, file.string());
}

}  // namespace

std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    }
  }
  return out;
}

NameIndex::NameIndex(fs::path folder, std::string_view noun)
    : folder_(std::move(folder)), noun_(noun) {
  std::error_code error;
  fs::directory_iterator entries(folder_, error);
  if (error) return;
  exists_ = true;
  for (const fs::directory_entry& entry : entries) {
    if (entry.path().extension() == ".toml") ids_.push_back(entry.path().stem().string());
  }
  std::sort(ids_.begin(), ids_.end());
  for (const std::string& id : ids_) by_folded_id_.emplace(folded(id), id);
}

Result<Found> NameIndex::find(std::string_view name) const {
  if (const auto id = by_folded_id_.find(folded(name)); id != by_folded_id_.end())
    return Found{folder_ / (id->second + ".toml"), ""};
  std::call_once(once_, [this] { read_names(); });
  if (const auto word = by_word_.find(folded(name)); word != by_word_.end()) return word->second;
  Diagnostics out{
      problem(fmt::format("unknown {} '{}'", noun_, name), name_suggestion(name, words()))};
  out.insert(out.end(), unreadable_.begin(), unreadable_.end());
  return out;
}

std::vector<std::string> NameIndex::words() const {
  std::call_once(once_, [this] { read_names(); });
  std::vector<std::string> words = ids_;
  words.insert(words.end(), words_.begin(), words_.end());
  return words;
}

void NameIndex::read_names() const {
  for (const std::string& id : ids_) read_names_of(id);
}

void NameIndex::read_names_of(const std::string& id) const {
  const Result<Value> document = naming_part(folder_ / (id + ".toml"));
  if (!document) {
    unreadable_.insert(unreadable_.end(), document.problems().begin(), document.problems().end());
    return;
  }
  const auto add_list = [&](const Value* list, const std::string& edition) {
    if (list == nullptr || list->array() == nullptr) return;
    for (const Value& word : *list->array()) {
      if (word.text() != nullptr) add(*word.text(), id, edition);
    }
  };
  add_list(document->find("aliases"), "");
  if (const Value* name = document->find("name"); name != nullptr && name->text() != nullptr)
    add(*name->text(), id, "");
  for (const std::string& edition : editions_of(*document))
    add_list(document->find("edition")->find(edition)->find("aliases"), edition);
}

void NameIndex::add(const std::string& word, const std::string& id,
                    const std::string& edition) const {
  if (by_word_.emplace(folded(word), Found{folder_ / (id + ".toml"), edition}).second)
    words_.push_back(word);
}

}  // namespace polyfleet
