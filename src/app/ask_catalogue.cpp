// `catalogue list`, `catalogue show` and `catalogue compare`: a shelf, an entry, parts side by
// side.
#include <memory>

#include "app/question_kinds.hpp"
#include "report/catalogue_tables.hpp"
#include "view/catalogue_page.hpp"
#include "view/catalogue_shelf_page.hpp"

namespace polyfleet {
namespace {

Reply catalogue_reply(CatalogueView made, std::function<FigurePage()> page) {
  const auto view = std::make_shared<const CatalogueView>(std::move(made));
  return {.verdict = Verdict::ok,
          .json = [=] { return view->json; },
          .text = [=](const PageStyle& style) { return to_text(*view, style); },
          .page = std::move(page)};
}

Result<Reply> ask_catalogue_list(const Question& question, Workspace& workspace,
                                 const RunControl&) {
  const Catalogue* catalogue = &workspace.catalogue();
  const Result<Shelf> shelf = shelf_named(text_option(question, "shelf"));
  if (!shelf) return shelf.problems();
  Result<CatalogueView> view = list_shelf(*catalogue, *shelf);
  if (!view) return view.problems();
  return catalogue_reply(*std::move(view),
                         [catalogue, shelf = *shelf] { return shelf_page(*catalogue, shelf); });
}

Result<Reply> ask_catalogue_show(const Question& question, Workspace& workspace,
                                 const RunControl&) {
  const Catalogue* catalogue = &workspace.catalogue();
  const std::string name = text_option(question, "name");
  Result<CatalogueView> view = show_entry(*catalogue, name, flag_option(question, "sources"));
  if (!view) return view.problems();
  const Result<Shelf> shelf = shelf_holding(*catalogue, name);
  if (!shelf) return shelf.problems();
  return catalogue_reply(*std::move(view), [catalogue, name, shelf = *shelf] {
    return entry_page(*catalogue, shelf, name);
  });
}

Result<Reply> ask_catalogue_compare(const Question& question, Workspace& workspace,
                                    const RunControl&) {
  const std::vector<std::string> names = texts_option(question, "names");
  const Catalogue* catalogue = &workspace.catalogue();
  Result<CatalogueView> made = compare_parts(*catalogue, names, flag_option(question, "sources"));
  if (!made) return made.problems();
  Result<std::vector<ComparedPart>> found = compared_parts(*catalogue, names);
  if (!found) return found.problems();
  const auto parts = std::make_shared<const std::vector<ComparedPart>>(*std::move(found));
  return catalogue_reply(*std::move(made), [=] { return catalogue_page(*parts, *catalogue); });
}

}  // namespace

QuestionKind catalogue_list_kind() {
  return {.command = "catalogue list",
          .summary = "Everything on one shelf",
          .scenario_help = {},
          .scenario = ScenarioUse::none,
          .takes_settings = false,
          .options = {{.name = "shelf",
                       .kind = OptionKind::text,
                       .help = "accelerators, systems, fabrics, models, sites or prices",
                       .usual = "accelerators",
                       .positional = true}},
          .files = {},
          .ask = ask_catalogue_list};
}

QuestionKind catalogue_show_kind() {
  return {.command = "catalogue show",
          .summary = "One entry, figure by figure",
          .scenario_help = {},
          .scenario = ScenarioUse::none,
          .takes_settings = false,
          .options = {{.name = "name",
                       .kind = OptionKind::text,
                       .help = "id, alias or path, with an optional @edition",
                       .positional = true,
                       .required = true},
                      {.name = "sources", .help = "where each figure stands"}},
          .files = {},
          .ask = ask_catalogue_show};
}

QuestionKind catalogue_compare_kind() {
  return {.command = "catalogue compare",
          .summary = "Parts side by side",
          .scenario_help = {},
          .scenario = ScenarioUse::none,
          .takes_settings = false,
          .options = {{.name = "names",
                       .kind = OptionKind::texts,
                       .help = "ids, aliases or paths",
                       .positional = true,
                       .required = true},
                      {.name = "sources", .help = "where each figure stands"}},
          .files = {},
          .ask = ask_catalogue_compare};
}

}  // namespace polyfleet
