#include "catalogue/catalogue.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <optional>

#include "base/input_files.hpp"
#include "base/spelling.hpp"
#include "catalogue/accelerator_fields.hpp"
#include "catalogue/edition.hpp"
#include "catalogue/name_index.hpp"

namespace polyfleet {
namespace fs = std::filesystem;
namespace {

bool is_path(std::string_view name) {
  return name.starts_with("./") || name.starts_with("../") || name.starts_with("/") ||
         name.ends_with(".toml") || name.ends_with(".json");
}

/// Reads a document by its table; a file without an id takes its name.
template <class T>
Result<T> read_object(const Value& document, const FieldTable<T>& fields, const fs::path& file,
                      std::string_view what) {
  T object;
  Diagnostics out;
  read_fields(document, fields, object, what, out);
  if (!out.empty()) return out;
  if (object.id.empty()) object.id = file.stem().string();
  return object;
}

/// A path inside a file is relative to that file; any other name stays.
std::string beside(const fs::path& file, const std::string& name) {
  if (!is_path(name) || name.starts_with("/")) return name;
  return (file.parent_path() / name).lexically_normal().string();
}

std::string editioned(const std::string& name, const std::string& edition) {
  return edition.empty() ? name : name + "@" + edition;
}

bool offers(const Value& document, const std::string& edition) {
  for (const std::string& known : editions_of(document)) {
    if (known == edition) return true;
  }
  return false;
}

}  // namespace

/// Names and what has been read so far; shared by copies of a catalogue.
struct Catalogue::Store {
  fs::path directory;
  std::vector<std::unique_ptr<NameIndex>> shelves;
  std::mutex guard;
  std::map<std::string, Accelerator, std::less<>> accelerators;
  std::map<std::string, System, std::less<>> systems;
  std::optional<Value> source_list;

  /// data/sources.toml, read once: a page asks for dozens of sources.
  Result<const Value*> sources() {
    const std::lock_guard lock(guard);
    if (!source_list) {
      Result<Value> document = read_document((directory / "sources.toml").string());
      if (!document) return document.problems();
      source_list = *std::move(document);
    }
    return &*source_list;
  }

