// Lookup by id, alias, edition and path; what a faulty file or name is answered with.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "catalogue/catalogue.hpp"
#include "doctest/doctest.h"

using namespace polyfleet;
namespace fs = std::filesystem;

namespace {

Catalogue shipped_copy() { return load_catalogue(fs::path(POLYFLEET_SOURCE_DIR) / "data").value(); }

/// A folder that disappears with the test.
struct Folder {
  fs::path path;
  Folder() : path(fs::temp_directory_path() / ("polyfleet_catalogue_" + std::to_string(getpid()))) {
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
};

std::string problems(const Result<Accelerator>& result) {
  REQUIRE_FALSE(result.has_value());
  return to_text(result.problems());
}

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

constexpr const char* kFolders[] = {"hardware", "systems", "fabrics", "models", "sites", "prices"};

constexpr const char* kPart = R"(
name = "Mine"
vendor = "Us"
family = "mine"
memory = "80 GB"
memory_bandwidth = { low = "3 TB/s", high = "4 TB/s", source = "bench", status = "measured" }
[peak]
bf16 = { value = "1 PFLOP/s", source = "sheet", status = "vendor specification", note = "dense" }
fp4 = "4 PFLOP/s"
)";

}  // namespace

TEST_CASE("a part is found by id, name, alias, and without regard to case or punctuation") {
  const Catalogue catalogue = shipped_copy();
  for (const char* name : {"nv_h100_sxm", "NV-H100-SXM", "H100", "h100 sxm5", "H100-SXM"})
    CHECK(catalogue.accelerator(name).value().id == "nv_h100_sxm");
  CHECK(catalogue.accelerator("TPU v6e (Trillium)").value().id == "tpu_v6e");
  CHECK(catalogue.accelerator("V100-16GB").value().edition == "16gb");
  CHECK(catalogue.accelerator("V100-16GB").value().memory->value == 16 * gigabyte);
  CHECK(catalogue.model_file("GPT-3 175b").value().filename() == "gpt3-175b.toml");
  CHECK(catalogue.model_file("moonshotai/Kimi-K2.5").value().filename() == "kimi-k2.5.toml");
}

TEST_CASE("an unknown name is answered with the nearest one") {
  const Catalogue catalogue = shipped_copy();
  CHECK(says(problems(catalogue.accelerator("mi35x")), "did you mean 'MI3"));
  CHECK(says(to_text(catalogue.system("hgx_h10").problems()), "hgx_h100"));
  CHECK(says(to_text(catalogue.system("MI456X").problems()), "MI455X"));
  CHECK(says(to_text(catalogue.model_file("llama3.1-80b").problems()), "llama3.1-"));
  CHECK(says(problems(catalogue.accelerator("amd_mi455x@anounced")), "announced"));
  CHECK(says(problems(catalogue.accelerator("nv_h200@old")), "it has none"));
  CHECK(says(problems(catalogue.accelerator("./nowhere.toml")), "no such file"));
  CHECK_FALSE(load_catalogue("/nonexistent").has_value());
}

TEST_CASE("announced and later figures are both there, the later one by default") {
  const Catalogue catalogue = shipped_copy();
  const auto now = catalogue.accelerator("MI455X").value();
  const auto announced = catalogue.accelerator("MI455X@announced").value();
  const auto halved = catalogue.accelerator("amd_mi455x@halved").value();
  CHECK(now.memory_bandwidth->value / terabyte_per_second == doctest::Approx(23.3));
  CHECK(announced.memory_bandwidth->value / terabyte_per_second == doctest::Approx(19.6));
  CHECK(announced.tdp->value / watt == doctest::Approx(900));
  CHECK(halved.memory_bandwidth->value == now.memory_bandwidth->value);
  CHECK(halved.dense_peak(Dtype::mxfp8)->value / teraflop_per_second == doctest::Approx(10050));
  CHECK(now.dense_peak(Dtype::mxfp8)->value / teraflop_per_second == doctest::Approx(20130));
  CHECK(now.dense_peak(Dtype::nvfp4)->value / teraflop_per_second == doctest::Approx(40260));
  CHECK(halved.dense_peak(Dtype::bf16)->value == now.dense_peak(Dtype::bf16)->value);
  CHECK(now.edition.empty());
  CHECK(announced.edition == "announced");
  CHECK_FALSE(announced.edition_description.empty());
}

