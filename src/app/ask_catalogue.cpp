// `catalogue compare`: parts side by side.
#include <memory>

#include "app/question_kinds.hpp"
#include "report/catalogue_tables.hpp"
#include "view/catalogue_page.hpp"

namespace polyfleet {
namespace {

Result<Reply> ask_catalogue_compare(const Question& question, Workspace& workspace,
                                    const RunControl&) {
  const std::vector<std::string> names = texts_option(question, "names");
  const Catalogue* catalogue = &workspace.catalogue();
  Result<CatalogueView> made = compare_parts(*catalogue, names, flag_option(question, "sources"));
  if (!made) return made.problems();
  Result<std::vector<ComparedPart>> found = compared_parts(*catalogue, names);
  if (!found) return found.problems();
  const auto view = std::make_shared<const CatalogueView>(*std::move(made));
  const auto parts = std::make_shared<const std::vector<ComparedPart>>(*std::move(found));
  return Reply{.verdict = Verdict::ok,
               .json = [=] { return view->json; },
               .text = [=](const PageStyle& style) { return to_text(*view, style); },
               .page = [=] { return catalogue_page(*parts, *catalogue); }};
}

}  // namespace

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
