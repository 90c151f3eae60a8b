// A file of the user's own is shown as what it describes, or refused with what it would have to be.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "report/catalogue_shelf.hpp"
#include "report/catalogue_tables.hpp"

using namespace polyfleet;
namespace fs = std::filesystem;

namespace {

const fs::path kShippedData = fs::path(POLYFLEET_SOURCE_DIR) / "data";

/// A folder that goes with the test.
struct ShelfFolder {
  fs::path path = fs::temp_directory_path() / "polyfleet_test_catalogue_shelf";
  ShelfFolder() { fs::create_directories(path); }
  ~ShelfFolder() { fs::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
};

std::string shelf_shown(const std::string& file) {
  const auto view = show_entry(load_catalogue(kShippedData).value(), file, false);
  return view ? *view->json.find("shelf")->text() : to_text(view.problems());
}

bool tells(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("every shipped file is told for what it is by its keys") {
  for (std::size_t i = 0; i < kShelfCount; ++i) {
    for (const auto& entry : fs::directory_iterator(kShippedData / kShelfFolders[i])) {
      if (entry.path().extension() != ".toml") continue;
      CAPTURE(entry.path().string());
      const Result<Shelf> shelf = shelf_of_file(entry.path());
      REQUIRE_MESSAGE(shelf.has_value(), (shelf ? "" : to_text(shelf.problems())));
      CHECK(*shelf == static_cast<Shelf>(i));
    }
  }
}

TEST_CASE("files of one's own: system, model, part, fabric, site, price set") {
  const ShelfFolder folder;
  const fs::path examples = fs::path(POLYFLEET_SOURCE_DIR) / "docs/examples";
  CHECK(shelf_shown((examples / "my_system.toml").string()) == "system");
  CHECK(shelf_shown((examples / "my_part.toml").string()) == "accelerator");
  CHECK(shelf_shown((examples / "my_model.json").string()) == "model");
  folder.write("folder/config.json",
               "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 2, "
               "\"num_attention_heads\": 4, \"intermediate_size\": 128, \"vocab_size\": 100}");
  CHECK(shelf_shown((folder.path / "folder").string()) == "model");
  CHECK(shelf_shown(folder.write("link.toml",
                                 "name = \"link\"\ntopology = \"mesh\"\nbandwidth = { value = \"50 "
                                 "GB/s\", source = \"x\", status = "
                                 "\"estimated\" }\n")) == "fabric");
  CHECK(shelf_shown(folder.write(
            "place.toml",
            "name = \"here\"\ncarbon_intensity = { value = \"30 gCO2e/kWh\", source = \"x\", "
            "status = \"estimated\" }\n")) == "site");
  CHECK(shelf_shown(folder.write("prices.toml",
                                 "[pue]\nours = { value = 1.2, source = \"x\", status = "
                                 "\"estimated\" }\n")) == "price set");
}

TEST_CASE("a fault in a file is told for the kind that it is") {
  const ShelfFolder folder;
  const std::string system =
      shelf_shown(folder.write("system.toml",
                               "accelerator = \"amd_mi355x\"\naccelerators_per_nod = "
                               "{ value = 4, source = \"x\", status = \"estimated\" }\n"));
  CHECK(tells(system, "accelerators_per_node"));
  CHECK(tells(system, "system.toml:2"));
  const std::string model = shelf_shown(folder.write("model.json", "{\"model_type\": \"llama\"}"));
  CHECK(tells(model, "model.json"));
  CHECK_FALSE(tells(model, "accelerator"));
}

TEST_CASE("what is no entry is refused, with what it would have to be") {
  const ShelfFolder folder;
  const std::string scenario = shelf_shown(folder.write(
      "scenario.toml", "model = \"llama3.1-8b\"\naccelerator = \"amd_mi355x\"\ndevices = 8\n"));
  CHECK(tells(scenario, "no entry of the catalogue"));
  CHECK(tells(scenario, "scenario.toml"));
  CHECK(tells(shelf_shown(folder.write("other.toml", "colour = \"red\"\n")), "none of its keys"));
  CHECK(tells(shelf_shown(folder.write("empty.toml", "")), "none of its keys"));
  CHECK(tells(shelf_shown(folder.write("list.json", "[1, 2]")), "table of keys"));
  CHECK(tells(shelf_shown(folder.write("broken.toml", "a = = 1\n")), "broken.toml:1"));
  CHECK(tells(shelf_shown((folder.path / "nowhere.toml").string()), "nowhere.toml"));
  fs::create_directories(folder.path / "bare");
  CHECK(tells(shelf_shown((folder.path / "bare").string()), "without config.json"));
}