TEST_CASE("a system follows from its accelerator and carries its edition") {
  const Catalogue catalogue = shipped_copy();
  CHECK(catalogue.system("MI355X").value().id == "mi355x_8oam");
  const System now = catalogue.system("MI455X").value();
  const System announced = catalogue.system("amd_mi455x@announced").value();
  CHECK(now.id == "amd_helios");
  CHECK(announced.id == "amd_helios");
  CHECK(announced.edition == "announced");
  CHECK(announced.all_in_power->value < now.all_in_power->value);
  CHECK(catalogue.accelerator_of(announced)->memory_bandwidth->value <
        catalogue.accelerator_of(now)->memory_bandwidth->value);
  CHECK(catalogue.system("amd_helios@halved").value().edition == "halved");
  CHECK(catalogue.system("gb200_nvl72").value().scale_up_domain == 72);
  CHECK(catalogue.system("gb200_nvl72").value().accelerators_per_node == 4);
  CHECK_FALSE(catalogue.system("hgx_h100@announced").has_value());
  CHECK_FALSE(catalogue.system("amd_mi440x").has_value());
}

TEST_CASE("a package of two devices can be counted by devices") {
  const Catalogue catalogue = shipped_copy();
  const System chips = catalogue.system("Trainium1").value();
  const System cores = catalogue.system("aws_trn1@core").value();
  CHECK(chips.id == cores.id);
  CHECK(cores.accelerators_per_node == 2 * chips.accelerators_per_node);
  CHECK(cores.scale_out_rate->value * 2 == chips.scale_out_rate->value);
  const Accelerator chip = catalogue.accelerator_of(chips).value();
  const Accelerator core = catalogue.accelerator_of(cores).value();
  CHECK(core.memory->value * 2 == chip.memory->value);
  CHECK(core.dense_peak(Dtype::bf16)->value * 2 == chip.dense_peak(Dtype::bf16)->value);
  CHECK(catalogue.system("MI250X-GCD").value().accelerators_per_node == 8);
}

TEST_CASE("a reader's own file works like a shipped one") {
  const Folder folder;
  const std::string file = folder.file("mine.toml", kPart);
  const Catalogue catalogue = shipped_copy();
  const Accelerator part = catalogue.accelerator(file).value();
  CHECK(part.id == "mine");
  CHECK(part.memory->value == 80 * gigabyte);
  CHECK(part.memory->source == "stated without a source");
  CHECK(part.memory_bandwidth->value / terabyte_per_second == doctest::Approx(3.5));
  CHECK(part.memory_bandwidth->low / terabyte_per_second == doctest::Approx(3));
  CHECK(part.memory_bandwidth->status == Status::measured);
  CHECK(part.dense_peak(Dtype::mxfp4)->value / teraflop_per_second == doctest::Approx(4000));
  CHECK_FALSE(part.tdp.has_value());
  CHECK(says(to_text(catalogue.system(file).problems()), "accelerator"));
  const std::string built =
      folder.file("rack.toml",
                  "name = \"R\"\naccelerator = \"./mine.toml\"\naccelerators_per_node = "
                  "4\nscale_up_domain = 8\n");
  const System system = catalogue.system(built).value();
  CHECK(system.accelerators_per_node == 4);
  CHECK(catalogue.accelerator_of(system)->name == "Mine");
}

