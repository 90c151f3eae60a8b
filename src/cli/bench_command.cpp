#include <fmt/format.h>

#include "app/fleet_speed_figures.hpp"
#include "app/planner_speed_figures.hpp"
#include "app/serving_speed_figures.hpp"
#include "app/speed_figures.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "report/table.hpp"

namespace polyfleet {
namespace {

int print_signature(Workspace& workspace, bool json) {
  const Result<std::uint64_t> signature = results_signature(workspace);
  if (!signature) return bad_input(signature.problems());
  const std::string text = fmt::format("{:016x}", *signature);
  if (json) {
    Value document{Table{}};
    document.set("signature", text);
    print_json(document);
  } else {
    print(text + '\n');
  }
  return kExitOk;
}

Value figures_json(const std::vector<SpeedFigure>& figures) {
  Value json{Table{}};
  for (const SpeedFigure& figure : figures) {
    Value one{Table{}};
    one.set("value", figure.value);
    one.set("unit", figure.unit);
    one.set("goal", figure.goal);
    one.set("reached", figure.reached());
    json.set(figure.key, std::move(one));
  }
  return json;
}

Result<std::vector<SpeedFigure>> measured(Workspace& workspace, const BenchArguments& arguments) {
  if (arguments.planner) return measure_planner_speed(workspace);
  if (arguments.serving) return measure_serving_speed();
  if (arguments.fleet) return measure_fleet_speed(workspace);
  return measure_speed(workspace);
}

int run_bench(const BenchArguments& arguments) {
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  if (arguments.signature) return print_signature(**workspace, arguments.json);
  show_progress("measuring ...");
  const Result<std::vector<SpeedFigure>> figures = measured(**workspace, arguments);
  if (!figures) return bad_input(figures.problems());
  show_progress({});
  if (arguments.json) {
    print_json(figures_json(*figures));
    return kExitOk;
  }
  TextTable table({"speed, one core", "measured", "goal", "reached"});
  for (const SpeedFigure& figure : *figures)
    table.row({figure.what, fmt::format("{:.4g} {}", figure.value, figure.unit),
               fmt::format("{} {:g} {}", figure.more_is_better ? "at least" : "at most",
                           figure.goal, figure.unit),
               figure.reached() ? "yes" : "no"});
  print(table.text(output_style()));
  return kExitOk;
}

}  // namespace

CommandSpec bench_command(BenchArguments& arguments) {
  return {
      {"bench"},
      "The project's own speed figures",
      "Examples:\n"
      "  polyfleet bench\n"
      "  polyfleet bench --planner     (whole searches)\n"
      "  polyfleet bench --serving     (a million requests, a plan of a service)\n"
      "  polyfleet bench --fleet       (four years of 16 GW, 1,000 futures, the Philly trace)\n"
      "  polyfleet bench --signature   (one number over all golden results)",
      {{"--json", &arguments.json, "as JSON"},
       {"--planner", &arguments.planner, "whole searches of the planner, some seconds"},
       {"--serving", &arguments.serving, "the simulation and the plan of a service, some seconds"},
       {"--fleet", &arguments.fleet, "a fleet study, its futures and a job trace, about a minute"},
       {"--signature", &arguments.signature, "hash of all golden results"}},
      [&] { return run_bench(arguments); }};
}

}  // namespace polyfleet
