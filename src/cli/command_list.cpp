#include "cli/command_list.hpp"

namespace polyfleet {

const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> groups{
      {"catalogue", "Accelerators, systems, fabrics, models, sites and prices with their sources",
       "Examples:\n"
       "  polyfleet catalogue list systems\n"
       "  polyfleet catalogue show amd_mi455x@announced --sources\n"
       "  polyfleet catalogue compare mi355x b200 --json\n"
       "A part of your own: polyfleet catalogue show ./my_part.toml"},
      {"estimate", "Time, memory, energy and cost of a workload", kEstimateExamples},
      {"simulate", "A service over time, request by request", kSimulateExamples},
      {"plan", "The best way to run a workload on a cluster", kPlanExamples},
      {"value", "What deals and capital are worth", kValueExamples},
      {"runs", "What was asked before: shown, compared, asked again", kRunsExamples},
  };
  return groups;
}

std::vector<CommandSpec> command_list(CommandArguments& arguments) {
  return {
      catalogue_list_command(arguments.list),
      catalogue_show_command(arguments.show),
      catalogue_compare_command(arguments.compare),
      catalogue_power_command(arguments.power),
      catalogue_cooling_command(arguments.cooling),
      estimate_train_command(arguments.estimate),
      estimate_run_command(arguments.run),
      estimate_serve_command(arguments.serve),
      simulate_serve_command(arguments.simulate),
      simulate_jobs_command(arguments.simulate_jobs),
      simulate_fleet_command(arguments.simulate_fleet),
      plan_train_command(arguments.plan),
      plan_serve_command(arguments.plan_serve),
      plan_size_command(arguments.size),
      plan_fleet_command(arguments.plan_fleet),
      export_command(arguments.exports),
      import_command(arguments.imports),
      value_deal_command(arguments.value_deal),
      validate_command(arguments.validate),
      bench_command(arguments.bench),
      main_job_command(arguments.main_job),
      ui_command(arguments.ui),
      runs_list_command(arguments.runs.list),
      runs_show_command(arguments.runs.show),
      runs_compare_command(arguments.runs.compare),
      runs_again_command(arguments.runs.again),
      runs_export_command(arguments.runs.exports),
      runs_import_command(arguments.runs.imports),
      runs_delete_command(arguments.runs.deletes),
  };
}

}  // namespace polyfleet
