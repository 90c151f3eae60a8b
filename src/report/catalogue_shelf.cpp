#include "report/catalogue_shelf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/input_files.hpp"
#include "catalogue/accelerator_fields.hpp"
#include "workload/model_fields.hpp"

namespace polyfleet {
namespace {

/// Keys that every kind of entry has: they tell nothing.
bool is_common_key(std::string_view key) {
  return key == "id" || key == "name" || key == "aliases" || key == "edition";
}

template <class T>
std::size_t known_keys(const Value& document, const FieldTable<T>& fields) {
  std::size_t known = 0;
  for (const auto& [key, value] : *document.table()) {
    const bool is_known =
        !is_common_key(key) && std::any_of(fields.begin(), fields.end(),
                                           [&](const Field<T>& each) { return each.key == key; });
    known += is_known ? 1 : 0;
  }
  return known;
}

bool is_hugging_face_config(const Value& document) {
  return document.find("model_type") != nullptr || document.find("architectures") != nullptr ||
         document.find("hidden_size") != nullptr || document.find("text_config") != nullptr;
}

bool is_figure(const Value& value) {
  return value.find("value") != nullptr || value.find("low") != nullptr;
}

/// Tables of figures, beside the keys that every entry has.
bool is_price_set(const Value& document) {
  bool has_any = false;
  for (const auto& [key, value] : *document.table()) {
    if (is_common_key(key)) continue;
    if (value.table() == nullptr || is_figure(value)) return false;
    for (const auto& [inner, figure] : *value.table()) {
      if (figure.table() == nullptr || !is_figure(figure)) return false;
      has_any = true;
    }
  }
  return has_any;
}

}  // namespace

Result<Shelf> shelf_of_document(const Value& document) {
  if (document.table() == nullptr)
    return problem_at(document.where(), "an entry of the catalogue is a table of keys",
                      "see docs/catalogue.md");
  if (is_hugging_face_config(document)) return Shelf::models;
  if (is_price_set(document)) return Shelf::prices;
  std::size_t keys = 0;
  for (const auto& [key, value] : *document.table()) keys += is_common_key(key) ? 0 : 1;
  // An accelerator's keys are many of a system's: of equals the first, as by name.
  const std::array<std::pair<Shelf, std::size_t>, 5> shelves{
      {{Shelf::hardware, known_keys(document, accelerator_fields())},
       {Shelf::systems, known_keys(document, system_fields())},
       {Shelf::fabrics, known_keys(document, fabric_fields())},
       {Shelf::models, known_keys(document, model_fields())},
       {Shelf::sites, known_keys(document, site_fields())}}};
  const auto best =
      std::max_element(shelves.begin(), shelves.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (best->second > 0 && 2 * best->second >= keys) return best->first;
  const std::string noun(kShelfNouns[static_cast<std::size_t>(best->first)]);
  return problem_at(
      {document.where().file, 0, 0},
      best->second == 0
          ? std::string("is no entry of the catalogue: none of its keys is one of an entry")
          : fmt::format("is no entry of the catalogue: nearest is {} {}, of which it has {} of its "
                        "{} keys",
                        noun.starts_with('a') ? "an" : "a", noun, best->second, keys),
      "an accelerator has memory and peaks, a system an accelerator, a fabric a topology, a model "
      "layers (or is a config.json), a site a carbon_intensity: docs/catalogue.md");
}

Result<Shelf> shelf_of_file(const std::filesystem::path& path) {
  if (input_is_folder(path)) {
    if (input_exists(path / "config.json")) return Shelf::models;
    return problem_at({path.string(), 0, 0}, "is a folder without config.json",
                      "name a file of one entry, or the folder of a model");
  }
  const Result<Value> document = read_document(path.string());
  if (!document) return document.problems();
  return shelf_of_document(*document);
}

}  // namespace polyfleet
