#include <filesystem>
#include <fstream>
#include <initializer_list>

#include "training/checkpoint.hpp"
#include "training/reliability.hpp"
#include "unit/training/machine_fixture.hpp"
#include "unit/training/reliability_fixture.hpp"

using namespace polyfleet;

namespace {

Accelerator part_of(const std::string& vendor, const std::string& family) {
  Accelerator part = h100_machine().accelerator;
  part.vendor = vendor;
  part.family = family;
  return part;
}

FailureModel on_h100(double devices, std::string_view record = {}) {
  return failure_model(shipped_reliability(), h100_machine().accelerator, h100_machine().system,
                       devices, record);
}

}  // namespace

TEST_CASE("every record and figure has a source that the catalogue knows") {
  for (const FailureRecord& record : shipped_reliability().records) {
    CAPTURE(record.id);
    CHECK_FALSE(record.source.empty());
    CHECK_FALSE(record.status.empty());
    CHECK(record.rate_low <= 1);
    CHECK(record.rate_high >= 1);
    std::string rest = record.source;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(", ");
      CHECK(shipped_catalogue().source(rest.substr(0, comma)).has_value());
      rest = comma == std::string::npos ? "" : rest.substr(comma + 2);
    }
  }
}

TEST_CASE("the record is that of the family, else of the vendor, else the general one") {
  const auto chosen = [](const std::string& vendor, const std::string& family) {
    const FailureModel model =
        failure_model(shipped_reliability(), part_of(vendor, family), h100_machine().system, 64);
    return model.record->id + (model.borrowed ? " borrowed" : "");
  };
  CHECK(chosen("NVIDIA", "hopper") == "llama3");
  CHECK(chosen("NVIDIA", "ampere") == "rsc1");
  CHECK(chosen("NVIDIA", "blackwell") == "b200_504");
  CHECK(chosen("NVIDIA", "rubin") == "llama3 borrowed");
  CHECK(chosen("Google", "tpu_v4") == "tpu_v4");
  CHECK(chosen("Google", "tpu_v7x") == "tpu_v4 borrowed");
  CHECK(chosen("AMD", "cdna4") == "llama3 borrowed");
  CHECK(on_h100(64, "rsc2").record->id == "rsc2");
  CHECK(record_problems(shipped_reliability(), "rsc1").empty());
  CHECK(record_problems(shipped_reliability(), "rsc3").size() == 1);
}

TEST_CASE("hardware fails with the devices, software with the job up to its full size") {
  const FailureModel small = on_h100(512), full = on_h100(1024), large = on_h100(4096);
  CHECK(large.hardware / full.hardware == doctest::Approx(4));
  const auto software = [](const FailureModel& model) { return model.unplanned - model.hardware; };
  CHECK(software(full) / software(small) == doctest::Approx(2));
  CHECK(software(large) / software(full) == doctest::Approx(1));
  CHECK(large.replacing < large.hardware);
  System four = h100_machine().system;
  four.accelerators_per_node = 4;  // twice the hosts, the same accelerators
  CHECK(failure_model(shipped_reliability(), h100_machine().accelerator, four, 4096).hardware >
        large.hardware);
}

TEST_CASE("damaged data are refused with their place") {
  const auto missing = load_reliability(POLYFLEET_SOURCE_DIR "/tests");
  REQUIRE_FALSE(missing);
  CHECK(missing.problems().size() >= 4);
  namespace fs = std::filesystem;
  const fs::path scratch = fs::temp_directory_path() / "polyfleet_damaged_reliability";
  fs::remove_all(scratch);
  fs::create_directories(scratch / "power");
  fs::copy(POLYFLEET_SOURCE_DIR "/data/reliability", scratch / "reliability");
  fs::copy(POLYFLEET_SOURCE_DIR "/data/power", scratch / "power");
  CHECK(load_reliability(scratch).has_value());
  std::ofstream(scratch / "reliability/failures.toml")
      << "[[record]]\nid = \"x\"\nfamilies = [\"hopper\"]\nrate_low = 2\n[[record.cause]]\n"
         "unit = \"rack\"\nevents = -1\n";
  const auto damaged = load_reliability(scratch);
  fs::remove_all(scratch);
  REQUIRE_FALSE(damaged);
  const std::string all = to_text(damaged.problems());
  for (const char* part : {"failures.toml:4", "rate_low", "rack", "events", "window", "source"}) {
    CAPTURE(part);
    CHECK(all.find(part) != std::string::npos);
  }
}

