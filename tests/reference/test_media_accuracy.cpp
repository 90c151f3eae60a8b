// Published generation times of images and videos against the service times of media replicas. Rows
// marked fitted gave the decoder's efficiency; all others are tests.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "catalogue/catalogue.hpp"
#include "serving/media_model.hpp"
#include "shipped_data.hpp"
#include "training/machine.hpp"
#include "workload/model_reader.hpp"

using namespace polyfleet;

namespace {

using Row = std::map<std::string, std::string>;

double media_number(const Row& row, const std::string& key) {
  const std::optional<double> value = parse_number(row.at(key));
  REQUIRE(value);
  return *value;
}

std::vector<Row> published_rows() {
  const auto text = read_file(kRoot / "validation/media.csv");
  REQUIRE(text);
  const auto table = CsvTable::parse(*text, "media.csv");
  REQUIRE(table);
  std::vector<Row> rows;
  for (const CsvRow& record : table->rows()) {
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < record.cells.size(); ++i)
      row[table->columns()[i]] = record.cells[i];
  }
  return rows;
}

double median(std::vector<double> values) {
  REQUIRE_FALSE(values.empty());
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Everything loaded once.
struct Setting {
  Catalogue catalogue;
  std::vector<MediaPipeline> pipelines;
  std::vector<MediaEngine> engines;
  std::map<std::string, Machine> machines;

  const Machine& machine(const std::string& name) {
    const auto part = catalogue.accelerator(name);
    REQUIRE(part);
    const auto known = machines.find(part->id);
    if (known != machines.end()) return known->second;
    const auto system = catalogue.system(part->default_system);
    REQUIRE(system);
    auto loaded = load_machine(*part, *system, kRoot / "data");
    REQUIRE(loaded);
    return machines.emplace(part->id, std::move(*loaded)).first->second;
  }
};

MediaBreakdown predicted(Setting& setting, const Row& row) {
  const auto model = load_model(kRoot / "data/models" / (row.at("model") + ".toml"));
  REQUIRE(model);
  const auto engine =
      std::find_if(setting.engines.begin(), setting.engines.end(),
                   [&row](const MediaEngine& known) { return known.id == row.at("engine"); });
  REQUIRE(engine != setting.engines.end());
  MediaQuestion question;
  question.model = &*model;
  question.machine = &setting.machine(row.at("accelerator"));
  question.pipeline = pipeline_of(setting.pipelines, model->id);
  REQUIRE(question.pipeline != nullptr);
  question.engine = &*engine;
  question.accelerators = static_cast<int>(media_number(row, "num_accelerators"));
  const auto media_model = MediaModel::make(question);
  REQUIRE(media_model);
  return (*media_model)
      ->explain({media_number(row, "frames"), media_number(row, "height"),
                 media_number(row, "width"), static_cast<int>(media_number(row, "steps")),
                 media_number(row, "guidance_passes")});
}

}  // namespace

TEST_CASE("Published generation times") {
  auto catalogue = load_catalogue(kRoot / "data");
  auto pipelines = load_media_pipelines(kRoot / "data");
  auto engines = load_media_engines(kRoot / "data");
  REQUIRE(catalogue);
  REQUIRE(pipelines);
  REQUIRE(engines);
  Setting setting{std::move(*catalogue), std::move(*pipelines), std::move(*engines), {}};
  std::map<std::string, std::vector<double>> errors;
  std::vector<double> tested;
  for (const Row& row : published_rows()) {
    const MediaBreakdown parts = predicted(setting, row);
    const double error = std::log(parts.total / second / media_number(row, "measured_value"));
    const auto s = [](Seconds time) { return time / second; };
    std::puts(fmt::format("{:34} {:8.2f} of {:8.2f} s {:+.2f}  text {:.2f} products {:.1f} "
                          "attention {:.1f} small {:.1f} comm {:.1f} host {:.1f} decode {:.1f}",
                          row.at("id"), s(parts.total), media_number(row, "measured_value"), error,
                          s(parts.text), s(parts.products), s(parts.attention),
                          s(parts.small_kernels), s(parts.communication), s(parts.host),
                          s(parts.decoding))
                  .c_str());
    if (row.at("role") != "test") continue;
    errors[row.at("source_title")].push_back(std::abs(error));
    tested.push_back(std::abs(error));
  }
  for (const auto& [source, list] : errors)
    std::puts(fmt::format("{}: median {:.3f} of {}", source, median(list), list.size()).c_str());
  std::puts(
      fmt::format("all tested rows: median {:.3f} of {}", median(tested), tested.size()).c_str());
  CHECK(tested.size() >= 30);
  CHECK(median(tested) < 0.07);
  CHECK(*std::max_element(tested.begin(), tested.end()) < 0.25);
}
