#include "cli/catalogue_power_command.hpp"

#include "app/workspace.hpp"
#include "cli/output.hpp"
#include "report/power_tables.hpp"

namespace polyfleet {
namespace {

constexpr double kHighestPue = 5;

int show(bool json, const Result<CatalogueView>& view) {
  if (!view) return bad_input(view.problems());
  if (json) {
    print_json(view->json);
  } else {
    print(to_text(*view, output_style()));
  }
  return kExitOk;
}

int power(const CataloguePowerArguments& arguments) {
  if (arguments.pue != 0 && !(arguments.pue >= 1 && arguments.pue <= kHighestPue))
    return bad_input({problem("--pue must lie between 1 and 5")});
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Catalogue& catalogue = (*workspace)->catalogue();
  const auto pue = arguments.pue == 0 ? std::optional<double>() : arguments.pue;
  return show(arguments.json, arguments.system.empty()
                                  ? power_of_systems(catalogue, pue)
                                  : power_of_system(catalogue, arguments.system, pue));
}

int cooling(const CatalogueCoolingArguments& arguments) {
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  return show(arguments.json, cooling_of_places((*workspace)->catalogue()));
}

}  // namespace

CommandSpec catalogue_power_command(CataloguePowerArguments& arguments) {
  return {{"catalogue", "power"},
          "What systems draw in a fleet, and how many accelerators a gigawatt carries",
          "Examples:\n"
          "  polyfleet catalogue power\n"
          "  polyfleet catalogue power gb200_nvl72 --pue 1.08\n",
          {{.names = "system",
            .target = &arguments.system,
            .help = "one system from accelerator to meter; none: all systems"},
           {.names = "--pue",
            .target = &arguments.pue,
            .help = "published PUE of the hall instead of each system's own",
            .type = "NUMBER"},
           {.names = "--json", .target = &arguments.json, .help = "as JSON"}},
          [&] { return power(arguments); }};
}

CommandSpec catalogue_cooling_command(CatalogueCoolingArguments& arguments) {
  return {{"catalogue", "cooling"},
          "Yearly PUE by place and kind of cooling",
          "Examples:\n"
          "  polyfleet catalogue cooling\n"
          "  polyfleet catalogue cooling --json\n",
          {{.names = "--json", .target = &arguments.json, .help = "as JSON"}},
          [&] { return cooling(arguments); }};
}

}  // namespace polyfleet
