#include "view/training_page.hpp"

#include <fmt/format.h>

#include <cmath>

#include "report/plain_units.hpp"
#include "report/plan_rows.hpp"
#include "units/text.hpp"
#include "view/training_energy.hpp"
#include "view/training_memory.hpp"
#include "view/training_sources.hpp"
#include "view/training_time.hpp"

namespace polyfleet {
namespace {

PageFact memory_fact(const TrainingEstimate& estimate) {
  const std::size_t fullest = fullest_stage(estimate.memory);
  const double need = estimate.memory[fullest].total / gigabyte;
  const std::string stage = fmt::format("stage {} of {}", fullest + 1, estimate.memory.size());
  if (estimate.memory_capacity == 0 * byte)
    return {"memory of a device", fmt::format("{:.2f} GB", need),
            stage + "; the capacity is not published"};
  return {"memory of a device",
          fmt::format("{:.2f} of {:.2f} GB", need, estimate.memory_capacity / gigabyte),
          fmt::format("{}: {}", stage, estimate.fits_in_memory ? "fits" : "does not fit")};
}

void add_energy(const TrainingEstimate& estimate, std::vector<PageFact>& facts) {
  const StepEnergy& energy = estimate.energy;
  if (!energy.known) {
    facts.push_back({"energy", "unknown", energy.basis});
    return;
  }
  const double millions = estimate.tokens_per_step / kMillion;
  facts.push_back({"energy of a million tokens", print_quantity(energy.facility / millions),
                   fmt::format("{} a step, at the meter", print_quantity(energy.facility))});
  facts.push_back({"power of an accelerator", print_quantity(energy.per_accelerator),
                   print_quantity(energy.facility_per_accelerator) + " at the meter"});
}

void add_cost(const TrainingEstimate& estimate, std::vector<PageFact>& facts) {
  if (estimate.cost_per_million_tokens) {
    facts.push_back({"cost of a million tokens", print_quantity(*estimate.cost_per_million_tokens),
                     print_quantity(*estimate.cost_per_step) + " a step"});
  } else {
    facts.push_back({"cost", "unknown", "no price of the accelerator is published"});
  }
}

}  // namespace

std::string training_question(const TrainingAnswer& answer) {
  const TrainingScenario& scenario = answer.scenario;
  const Machine& machine = answer.machine;
  return fmt::format(
      "One training step of {} on {} x {} ({}){}: {}, {}, global batch {}, sequence {}, {}",
      scenario.model.name, grouped(scenario.devices), machine.accelerator.name, machine.system.name,
      machine.accelerator.edition.empty()
          ? std::string{}
          : fmt::format(", figures {}", machine.accelerator.edition),
      cut_text(scenario.plan), settings_text(scenario.plan), grouped(scenario.plan.global_batch),
      grouped(scenario.plan.sequence_length), scenario.plan.precision.name);
}

std::vector<PageFact> training_facts(const TrainingAnswer& answer) {
  const TrainingEstimate& estimate = answer.estimate;
  const double rate = estimate.tokens_per_second_per_device;
  std::vector<PageFact> facts;
  facts.push_back({"step time", print_quantity(estimate.time),
                   fmt::format("80 % interval {} to {}", print_quantity(estimate.time_low),
                               print_quantity(estimate.time_high))});
  facts.push_back(
      {"tokens a second", fmt::format("{:.6g} per accelerator", rate),
       grouped(std::llround(rate * static_cast<double>(answer.scenario.devices))) + " in all"});
  facts.push_back(
      {"MFU", share_text(estimate.mfu),
       fmt::format("{} FLOPs over dense {} peak; HFU {}", name_of(FlopDefinition::model_causal),
                   name_of(estimate.mfu_dtype), share_text(estimate.hfu))});
  if (!estimate.memory.empty()) facts.push_back(memory_fact(estimate));
  add_energy(estimate, facts);
  add_cost(estimate, facts);
  return facts;
}

std::vector<std::string> training_notices(const TrainingAnswer& answer) {
  const TrainingEstimate& estimate = answer.estimate;
  std::vector<std::string> notices;
  if (!estimate.fits_in_memory) {
    const std::size_t fullest = fullest_stage(estimate.memory);
    const Bytes need = estimate.memory[fullest].total;
    notices.push_back(fmt::format(
        "Does not fit in memory: stage {} needs {} of {}, {} too much. The times below are those "
        "it would have if it did.",
        fullest + 1, print_quantity(need), print_quantity(estimate.memory_capacity),
        print_quantity(need - estimate.memory_capacity)));
  }
  if (answer.strict)
    notices.push_back(
        "Strict: without the software-maturity factor, the kernel-calibrated bound itself.");
  if (!estimate.energy.known)
    notices.push_back("Energy is unknown: " + estimate.energy.basis + ".");
  return notices;
}

std::vector<FigureSection> training_sections(const TrainingAnswer& answer,
                                             const Catalogue& catalogue) {
  const TrainingSources sources = training_sources(answer, catalogue);
  std::vector<FigureSection> sections{time_section(answer, sources)};
  FigureSection memory = memory_section(answer, sources);
  if (!memory.figures.empty()) sections.push_back(std::move(memory));
  sections.push_back(energy_section(answer, sources));
  sections.push_back(basis_section(answer, catalogue, sources));
  return sections;
}

FigurePage training_page(const TrainingAnswer& answer, const Catalogue& catalogue) {
  FigurePage page;
  page.title = answer.scenario.name.empty()
                   ? fmt::format("{} on {} {}", answer.scenario.model.name,
                                 grouped(answer.scenario.devices), answer.machine.accelerator.name)
                   : answer.scenario.name;
  page.subtitle = training_question(answer);
  page.facts = training_facts(answer);
  page.notices = training_notices(answer);
  page.sections = training_sections(answer, catalogue);
  return page;
}

}  // namespace polyfleet
