#include "app/workspace.hpp"
#include "cli/ask_command.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "report/catalogue_tables.hpp"

namespace polyfleet {
namespace {

template <class Make>
int show(bool json, const Make& make) {
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<CatalogueView> view = make((*workspace)->catalogue());
  if (!view) return bad_input(view.problems());
  if (json) {
    print_json(view->json);
  } else {
    print(to_text(*view, output_style()));
  }
  return kExitOk;
}

int list(const CatalogueListArguments& arguments) {
  return show(arguments.json, [&](const Catalogue& catalogue) -> Result<CatalogueView> {
    const Result<Shelf> shelf = shelf_named(arguments.shelf);
    if (!shelf) return shelf.problems();
    return list_shelf(catalogue, *shelf);
  });
}

OptionSpec json_option(bool& json) { return {"--json", &json, "as JSON"}; }
OptionSpec sources_option(bool& sources) {
  return {"--sources", &sources, "where each figure stands"};
}

}  // namespace

CommandSpec catalogue_list_command(CatalogueListArguments& arguments) {
  return {{"catalogue", "list"},
          "Everything on one shelf",
          "",
          {{.names = "shelf",
            .target = &arguments.shelf,
            .help = "accelerators, systems, fabrics, models, sites or prices",
            .show_default = true},
           json_option(arguments.json)},
          [&] { return list(arguments); }};
}

CommandSpec catalogue_show_command(CatalogueShowArguments& arguments) {
  return {{"catalogue", "show"},
          "One entry, figure by figure",
          "",
          {{.names = "name",
            .target = &arguments.name,
            .help = "id, alias or path, with an optional @edition",
            .required = true},
           sources_option(arguments.sources),
           json_option(arguments.json)},
          [&] {
            return show(arguments.json, [&](const Catalogue& catalogue) {
              return show_entry(catalogue, arguments.name, arguments.sources);
            });
          }};
}

CommandSpec catalogue_compare_command(AskArguments& arguments) {
  return ask_command("catalogue compare", arguments, "", {});
}

}  // namespace polyfleet
