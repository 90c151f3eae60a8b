#include "report/fleet_csv.hpp"

#include <fmt/format.h>

#include "base/csv.hpp"
#include "report/futures_text.hpp"

namespace polyfleet {
namespace {

std::string_view unit_text(LedgerUnit unit) {
  switch (unit) {
    case LedgerUnit::dollars:
      return "USD";
    case LedgerUnit::joules:
      return "J";
    case LedgerUnit::grams:
      return "g CO2e";
    case LedgerUnit::accelerators:
      return "accelerators";
    case LedgerUnit::accelerator_seconds:
      return "accelerator-seconds";
    case LedgerUnit::watt_seconds:
      return "watt-seconds of provisioned power";
    case LedgerUnit::flops:
      return "FLOP";
    case LedgerUnit::tokens:
      return "tokens";
    case LedgerUnit::units:
      return "units of the workload";
    case LedgerUnit::seconds:
      return "s";
  }
  return "";
}

std::string period_day(const FleetTime& time, int period) {
  return print_date(time.date_of(time.first_hour(period)));
}

template <class T>
std::string id_of(const std::vector<T>& list, int index) {
  return index < 0 ? std::string() : csv_cell(list[static_cast<std::size_t>(index)].id);
}

std::string ledger_csv(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  std::string text =
      "# every row of the ledger; amounts in the unit of the row; money received and energy "
      "supplied are positive\n"
      "# an empty cell: of no site, phase or workload in particular\n"
      "period,begins,account,site,phase,workload,amount,unit\n";
  for (const LedgerRow& row : answer.run.ledger.rows())
    text += fmt::format("{},{},{},{},{},{},{},{}\n", row.period, period_day(model.time, row.period),
                        csv_cell(info(row.account).name), id_of(model.sites, row.site),
                        id_of(model.phases, row.phase), id_of(model.workloads, row.workload),
                        row.amount, unit_text(info(row.account).unit));
  return text;
}

std::string periods_csv(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  std::string text =
      "# accelerators of each group (a class at a site) in each period, means\n"
      "period,begins,group,site,class,vendor,installed,in_service";
  for (const FleetWorkload& workload : model.workloads)
    text += fmt::format(",{}", csv_cell(fmt::format("in_use_{}", workload.id)));
  text += '\n';
  for (std::size_t period = 0; period < answer.run.periods.size(); ++period) {
    for (std::size_t g = 0; g < answer.run.periods[period].size(); ++g) {
      const GroupPeriod& each = answer.run.periods[period][g];
      const FleetGroup& group = answer.run.groups[g];
      const DeviceClass& of = model.classes[static_cast<std::size_t>(group.device_class)];
      text += fmt::format("{},{},{},{},{},{},{},{}", period,
                          period_day(model.time, static_cast<int>(period)), csv_cell(group.name),
                          id_of(model.sites, group.site), csv_cell(of.id), csv_cell(of.vendor),
                          each.installed, each.in_service);
      for (std::size_t w = 0; w < model.workloads.size(); ++w)
        text += fmt::format(",{}", w < each.in_use.size() ? each.in_use[w] : 0);
      text += '\n';
    }
  }
  return text;
}

std::string deliveries_csv(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  std::string text =
      "# accelerators that arrived and power that stood accepted, by phase and period; power in "
      "MW at the meter as provisioned, mean of the period\n"
      "period,begins,phase,program,site,vendor,what,amount,unit\n";
  for (const LedgerRow& row : answer.run.ledger.rows()) {
    const bool arrived = row.account == Account::delivered;
    if (row.phase < 0 || (!arrived && row.account != Account::installed_power)) continue;
    const FleetPhase& phase = model.phases[static_cast<std::size_t>(row.phase)];
    const double length = model.time.length(row.period) / second;
    text +=
        fmt::format("{},{},{},{},{},{},{},{},{}\n", row.period, period_day(model.time, row.period),
                    csv_cell(phase.id), csv_cell(phase.program), id_of(model.sites, row.site),
                    csv_cell(model.classes[static_cast<std::size_t>(phase.device_class)].vendor),
                    arrived ? "arrived" : "accepted",
                    arrived ? row.amount : row.amount / length * (watt / megawatt),
                    arrived ? "accelerators" : "MW");
  }
  return text;
}

std::string limits_csv(const FleetAnswer& answer) {
  std::string text =
      "# limits that bound the allocation of each period; price: what one unit more would save "
      "in the period\n"
      "period,begins,limit,unit,price,saves\n";
  for (std::size_t period = 0; period < answer.run.binding.size(); ++period) {
    for (const BindingLimit& each : answer.run.binding[period])
      text += fmt::format(
          "{},{},{},{},{},{}\n", period, period_day(answer.model.time, static_cast<int>(period)),
          csv_cell(each.what), csv_cell(each.unit), each.price, csv_cell(each.saves));
  }
  return text;
}

std::string hourly_csv(const FleetAnswer& answer) {
  std::string text = "# mean draw of each site from the grid, by hour (UTC), in MW\nhour,date";
  for (const SiteModel& site : answer.model.sites) text += ',' + csv_cell(site.id);
  text += '\n';
  for (int at = 0; at < answer.model.time.hours(); ++at) {
    text += fmt::format("{},{}T{:02}:00", at, print_date(answer.model.time.date_of(at)), at % 24);
    for (const std::vector<double>& site : answer.run.hourly_grid) {
      const auto index = static_cast<std::size_t>(at);
      if (index < site.size())
        text += fmt::format(",{}", site[index] * (watt / megawatt));
      else
        text += ',';
    }
    text += '\n';
  }
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> fleet_csv(const FleetAnswer& answer, bool hourly) {
  std::vector<std::pair<std::string, std::string>> files{{"ledger.csv", ledger_csv(answer)},
                                                         {"periods.csv", periods_csv(answer)},
                                                         {"deliveries.csv", deliveries_csv(answer)},
                                                         {"limits.csv", limits_csv(answer)}};
  if (hourly && !answer.run.hourly_grid.empty())
    files.emplace_back("energy_hourly.csv", hourly_csv(answer));
  if (answer.futures) {
    for (auto& file : futures_csv(*answer.futures)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace polyfleet