TEST_CASE("a checkpoint holds weights and optimiser states once") {
  // 14 bytes a parameter: two of the weight, twelve of Adam in FP32
  ModelSpec model = dense_model();
  TrainingPlan plan = dense_plan();
  const double parameters = stage_inventories(model, plan)[0].parameters * plan.layout.tensor;
  const CheckpointSize size = checkpoint_size(model, plan);
  CHECK(size.total / byte == doctest::Approx(14 * parameters));
  CHECK(size.fullest_device / byte == doctest::Approx(14 * parameters / 8));
  plan.sharding = Sharding::zero3;  // the FP32 original is the weight
  CHECK(checkpoint_size(model, plan).total / byte == doctest::Approx(12 * parameters));
}

TEST_CASE("the parameters of a checkpoint do not depend on how they are spread") {
  ModelSpec model = dense_model();
  TrainingPlan plan = dense_plan();
  const Bytes spread = checkpoint_size(model, plan).total;
  plan.layout.tensor = 1;
  plan.layout.data = 8;
  const Bytes plain = checkpoint_size(model, plan).total;
  CHECK(spread / plain == doctest::Approx(1).epsilon(1e-3));  // norms lie on every tensor rank
  plan.layout.data = 2;
  plan.layout.pipeline = 4;
  const CheckpointSize piped = checkpoint_size(model, plan);
  CHECK(piped.total / plain == doctest::Approx(1).epsilon(1e-3));
  CHECK(piped.fullest_device > plain / 8);  // embedding and head make stages unequal
  plan.schedule = Schedule::dual_pipe;
  plan.micro_batch = 1;
  CHECK(checkpoint_size(model, plan).total / plain == doctest::Approx(1).epsilon(1e-3));
}

TEST_CASE("routed experts are written once, however they are spread") {
  ModelSpec model = dense_model();
  model.moe.experts = 16;
  model.moe.top_k = 2;
  model.moe.expert_ffn = 1408;
  TrainingPlan plan = dense_plan();
  const Bytes plain = checkpoint_size(model, plan).total;
  plan.layout.expert = 8;
  CHECK(checkpoint_size(model, plan).total / plain == doctest::Approx(1).epsilon(1e-9));
}

TEST_CASE("what training waits for depends on the mode") {
  TrainingScenario scenario;
  scenario.model = dense_model();
  scenario.plan = dense_plan();
  scenario.devices = 8;
  const CheckpointRates& rates = shipped_reliability().checkpoint;
  CheckpointRequest request;
  request.storage = 10 * gigabyte_per_second;
  const auto cost = [&] { return checkpoint_cost(request, scenario, h100_machine(), rates); };
  const CheckpointCost blocking = cost();
  CHECK(blocking.blocking == blocking.size.total / (10 * gigabyte_per_second));
  CHECK(blocking.background == 0 * second);
  CHECK(blocking.load == blocking.blocking);
  request.mode = CheckpointMode::asynchronous;
  const CheckpointCost behind = cost();
  CHECK(behind.background == blocking.blocking);
  CHECK(behind.blocking ==
        behind.size.fullest_device / h100_machine().accelerator.host_rate->value);
  CHECK(behind.blocking < blocking.blocking);
  request.mode = CheckpointMode::in_memory;
  CHECK(cost().load < behind.load);
  request.mode = CheckpointMode::blocking;
  request.storage = 1e6 * gigabyte_per_second;  // the node's port is the limit then
  CHECK(cost().blocking == cost().size.fullest_device * 8.0 / rates.node_limit.value);
  request.write_time = 60 * second;
  CHECK(cost().blocking == 60 * second);
}