TEST_CASE("names are found in whatever way a file writes them") {
  const Folder folder;
  for (const char* shelf : kFolders) fs::create_directories(folder.path / shelf);
  folder.file("hardware/one.toml",
              "vendor = \"V\"\nname = \"The One\"\naliases = [\n  \"uno\",\n  \"eins\"]\n[peak]\n"
              "bf16 = \"1 TFLOP/s\"\n[edition.old]\naliases = [\"un\"]\nmemory = \"1 GB\"\n");
  folder.file("hardware/broken.toml", "name = \n");
  const Catalogue catalogue = load_catalogue(folder.path).value();
  CHECK(catalogue.accelerator("eins").value().id == "one");
  CHECK(catalogue.accelerator("the one").value().id == "one");
  CHECK(catalogue.accelerator("Un").value().edition == "old");
  CHECK(says(problems(catalogue.accelerator("deux")), "broken.toml"));
}

TEST_CASE("every fault of a file is reported with its place") {
  const Folder folder;
  const Catalogue catalogue = shipped_copy();
  const auto faults = [&](const std::string& text) {
    return problems(catalogue.accelerator(folder.file("bad.toml", text)));
  };
  const std::string many = faults(
      "name = \"X\"\nvendor = \"Y\"\nmemori = \"80 GB\"\nclock = \"2 GB\"\nidle = \"-3 W\"\n"
      "tdp = { value = \"700 W\", source = \"s\", status = \"guess\" }\n[peak]\nbf61 = \"1 "
      "TFLOP/s\"\n");
  CHECK(says(many, "bad.toml:3:"));
  CHECK(says(many, "'memory'"));
  CHECK(says(many, "bad.toml:4:"));
  CHECK(says(many, "idle must be above zero"));
  CHECK(says(many, "guess"));
  CHECK(says(many, "'bf16'"));
  CHECK(says(faults("name = \"X\"\n"), "lacks the key 'vendor'"));
  const std::string head = "name = \"X\"\nvendor = \"Y\"\n";
  CHECK(says(faults(head + "memory = 80\n"), "in quotes"));
  CHECK(says(faults(head + "memory = \"80\"\n"), "unit"));
  CHECK(says(faults(head + "memory = { value = \"80 GB\" }\n"), "lacks its source"));
  CHECK(says(faults(head + "memory = { low = \"8 GB\", source = \"s\", status = \"measured\" }\n"),
             "one end"));
  CHECK(says(faults(head + "memory = { source = \"s\", status = \"measured\" }\n"), "its value"));
  CHECK(says(faults(head + "memory = { value = \"9 GB\", low = \"1 GB\", high = \"8 GB\", source = "
                           "\"s\", status = \"measured\" }\n"),
             "low <= value <= high"));
  CHECK(says(faults("name = "), "bad.toml:1"));
}

TEST_CASE("sources are looked up by key") {
  const Catalogue catalogue = shipped_copy();
  CHECK(says(catalogue.source("stas").value().url, "ml-engineering"));
  CHECK(says(to_text(catalogue.source("stass").problems()), "stas"));
  CHECK(catalogue.site(kDefaultSite).value().electricity_price.has_value());
  CHECK(catalogue.site(kDefaultSite).value().carbon_intensity.has_value());
  CHECK(catalogue.fabric("infiniband_ndr").value().bandwidth->value / gigabit_per_second ==
        doctest::Approx(400));
}

TEST_CASE("a format without a figure runs at the next wider one") {
  const Catalogue catalogue = shipped_copy();
  const auto a100 = catalogue.accelerator("A100").value();
  CHECK(a100.dense_peak(Dtype::fp8)->value / teraflop_per_second == doctest::Approx(312));
  const auto v100 = catalogue.accelerator("V100").value();
  CHECK(v100.dense_peak(Dtype::fp16)->value / teraflop_per_second == doctest::Approx(125));
  CHECK_FALSE(catalogue.accelerator("amd_mi440x").value().dense_peak(Dtype::bf16).has_value());
}
