#include "training/energy.hpp"
#include "unit/training/machine_fixture.hpp"

using namespace polyfleet;

namespace {

PowerActivity activity() {
  auto loaded = load_power_activity(shipped_catalogue().directory());
  REQUIRE(loaded);
  return *loaded;
}

/// A step of one second, all of it in one part.
StepTime step_of(OpClass op_class) {
  StepTime step;
  step.where.compute[static_cast<std::size_t>(op_class)] = 1 * second;
  step.where.total = 1 * second;
  return step;
}

}  // namespace

TEST_CASE("power stays between idle and TDP, matrix work draws most, waiting least") {
  const Machine& machine = h100_machine();
  StepTime waiting;
  waiting.where.tensor = waiting.where.total = 1 * second;
  const auto draw = [&](const StepTime& step) {
    return step_energy(step, machine.accelerator, machine.system, 1, activity()).per_accelerator;
  };
  const Watts matrix = draw(step_of(OpClass::mlp)), memory = draw(step_of(OpClass::norm)),
              idle = draw(waiting);
  CHECK(matrix <= machine.accelerator.tdp->value);
  CHECK(matrix > memory);
  CHECK(memory > idle);
  CHECK(idle > machine.accelerator.idle->value);
}

TEST_CASE("energy is power times time times devices, and the facility's share is the PUE") {
  const Machine& machine = h100_machine();
  StepTime step = step_of(OpClass::attention);
  const StepEnergy one = step_energy(step, machine.accelerator, machine.system, 1, activity());
  const StepEnergy eight = step_energy(step, machine.accelerator, machine.system, 8, activity());
  CHECK(eight.facility / one.facility == doctest::Approx(8));
  CHECK(one.accelerators / joule == doctest::Approx(one.per_accelerator / watt));
  CHECK(one.facility / one.it == doctest::Approx(machine.system.pue->value));
}

TEST_CASE("a training node of eight H100 draws what was measured, within a tenth") {
  // data/systems/hgx_h100.toml: 8400 W at most while training, of 10200 W rated.
  const Machine& machine = h100_machine();
  const StepEnergy energy =
      step_energy(step_of(OpClass::mlp), machine.accelerator, machine.system, 8, activity());
  CHECK(energy.it / joule == doctest::Approx(8400).epsilon(0.1));
}

TEST_CASE(
    "a part without TDP uses the provisioned power and says so; without both nothing is known") {
  Accelerator part = h100_machine().accelerator;
  System system = h100_machine().system;
  part.tdp.reset();
  const StepEnergy provisioned = step_energy(step_of(OpClass::mlp), part, system, 1, activity());
  CHECK(provisioned.known);
  CHECK(provisioned.basis.find("provisioned") != std::string::npos);
  part.all_in_power.reset();
  system.all_in_power.reset();
  CHECK_FALSE(step_energy(step_of(OpClass::mlp), part, system, 1, activity()).known);
}
