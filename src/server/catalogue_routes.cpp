// GET catalogue: what `catalogue list|show|compare --json` print.
#include "report/catalogue_tables.hpp"
#include "server/api_parts.hpp"

namespace polyfleet {
namespace {

std::vector<std::string> names_of(const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    if (comma > begin) names.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return names;
}

/// Names of the catalogue only: a path would make the server read a file.
bool is_catalogue_name(const ApiParts& parts, const std::string& name) {
  return name.find_first_of("/\\") == std::string::npos && !name.ends_with(".toml") &&
         !name.ends_with(".json") && !parts.readable.leads_outside(name);
}

template <class Make>
HttpResponse view(const ApiParts& parts, const Make& make) {
  const auto loan = parts.workspaces.take();
  if (!loan) return problem_response(500, loan.problems());
  const Result<CatalogueView> made = make((***loan).catalogue());
  return made ? json_response(made->json) : problem_response(404, made.problems());
}

HttpResponse list(const RouteCall& call, const ApiParts& parts) {
  const Result<Shelf> shelf = shelf_named(call.part("shelf"));
  if (!shelf) return problem_response(404, shelf.problems());
  return view(parts, [&](const Catalogue& catalogue) { return list_shelf(catalogue, *shelf); });
}

HttpResponse show(const RouteCall& call, const ApiParts& parts) {
  const Result<Shelf> shelf = shelf_named(call.part("shelf"));
  if (!shelf) return problem_response(404, shelf.problems());
  const std::string name = call.part("id");
  if (!is_catalogue_name(parts, name))
    return refusal(404, "'" + name + "' is no name of the catalogue");
  return view(parts, [&](const Catalogue& catalogue) -> Result<CatalogueView> {
    if (const auto found = catalogue.find(*shelf, name); !found) return found.problems();
    return show_entry(catalogue, name, call.query("sources") == "1");
  });
}

HttpResponse compare(const RouteCall& call, const ApiParts& parts) {
  constexpr std::size_t kMost = 12;  // columns that one can still read
  const std::vector<std::string> names = names_of(call.query("names"));
  if (names.empty() || names.size() > kMost)
    return refusal(400, "names: 1 to 12 names of accelerators or systems", "?names=mi355x,b200");
  for (const std::string& name : names) {
    if (!is_catalogue_name(parts, name))
      return refusal(404, "'" + name + "' is no name of the catalogue");
  }
  return view(parts, [&](const Catalogue& catalogue) {
    return compare_parts(catalogue, names, call.query("sources") == "1");
  });
}

}  // namespace

std::vector<Route> catalogue_routes(const ApiParts& parts) {
  const QueryParameter sources{"sources", "1: where each figure stands", {"0", "1"}};
  return {
      {.method = "GET",
       .address = "/api/v1/catalogue/{shelf}",
       .summary = "Everything on a shelf: accelerators, systems, fabrics, models, sites, prices",
       .answer = [parts](const RouteCall& call) { return list(call, parts); },
       .refusals = {404}},
      {.method = "GET",
       .address = "/api/v1/catalogue/{shelf}/{id}",
       .summary = "One entry, figure by figure; the id may have an @edition",
       .answer = [parts](const RouteCall& call) { return show(call, parts); },
       .query = {sources},
       .refusals = {404}},
      {.method = "GET",
       .address = "/api/v1/catalogue-compare",
       .summary = "Parts side by side",
       .answer = [parts](const RouteCall& call) { return compare(call, parts); },
       .query = {{"names", "ids separated by commas, at most 12"}, sources},
       .refusals = {404}}};
}

}  // namespace polyfleet
