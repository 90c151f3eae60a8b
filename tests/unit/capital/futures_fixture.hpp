// A small fleet and a stand-in for its simulation: two vendors at two sites, deliveries over two
// years, rows that follow from the variation by simple arithmetic.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

#include "capital/futures.hpp"

namespace polyfleet_test {

using namespace polyfleet;

inline FleetModel small_fleet() {
  FleetModel model;
  model.name = "small";
  model.time = FleetTime({2027, 1, 1}, {2029, 1, 1}, 7);
  for (const char* id : {"abilene", "lordstown"}) {
    SiteModel site;
    site.id = id;
    site.region = std::string(id) == "abilene" ? "texas" : "ohio";
    site.price = HourlySeries((60 * usd / megawatt_hour).base());
    site.carbon = HourlySeries((350 * gram_co2e_per_kilowatt_hour).base());
    site.pue = HourlySeries(1.15);
    site.delivery = 0.95;
    site.limits = {{0, 3 * gigawatt, ""}};
    model.sites.push_back(site);
  }
  for (const char* vendor : {"AMD", "NVIDIA"}) {
    DeviceClass part;
    part.id = std::string(vendor) == "AMD" ? "helios" : "rubin";
    part.vendor = vendor;
    part.price = 40000 * usd;
    part.in_service = 0.95;
    part.maturity = {0, 0.7, 300 * day};
    part.parked = 100 * watt;
    part.idle = 400 * watt;
    part.rated = 1800 * watt;
    part.provisioned = 2500 * watt;
    model.classes.push_back(part);
  }
  const auto add_phase = [&](const char* id, const char* program, int site, int part, int week) {
    FleetPhase phase;
    phase.id = id;
    phase.program = program;
    phase.site = site;
    phase.device_class = part;
    phase.power = 1 * gigawatt;
    phase.accelerators = 400000;
    phase.first_delivery = week * 168;
    phase.last_delivery = (week + 8) * 168;
    phase.delay.quarters = {0.5, 0.25, 0.25};
    model.phases.push_back(phase);
  };
  add_phase("a1", "amd_openai", 0, 0, 4);
  add_phase("a2", "amd_openai", 1, 0, 30);
  add_phase("n1", "nvidia_openai", 0, 1, 8);
  add_phase("n2", "nvidia_openai", 1, 1, 50);
  for (const char* id : {"chat", "pretraining"}) {
    FleetWorkload workload;
    workload.id = id;
    workload.kind = workload.id == "chat" ? WorkloadKind::chat : WorkloadKind::pretraining;
    workload.unit = "tokens";
    workload.demand = {{0, 1e8}, {8760, 3e8}};
    workload.value = 1e-6;
    workload.shape.fill(1);
    model.workloads.push_back(workload);
  }
  WorkloadRate rate;
  rate.possible = true;
  rate.per_second = 1000;
  rate.active = 1500 * watt;
  rate.low = 0.8;
  rate.high = 1.1;
  model.rates.assign(2, std::vector<WorkloadRate>(2, rate));
  model.finance.discount = 0.1;
  model.finance.hardware_life = 5 * 365 * day;
  model.finance.facility_life = 14 * 365 * day;
  return model;
}

inline UncertaintySpec small_spec() {
  UncertaintySpec spec;
  spec.delay.correlation = 0.6;
  spec.demand = {0.2, 0.5, "", "", ""};
  spec.price = {0.1, 0.5, "", "", ""};
  spec.prediction = {1, 0.5, "", "", ""};
  spec.failures = {0.4, 0.8, "", "", ""};
  spec.hardware_price = {0.15, 0.8, "", "", ""};
  spec.outages.drawn = false;
  return spec;
}

/// One phase counts from its (delayed) last delivery on; a week of it costs and makes by factors.
inline FleetRun fake_run(const FleetModel& model, const FleetVariation& variation,
                         const FleetRunOptions& options) {
  FleetRun run;
  run.interrupted = options.stop != nullptr && options.stop->load();
  for (std::size_t i = 0; i < model.phases.size(); ++i) {
    const FleetPhase& phase = model.phases[i];
    const int at = static_cast<int>(i);
    if (!variation.cancelled.empty() && variation.cancelled[i]) continue;
    const FleetHour from =
        phase.last_delivery + (variation.delay_hours.empty() ? 0 : variation.delay_hours[i]);
    const double price = varied(variation.hardware_price, phase.device_class),
                 speed = varied(variation.speed, phase.device_class) *
                         varied(variation.in_service, phase.device_class),
                 energy = varied(variation.price, phase.site);
    for (int period = 0; period < model.time.periods(); ++period) {
      if (model.time.first_hour(period) < from) continue;
      const double length = model.time.length(period) / second;
      if (period == 0 || model.time.first_hour(period - 1) < from)
        run.ledger.add({period, Account::hardware_capital, phase.site, at, -1, -1e10 * price});
      run.ledger.add({period, Account::installed_power, phase.site, at, -1, 1e9 * length});
      run.ledger.add({period, Account::grid_energy, phase.site, -1, -1, 8e8 * length});
      run.ledger.add({period, Account::rack_energy, phase.site, -1, 0, -8e8 * length});
      run.ledger.add({period, Account::grid_cost, phase.site, -1, -1, -16 * length * energy});
      for (int w = 0; w < 2; ++w) {
        const double tokens = 1e8 * length * speed * varied(variation.demand, w);
        run.ledger.add({period, Account::in_use, phase.site, at, w, 2e5 * length});
        run.ledger.add({period, Account::output_tokens, -1, -1, w, tokens});
        if (w == 0) run.ledger.add({period, Account::revenue, -1, -1, w, 4e-6 * tokens});
      }
    }
  }
  for (const char* program : {"amd_openai", "nvidia_openai"}) {
    ProgramMilestones milestones;
    milestones.program = program;
    for (std::size_t i = 0; i < model.phases.size(); ++i) {
      if (model.phases[i].program != program) continue;
      if (!variation.cancelled.empty() && variation.cancelled[i]) continue;
      milestones.gigawatts.push_back(
          model.phases[i].last_delivery +
          (variation.delay_hours.empty() ? 0 : variation.delay_hours[i]));
    }
    run.programs.push_back(std::move(milestones));
  }
  return run;
}

struct SmallStudy {
  FleetModel model = small_fleet();
  UncertaintySpec spec = small_spec();
  OutageData outages;
  FuturesQuestion question() const { return {&model, &spec, &outages, fake_run, 7}; }
};

/// A file of this test that is gone afterwards.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("polyfleet_" + name)) {
    std::filesystem::remove(path_);
  }
  ~ScratchFile() { std::filesystem::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string text() const {
    std::ifstream stream(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void write(const std::string& text) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace polyfleet_test
