#include "app/fleet_run_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "base/parallel_work.hpp"

namespace polyfleet {
namespace {

constexpr int kTwoQuartersHours = 2 * 91 * 24;
constexpr double kFailureFactor = 2;

/// Vendors of phases that have still to come, in order of the model.
std::vector<std::string> vendors_to_come(const FleetModel& model) {
  std::vector<std::string> vendors;
  for (const FleetPhase& phase : model.phases) {
    const std::string& vendor = model.classes[static_cast<std::size_t>(phase.device_class)].vendor;
    if (phase.existing || phase.first_delivery <= 0) continue;
    if (std::find(vendors.begin(), vendors.end(), vendor) == vendors.end())
      vendors.push_back(vendor);
  }
  return vendors;
}

bool is_to_come(const FleetModel& model, const FleetPhase& phase, const std::string& vendor) {
  return !phase.existing && phase.first_delivery > 0 &&
         model.classes[static_cast<std::size_t>(phase.device_class)].vendor == vendor;
}

FleetVariation late(const FleetModel& model, const std::string& vendor) {
  FleetVariation variation;
  for (const FleetPhase& phase : model.phases)
    variation.delay_hours.push_back(is_to_come(model, phase, vendor) ? kTwoQuartersHours : 0);
  return variation;
}

FleetVariation lost(const FleetModel& model, const std::string& vendor) {
  FleetVariation variation;
  for (const FleetPhase& phase : model.phases)
    variation.cancelled.push_back(is_to_come(model, phase, vendor));
  return variation;
}

FleetVariation failing(const FleetModel& model) {
  FleetVariation variation;
  for (const DeviceClass& each : model.classes)
    variation.in_service.push_back(std::max(0.0, 1 - kFailureFactor * (1 - each.in_service)) /
                                   each.in_service);
  return variation;
}

FleetWhatIf played(const FleetModel& model, const NamedVariation& named,
                   const std::atomic<bool>* stop) {
  FleetRunOptions options;
  options.stop = stop;
  const FleetRun run = simulate_fleet(model, named.variation, options);
  return {named.name, fleet_headline(model, run), run.programs};
}

/// Each on its own, spread over threads; the order is that of the list.
std::vector<FleetWhatIf> all_played(const FleetModel& model,
                                    const std::vector<NamedVariation>& variations,
                                    const FleetStudyOptions& options) {
  std::vector<FleetWhatIf> results(variations.size());
  do_in_parallel(variations.size(), std::max(1U, options.threads), nullptr,
                 [&](std::size_t i) { results[i] = played(model, variations[i], options.stop); });
  return results;
}

}  // namespace

std::vector<NamedVariation> usual_what_ifs(const FleetModel& model) {
  std::vector<NamedVariation> variations;
  for (const std::string& vendor : vendors_to_come(model)) {
    variations.push_back({fmt::format("{} two quarters late", vendor), late(model, vendor)});
    variations.push_back({fmt::format("{} lost", vendor), lost(model, vendor)});
  }
  variations.push_back({"twice the failures", failing(model)});
  return variations;
}

Result<FleetPage> run_fleet_page(const FleetPageQuestion& question, Workspace& workspace,
                                 const FleetStudyOptions& options) {
  Result<FleetDocument> now = fleet_document_at(question.now, question.settings, workspace);
  Result<FleetDocument> announced = fleet_document_at(question.announced, {}, workspace);
  Diagnostics problems;
  for (const Result<FleetDocument>* each : {&now, &announced}) {
    if (!*each) problems.insert(problems.end(), each->problems().begin(), each->problems().end());
  }
  if (!problems.empty()) return problems;
  FleetStudyOptions plan_alone = options;
  plan_alone.futures = 0;
  plan_alone.store.clear();
  Result<FleetAnswer> before = run_fleet(*std::move(announced), workspace, plan_alone);
  if (!before) return before.problems();
  Result<FleetAnswer> answer = run_fleet(*std::move(now), workspace, options);
  if (!answer) return answer.problems();
  FleetPage page;
  page.now = *std::move(answer);
  page.announced = *std::move(before);
  if (options.progress) options.progress("playing delays, losses and failures", -1);
  page.what_if = all_played(page.now.model, usual_what_ifs(page.now.model), options);
  return page;
}

}  // namespace polyfleet
