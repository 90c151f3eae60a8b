// Every shipped file loads without a diagnostic, every figure has a known source and status, and
// nothing that the collected facts name is missing.
#include <filesystem>
#include <fstream>
#include <set>

#include "catalogue/accelerator_fields.hpp"
#include "catalogue/catalogue.hpp"
#include "catalogue/edition.hpp"
#include "catalogue/name_index.hpp"
#include "doctest/doctest.h"

using namespace polyfleet;

namespace {

Catalogue shipped() {
  return load_catalogue(std::filesystem::path(POLYFLEET_SOURCE_DIR) / "data").value();
}

template <class T>
void check_loads(const Result<T>& result, const std::string& name) {
  const std::string problems = result ? "" : to_text(result.problems());
  CHECK_MESSAGE(result.has_value(), name, ": ", problems);
}

Value document_of(const Catalogue& catalogue, Shelf shelf, const std::string& id) {
  const auto file = catalogue.find(shelf, id).value().file;
  return read_document(file.string()).value();
}

/// Calls visit(path, figure) for every figure below a value.
template <class F>
void each_figure(const Value& value, const std::string& path, const F& visit) {
  if (value.table() == nullptr) return;
  if (value.find("value") != nullptr || value.find("low") != nullptr) {
    visit(path, value);
    return;
  }
  for (const auto& [key, member] : *value.table()) each_figure(member, path + "." + key, visit);
}

std::set<std::string> known_sources() {
  std::set<std::string> keys;
  const Value document = read_document(POLYFLEET_SOURCE_DIR "/data/sources.toml").value();
  for (const auto& [key, unused] : *document.table()) keys.insert(key);
  return keys;
}

std::vector<std::string> split_keys(const std::string& text) {
  std::vector<std::string> keys;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(", ", begin), text.size());
    keys.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return keys;
}

}  // namespace

TEST_CASE("every shipped part, system, fabric and site loads") {
  const Catalogue catalogue = shipped();
  for (const std::string& id : catalogue.ids(Shelf::hardware)) {
    const auto part = catalogue.accelerator(id);
    check_loads(part, id);
    if (part) CHECK(part->id == id);
    if (part && !part->default_system.empty()) {
      const auto built = catalogue.system(part->default_system);
      check_loads(built, part->default_system);
      if (built) CHECK(built->accelerator == id);
    }
  }
  for (const std::string& id : catalogue.ids(Shelf::systems)) {
    const auto built = catalogue.system(id);
    check_loads(built, id);
    if (!built) continue;
    CHECK(built->id == id);
    if (!built->fabric.empty()) check_loads(catalogue.fabric(built->fabric), id);
    if (!built->scale_up_fabric.empty()) check_loads(catalogue.fabric(built->scale_up_fabric), id);
    if (built->torus_dims.empty()) continue;
    int cells = 1;
    for (const int n : built->torus_dims) cells *= n;
    CHECK_MESSAGE(cells == built->scale_up_domain, id);
  }
  for (const std::string& id : catalogue.ids(Shelf::fabrics)) check_loads(catalogue.fabric(id), id);
  for (const std::string& id : catalogue.ids(Shelf::sites)) check_loads(catalogue.site(id), id);
  for (const std::string& id : catalogue.ids(Shelf::models))
    check_loads(catalogue.model_file(id), id);
}

TEST_CASE("every edition loads and differs from the default") {
  const Catalogue catalogue = shipped();
  int editions = 0;
  for (const Shelf shelf : {Shelf::hardware, Shelf::systems}) {
    for (const std::string& id : catalogue.ids(shelf)) {
      for (const std::string& edition : editions_of(document_of(catalogue, shelf, id))) {
        const std::string name = id + "@" + edition;
        if (shelf == Shelf::hardware) {
          const auto part = catalogue.accelerator(name);
          check_loads(part, name);
          if (part) CHECK_FALSE(part->edition_description.empty());
        } else {
          check_loads(catalogue.system(name), name);
        }
        CHECK(to_json(catalogue.document(shelf, name).value()) !=
              to_json(catalogue.document(shelf, id).value()));
        ++editions;
      }
    }
  }
  CHECK(editions >= 11);
}

