#include <doctest/doctest.h>

#include <filesystem>

#include "cost/collective_validation.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

constexpr const char* kFile =
    "id,source_title,source_url,vendor,accelerator,num_accelerators,op,dtype,shape_or_bytes,"
    "measured_value,unit,notes\n"
    // 4 GiB in 23.849 ms: the acceptance log prints both figures of one run.
    "a,AMD MI300X acceptance guide example log,u,AMD,MI300X,8,allreduce,float,4294967296,23849,"
    "us (out-of-place),\"1 process, 8 GPUs\"\n"
    "b,AMD MI300X acceptance guide example log,u,AMD,MI300X,8,allreduce,float,4294967296,315.15,"
    "GB/s busbw (out-of-place),\n"
    "c,somewhere,u,AMD,MI300X,1,gemm,bf16,1x1x1,500,TFLOP/s,\n"
    "d,somewhere,u,AMD,Nobody's part,8,allreduce,float,1024,10,us,\n"
    "e,somewhere,u,AMD,MI300X,16,allreduce,float,1024,10,us,\n";

Result<Network> mi300x_named(std::string_view name) {
  if (name != "MI300X") return problem("unknown");
  Network network;
  network.scale_up = ScaleUpKind::xgmi_mesh;
  network.scale_up_domain = network.accelerators_per_node = 8;
  network.scale_up_rate = 448 * gigabyte_per_second;
  network.pair_rate = 64 * gigabyte_per_second;
  network.accelerator_id = "amd_mi300x";
  network.vendor = "AMD";
  return network;
}

CollectiveValidation validate(LeaveOut leave_out) {
  const auto data = CollectiveData::load(kData);
  REQUIRE(data.has_value());
  const auto table = CsvTable::parse(kFile, "test.csv");
  REQUIRE(table.has_value());
  auto found = validate_collectives(*table, *data, mi300x_named, leave_out);
  REQUIRE(found.has_value());
  return std::move(found).value();
}

}  // namespace

TEST_CASE("every row is predicted or counted") {
  const auto found = validate(LeaveOut::message_size);
  CHECK(found.considered == 5);
  CHECK(found.rows.size() == 2);
  CHECK(found.skipped.size() == 3);
  CHECK(found.skipped.at("not between accelerators: gemm") == 1);
  CHECK(found.skipped.at("network of Nobody's part unknown") == 1);
  CHECK(found.skipped.at("scale-out rate unknown: MI300X") == 1);
}

TEST_CASE("time and bus bandwidth of one run agree, and nothing left out gives them back") {
  const auto found = validate(LeaveOut::nothing);
  REQUIRE(found.rows.size() == 2);
  CHECK(found.rows[0].predicted == doctest::Approx(23849).epsilon(1e-4));
  CHECK(found.rows[1].predicted == doctest::Approx(315.15).epsilon(1e-3));
  CHECK(found.overall.coverage80 == 1);
  CHECK(found.by_vendor.at("AMD").rows == 2);
}

TEST_CASE("left out means not seen") {
  const auto found = validate(LeaveOut::message_size);
  CHECK(std::abs(found.rows[0].bias()) > 1e-4);
  CHECK(std::abs(found.rows[0].bias()) < 0.02);
  CHECK(validate(LeaveOut::accelerator).rows[0].fidelity == Fidelity::transferred);
}

TEST_CASE("errors of a set of rows") {
  std::vector<CollectiveRow> rows(3);
  const double predicted[] = {90, 110, 130};
  std::vector<const CollectiveRow*> all;
  for (int i = 0; i < 3; ++i) {
    rows[i].measured = 100;
    rows[i].predicted = predicted[i];
    rows[i].sigma = 0.1;
    all.push_back(&rows[i]);
  }
  const CollectiveErrors errors = summarise(all);
  CHECK(errors.rows == 3);
  CHECK(errors.median_ape == doctest::Approx(0.1));
  CHECK(errors.median_bias == doctest::Approx(0.1));
  // ln(1/0.9) and ln(1/1.1) lie inside 0.128, ln(1/1.3) does not.
  CHECK(errors.coverage80 == doctest::Approx(2.0 / 3));
  CHECK(summarise({}).rows == 0);
}

TEST_CASE("a file without the columns is refused") {
  const auto data = CollectiveData::load(kData);
  REQUIRE(data.has_value());
  const auto table = CsvTable::parse("id,op\n1,allreduce\n", "test.csv");
  REQUIRE(table.has_value());
  CHECK(!validate_collectives(*table, *data, mi300x_named).has_value());
}
