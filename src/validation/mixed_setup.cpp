#include "validation/mixed_setup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/list_reader.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

constexpr Range kAtLeastOne{1, 1e9};

Field<MixedSetup> published_field() {
  return {"published",
          "number",
          "ratio stated in the row's notes rather than as its figure",
          false,
          [](MixedSetup& into, const Value& value, Diagnostics& out) {
            into.published = detail::read_number(value, {0.01, 100}, false, "published", out);
          },
          [](const MixedSetup& from) { return from.published ? Value(*from.published) : Value(); }};
}

FieldTable<SetupPool> pool_fields() {
  using P = SetupPool;
  return {required(text_field("name", &P::name, "as the stages call it")),
          required(text_field("system", &P::system, "catalogue id")),
          required(integer_field("devices", &P::devices, kAtLeastOne, "accelerators")),
          text_field("framework", &P::framework, "profile id"),
          text_field("release_date", &P::release_date, "software of that month")};
}

FieldTable<SetupGroup> group_fields() {
  using S = SetupStages;
  using G = SetupGroup;
  const FieldTable<S> stage_fields{
      required(text_field("pool", &S::pool, "name of a pool of this row")),
      integer_field("tensor", &S::tensor, kAtLeastOne, "tensor-parallel degree"),
      required(integer_list_field("layers", &S::layers, {0, 1e6}, "layers of each stage"))};
  return {integer_field("replicas", &G::replicas, kAtLeastOne, "data-parallel degree"),
          tables_field("stages", &G::stages, stage_fields, "in pipeline order")};
}

FieldTable<SetupAlternative> alternative_fields() {
  using A = SetupAlternative;
  return {required(text_field("what", &A::what, "in words")),
          integer_field("sequence_length", &A::sequence_length, kAtLeastOne, "tokens"),
          integer_field("global_batch", &A::global_batch, kAtLeastOne, "sequences"),
          integer_field("micro_batch", &A::micro_batch, kAtLeastOne, "sequences"),
          bool_field("reversed", &A::reversed, "stages in the opposite order")};
}

FieldTable<MixedSetup> setup_fields() {
  using M = MixedSetup;
  return {required(text_field("source", &M::source, "of the published row")),
          required(text_field("workload", &M::workload, "of the published row")),
          text_field("compared", &M::compared, "what the ratio is against"),
          published_field(),
          text_list_field("missing", &M::missing, "why the row cannot be set up"),
          text_field("model", &M::model, "catalogue id"),
          integer_field("sequence_length", &M::sequence_length, kAtLeastOne, "tokens"),
          integer_field("global_batch", &M::global_batch, kAtLeastOne, "sequences per step"),
          integer_field("micro_batch", &M::micro_batch, kAtLeastOne, "sequences"),
          table_field("settings", &M::settings, plan_fields(), "as in a scenario's plan"),
          tables_field("pools", &M::pools, pool_fields(), "of the cluster"),
          tables_field("mixed", &M::mixed, group_fields(), "replica groups of the mixed run"),
          tables_field("reference", &M::reference, group_fields(), "runs it is compared with"),
          tables_field("alternatives", &M::alternatives, alternative_fields(), "other readings"),
          text_list_field("assumptions", &M::assumptions, "what the source leaves open")};
}

void check(const MixedSetup& setup, const Position& where, Diagnostics& problems) {
  if (!setup.missing.empty()) return;
  if (setup.mixed.empty() || setup.reference.empty() || setup.model.empty() ||
      setup.sequence_length == 0 || setup.global_batch == 0) {
    problems.push_back(
        problem_at(where, fmt::format("{} ({}) is not set up", setup.source, setup.workload),
                   "give model, sequence_length, global_batch, mixed and reference, "
                   "or say what is missing"));
    return;
  }
  for (const auto* groups : {&setup.mixed, &setup.reference}) {
    for (const SetupGroup& group : *groups) {
      for (const SetupStages& stages : group.stages) {
        const bool known =
            std::any_of(setup.pools.begin(), setup.pools.end(),
                        [&](const SetupPool& pool) { return pool.name == stages.pool; });
        if (!known)
          problems.push_back(problem_at(where, fmt::format("no pool '{}' here", stages.pool),
                                        "name it under pools"));
      }
    }
  }
}

}  // namespace

Result<std::vector<MixedSetup>> load_mixed_setups(
    const std::filesystem::path& validation_directory) {
  const std::string path = (validation_directory / "mixed_rows.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  const Value* list = document->find("row");
  if (list == nullptr || list->array() == nullptr)
    return problem_at({path, 0, 0}, "holds no [[row]] entry");
  const FieldTable<MixedSetup> fields = setup_fields();
  std::vector<MixedSetup> setups;
  Diagnostics problems;
  for (const Value& item : *list->array()) {
    MixedSetup setup;
    const std::size_t before = problems.size();
    read_fields(item, fields, setup, "a row", problems);
    if (problems.size() == before) check(setup, item.where(), problems);
    setups.push_back(std::move(setup));
  }
  if (!problems.empty()) return problems;
  return setups;
}

}  // namespace polyfleet