TEST_CASE("every figure has a known source and status") {
  const Catalogue catalogue = shipped();
  const std::set<std::string> sources = known_sources();
  int figures = 0;
  for (const Shelf shelf :
       {Shelf::hardware, Shelf::systems, Shelf::fabrics, Shelf::sites, Shelf::prices}) {
    for (const std::string& id : catalogue.ids(shelf)) {
      each_figure(
          document_of(catalogue, shelf, id), id, [&](const std::string& path, const Value& figure) {
            ++figures;
            const Value* source = figure.find("source");
            REQUIRE_MESSAGE(source != nullptr, path);
            for (const std::string& key : split_keys(*source->text()))
              CHECK_MESSAGE(sources.contains(key), path, ": ", key);
            const Value* status = figure.find("status");
            REQUIRE_MESSAGE(status != nullptr, path);
            CHECK_MESSAGE(std::find(kStatusNames.begin(), kStatusNames.end(), *status->text()) !=
                              kStatusNames.end(),
                          path);
          });
    }
  }
  CHECK(figures > 1000);
  for (const std::string& id : catalogue.ids(Shelf::models)) {
    const Value model = document_of(catalogue, Shelf::models, id);
    REQUIRE(model.find("source") != nullptr);
    CHECK_MESSAGE(sources.contains(*model.find("source")->text()), id);
  }
}

TEST_CASE("no bare number stands among the figures of parts and systems") {
  const Catalogue catalogue = shipped();
  for (const Shelf shelf : {Shelf::hardware, Shelf::systems, Shelf::fabrics, Shelf::sites}) {
    for (const std::string& id : catalogue.ids(shelf)) {
      const Value document = document_of(catalogue, shelf, id);
      for (const auto& [key, value] : *document.table())
        CHECK_MESSAGE(!value.number().has_value(), id, ".", key);
    }
  }
}

TEST_CASE("the catalogue is complete") {
  const Catalogue catalogue = shipped();
  CHECK(catalogue.ids(Shelf::hardware).size() >= 50);
  CHECK(catalogue.ids(Shelf::models).size() >= 100);
  // What the training truth and the milestone name, by the words used there.
  for (const char* name : {"A100-80GB", "A100-40GB", "A800-80GB",
                           "H100",      "H100-PCIe", "H200",
                           "H200-NVL",  "H800",      "B200",
                           "B300",      "GB200",     "GB300",
                           "GH200",     "V100-32GB", "V100-16GB",
                           "L40S",      "Rubin",     "MI250X",
                           "MI300X",    "MI325X",    "MI350X",
                           "MI355X",    "MI455X",    "TPU v4",
                           "TPU v5e",   "TPU v5p",   "TPU v6e (Trillium)",
                           "TPU v7x",   "Trainium1", "Trainium2",
                           "Trainium3", "Gaudi2",    "Gaudi3"}) {
    const auto built = catalogue.system(name);
    check_loads(built, name);
    if (!built) continue;
    CHECK_MESSAGE(built->scale_up_domain >= 1, name);
    CHECK_MESSAGE(built->scale_out_rate.has_value(), name);
    CHECK_MESSAGE((built->scale_up == ScaleUpKind::none || built->scale_up_rate.has_value()), name);
    const auto part = catalogue.accelerator_of(*built);
    check_loads(part, name);
    CHECK_MESSAGE(part->memory.has_value(), name);
    CHECK_MESSAGE(part->memory_bandwidth.has_value(), name);
    CHECK_MESSAGE(part->dense_peak(Dtype::bf16).has_value(), name);
    CHECK_MESSAGE(!part->family.empty(), name);
  }
}

TEST_CASE("the guide names every key") {
  std::ifstream stream(POLYFLEET_SOURCE_DIR "/docs/catalogue.md");
  const std::string guide((std::istreambuf_iterator<char>(stream)), {});
  const auto names = [&](const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
      const bool named = guide.find("`" + key + "`") != std::string::npos ||
                         guide.find("`[" + key + "]`") != std::string::npos;
      CHECK_MESSAGE(named, key);
    }
  };
  names(keys_of(accelerator_fields()));
  names(keys_of(system_fields()));
}

TEST_CASE("no two files of a shelf share a name") {
  const Catalogue catalogue = shipped();
  for (const Shelf shelf : {Shelf::hardware, Shelf::systems, Shelf::fabrics, Shelf::models}) {
    std::map<std::string, std::string> owners;
    for (const std::string& id : catalogue.ids(shelf)) {
      const Value document = document_of(catalogue, shelf, id);
      std::set<std::string> words{folded(id)};
      if (const Value* aliases = document.find("aliases")) {
        for (const Value& word : *aliases->array()) words.insert(folded(*word.text()));
      }
      for (const std::string& word : words) {
        const auto [owner, fresh] = owners.emplace(word, id);
        CHECK_MESSAGE(fresh, word, " leads to ", owner->second, " and ", id);
      }
    }
  }
}
