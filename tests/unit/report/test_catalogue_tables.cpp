// Lists, single entries and comparisons of the catalogue as tables and JSON.
#include <doctest/doctest.h>

#include <filesystem>

#include "report/catalogue_tables.hpp"

using namespace polyfleet;

namespace {

Catalogue shipped() {
  return load_catalogue(std::filesystem::path(POLYFLEET_SOURCE_DIR) / "data").value();
}

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

double derived(const CatalogueView& view, std::size_t part, const std::string& key) {
  const Value& object = (*view.json.find("parts")->array())[part];
  REQUIRE(object.find(key) != nullptr);
  return object.find(key)->find("value")->number().value();
}

}  // namespace

TEST_CASE("every shelf lists every file once") {
  const Catalogue catalogue = shipped();
  for (std::size_t i = 0; i < kShelfCount; ++i) {
    const auto shelf = static_cast<Shelf>(i);
    const auto view = list_shelf(catalogue, shelf);
    REQUIRE(view.has_value());
    CHECK(view->json.array()->size() == catalogue.ids(shelf).size());
    for (const std::string& id : catalogue.ids(shelf)) CHECK(says(to_text(*view), id));
  }
  CHECK(shelf_named("accelerators").value() == Shelf::hardware);
  CHECK(shelf_named("models").value() == Shelf::models);
  CHECK(says(to_text(shelf_named("modles").problems()), "models"));
}

TEST_CASE("an entry shows its figures, on demand with sources") {
  const Catalogue catalogue = shipped();
  const auto plain = show_entry(catalogue, "MI455X", false).value();
  CHECK(says(to_text(plain), "23.3 TB/s"));
  CHECK(says(to_text(plain), "edition @announced"));
  CHECK(says(to_text(plain), "2200 W (1800 W to 2500 W)"));
  CHECK_FALSE(says(to_text(plain), "https://"));
  const auto sourced = show_entry(catalogue, "MI455X@announced", true).value();
  CHECK(says(to_text(sourced), "19.6 TB/s"));
  CHECK(says(to_text(sourced), "https://"));
  CHECK(*sourced.json.find("shelf")->text() == "accelerator");
  for (const char* name : {"gb200_nvl72", "ualoe", "deepseek-v3", "us-east5", "datacenter"})
    CHECK_MESSAGE(show_entry(catalogue, name, true).has_value(), name);
  CHECK(*show_entry(catalogue, "gb200_nvl72", false)->json.find("shelf")->text() == "system");
  CHECK(*show_entry(catalogue, "GB200", false)->json.find("shelf")->text() == "accelerator");
  CHECK(says(to_text(show_entry(catalogue, "MI455Y", false).problems()), "MI455X"));
  CHECK(says(to_text(show_entry(catalogue, "qqqqqqqq", false).problems()), "nothing"));
}

TEST_CASE("derived figures follow from the stated ones") {
  const Catalogue catalogue = shipped();
  const auto view = compare_parts(catalogue, {"MI355X", "MI455X@announced", "hgx_h100"}, false);
  REQUIRE(view.has_value());
  // By hand: 2516.6 TFLOP/s over 8 TB/s; 1400 W over 2516.6 TFLOP/s; 50 GB/s over 2516.6 TFLOP/s;
  // 1 MW over 2.65 kW.
  CHECK(derived(*view, 0, "flop_per_byte_bf16") == doctest::Approx(2516.6 / 8));
  CHECK(derived(*view, 0, "byte_per_kflop_bf16") == doctest::Approx(8000 / 2516.6));
  CHECK(derived(*view, 0, "watt_per_tflops_bf16") == doctest::Approx(1400 / 2516.6));
  CHECK(derived(*view, 0, "scale_up_byte_per_kflop_bf16") == doctest::Approx(535.5 / 2516.6));
  CHECK(derived(*view, 0, "scale_out_byte_per_kflop_bf16") == doctest::Approx(50 / 2516.6));
  CHECK(derived(*view, 0, "per_megawatt") == doctest::Approx(1e6 / 2650));
  CHECK(derived(*view, 0, "measured_share_bf16") == doctest::Approx(1565 / 2516.6));
  CHECK(derived(*view, 0, "tflops_per_usd_h_bf16") == doctest::Approx(2516.6 / 2.1));
  CHECK(derived(*view, 1, "flop_per_byte_bf16") == doctest::Approx(5033 / 19.6));
  CHECK(derived(*view, 2, "gb_per_kusd") == doctest::Approx(80 / 32.5));
  // A figure that rests on a rumour says so.
  const Value& announced = (*view->json.find("parts")->array())[1];
  CHECK(*announced.find("watt_per_tflops_bf16")->find("weakest_input")->text() == "rumour");
  CHECK(*announced.find("edition")->text() == "announced");
  CHECK(says(to_text(*view), "amd_mi455x@announced"));
}

TEST_CASE("comparing reports every unknown name and leaves unknown figures open") {
  const Catalogue catalogue = shipped();
  const auto wrong = compare_parts(catalogue, {"MI355Y", "H100", "B201"}, false);
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.problems().size() == 2);
  CHECK_FALSE(compare_parts(catalogue, {}, false).has_value());
  const auto view = compare_parts(catalogue, {"amd_mi440x", "H100"}, true).value();
  CHECK((*view.json.find("parts")->array())[0].find("memory") == nullptr);
  CHECK(says(to_text(view), "stas"));
}