  template <class T>
  const T* kept(const std::map<std::string, T, std::less<>>& from, std::string_view name) {
    const std::lock_guard lock(guard);
    const auto found = from.find(name);
    return found == from.end() ? nullptr : &found->second;
  }
  template <class T>
  const T& keep(std::map<std::string, T, std::less<>>& in, std::string_view name, T object) {
    const std::lock_guard lock(guard);
    return in.emplace(std::string(name), std::move(object)).first->second;
  }
};

Diagnostics Catalogue::unknown_system(const Store& store, std::string_view name) {
  std::vector<std::string> words = store.shelves[static_cast<std::size_t>(Shelf::systems)]->words();
  const std::vector<std::string> parts =
      store.shelves[static_cast<std::size_t>(Shelf::hardware)]->words();
  words.insert(words.end(), parts.begin(), parts.end());
  return {problem(fmt::format("unknown system or accelerator '{}'", name),
                  name_suggestion(split_edition(name).name, words))};
}

Result<Catalogue> load_catalogue(const fs::path& data_directory) {
  Catalogue catalogue;
  catalogue.store_ = std::make_shared<Catalogue::Store>();
  catalogue.store_->directory = data_directory;
  Diagnostics out;
  for (std::size_t i = 0; i < kShelfCount; ++i) {
    const fs::path folder = data_directory / kShelfFolders[i];
    catalogue.store_->shelves.push_back(std::make_unique<NameIndex>(folder, kShelfNouns[i]));
    if (!catalogue.store_->shelves.back()->exists())
      out.push_back(problem_at({folder.string(), 0, 0}, "no such folder of the catalogue",
                               "point POLYFLEET_DATA at polyfleet's data/ folder"));
  }
  if (!out.empty()) return out;
  return catalogue;
}

const fs::path& Catalogue::directory() const { return store_->directory; }

const std::vector<std::string>& Catalogue::ids(Shelf shelf) const {
  return store_->shelves[static_cast<std::size_t>(shelf)]->ids();
}

Result<Found> Catalogue::find(Shelf shelf, std::string_view name) const {
  const NameIndex& index = *store_->shelves[static_cast<std::size_t>(shelf)];
  EditionedName parts = split_edition(name);
  if (is_path(parts.name)) return Found{parts.name, parts.edition};
  Result<Found> found = index.find(parts.name);
  if (found && !parts.edition.empty()) found->edition = parts.edition;
  if (!found && input_exists(parts.name)) return Found{parts.name, parts.edition};
  return found;
}

Result<Value> Catalogue::document(Shelf shelf, std::string_view name) const {
  const Result<Found> found = find(shelf, name);
  if (!found) return found.problems();
  const bool is_model_folder = shelf == Shelf::models && input_is_folder(found->file);
  const Result<Value> document =
      read_document((is_model_folder ? found->file / "config.json" : found->file).string());
  if (!document) return document.problems();
  return with_edition(*document, found->edition);
}

Result<Accelerator> Catalogue::accelerator(std::string_view name) const {
  if (const Accelerator* kept = store_->kept(store_->accelerators, name)) return *kept;
  const Result<Found> found = find(Shelf::hardware, name);
  if (!found) return found.problems();
  const Result<Value> document = read_document(found->file.string());
  if (!document) return document.problems();
  const Result<Value> edition = with_edition(*document, found->edition);
  if (!edition) return edition.problems();
  Result<Accelerator> part =
      read_object(*edition, accelerator_fields(), found->file, "an accelerator");
  if (!part) return part;
  part->default_system = beside(found->file, part->default_system);
  part->edition = found->edition;
  part->edition_description = edition_description(*document, found->edition);
  return store_->keep(store_->accelerators, name, std::move(*part));
}

Result<System> Catalogue::system(std::string_view name) const {
  if (const System* kept = store_->kept(store_->systems, name)) return *kept;
  Result<Found> found = find(Shelf::systems, name);
  if (!found) {
    if (!find(Shelf::hardware, name)) return unknown_system(*store_, name);
    const Result<Accelerator> part = accelerator(name);
    if (!part) return part.problems();
    if (part->default_system.empty())
      return problem(fmt::format("{} has no default system", part->name),
                     "name a system, or a file that describes one");
    return system(editioned(part->default_system, part->edition));
  }
  const Result<Value> document = read_document(found->file.string());
  if (!document) return document.problems();
  const bool own_edition = offers(*document, found->edition);
  const Result<Value> chosen = with_edition(*document, own_edition ? found->edition : "");
  if (!chosen) return chosen.problems();
  Result<System> built = read_object(*chosen, system_fields(), found->file, "a system");
  if (!built) return built;
  built->accelerator = beside(found->file, built->accelerator);
  built->edition = found->edition;
  built->edition_description = edition_description(*document, found->edition);
  const Result<Accelerator> part = accelerator_of(*built);
  if (!part && own_edition) {
    built->edition.clear();  // an edition of the system alone
    const Result<Accelerator> plain = accelerator_of(*built);
    if (!plain) return plain.problems();
  } else if (!part) {
    return part.problems();
  }
  return store_->keep(store_->systems, name, std::move(*built));
}

Result<Accelerator> Catalogue::accelerator_of(const System& system) const {
  return accelerator(editioned(system.accelerator, system.edition));
}

Result<Fabric> Catalogue::fabric(std::string_view name) const {
  const Result<Found> found = find(Shelf::fabrics, name);
  if (!found) return found.problems();
  const Result<Value> read = document(Shelf::fabrics, name);
  if (!read) return read.problems();
  return read_object(*read, fabric_fields(), found->file, "a fabric");
}

Result<Site> Catalogue::site(std::string_view name) const {
  const Result<Found> found = find(Shelf::sites, name);
  if (!found) return found.problems();
  const Result<Value> read = document(Shelf::sites, name);
  if (!read) return read.problems();
  return read_object(*read, site_fields(), found->file, "a site");
}

Result<fs::path> Catalogue::model_file(std::string_view name) const {
  const Result<Found> found = find(Shelf::models, name);
  if (!found) return found.problems();
  if (input_is_folder(found->file)) {
    const fs::path config = found->file / "config.json";
    if (input_exists(config)) return config;
    return problem_at({found->file.string(), 0, 0}, "is a folder without config.json",
                      "name the model's config.json or a .toml file");
  }
  if (!input_exists(found->file))
    return problem_at({found->file.string(), 0, 0}, "no such file", "check the path");
  return found->file;
}

Result<Source> Catalogue::source(std::string_view key) const {
  const Result<const Value*> sources = store_->sources();
  if (!sources) return sources.problems();
  const Value* document = *sources;
  const Value* entry = document->find(key);
  if (entry == nullptr) {
    std::vector<std::string> known;
    for (const auto& [name, unused] : *document->table()) known.push_back(name);
    return problem(fmt::format("unknown source '{}'", key), name_suggestion(key, known));
  }
  const auto text = [&](std::string_view part) {
    const Value* value = entry->find(part);
    return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
  };
  return Source{std::string(key), text("url"), text("title"), text("read")};
}

}  // namespace polyfleet
