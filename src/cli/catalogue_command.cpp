#include "app/workspace.hpp"
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

}  // namespace

int run_catalogue_list(const CatalogueListArguments& arguments) {
  return show(arguments.json, [&](const Catalogue& catalogue) -> Result<CatalogueView> {
    const Result<Shelf> shelf = shelf_named(arguments.shelf);
    if (!shelf) return shelf.problems();
    return list_shelf(catalogue, *shelf);
  });
}

int run_catalogue_show(const CatalogueShowArguments& arguments) {
  return show(arguments.json, [&](const Catalogue& catalogue) {
    return show_entry(catalogue, arguments.name, arguments.sources);
  });
}

int run_catalogue_compare(const CatalogueCompareArguments& arguments) {
  return show(arguments.json, [&](const Catalogue& catalogue) {
    return compare_parts(catalogue, arguments.names, arguments.sources);
  });
}

}  // namespace polyfleet
