#include <fmt/format.h>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "config/fields.hpp"
#include "config/list_reader.hpp"
#include "units/text.hpp"
#include "validation/serve_tables.hpp"
#include "validation/table_fields.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr Range kAnyCount{0, 1e9};
constexpr Range kTokens{0, 1e7};

/// The conditions of an entry that derives from ServeConditions.
template <class T>
FieldTable<T> condition_fields() {
  return {text_list_field<T>("sources", &T::sources, "leading letters of ids"),
          text_list_field<T>("engines", &T::engines, "profile ids"),
          text_list_field<T>("accelerators", &T::accelerators, "as the rows name them"),
          text_list_field<T>("families", &T::families, "accelerator families"),
          text_list_field<T>("models", &T::models, "catalogue ids"),
          integer_list_field<T, std::int64_t>("input_lengths", &T::input_lengths, kTokens,
                                              "prompt lengths"),
          text_field<T>("id", &T::id, "pattern of row ids"),
          text_field<T>("vendor", &T::vendor, "of the accelerator"),
          text_field<T>("accelerator", &T::accelerator, "as the rows name it"),
          text_field<T>("precision", &T::precision, "letters and digits of the column"),
          text_field<T>("gemm", &T::gemm, "the remark gemm_quant"),
          text_field<T>("kind", &T::kind, "dense or moe"),
          text_field<T>("speculative", &T::speculative, "yes or no"),
          text_field<T>("attention_dp", &T::attention_dp, "yes or no"),
          text_field<T>("disaggregated", &T::disaggregated, "yes or no"),
          integer_field<T, int>("tensor", &T::tensor, kAnyCount, "tensor ranks"),
          integer_field<T, std::int64_t>("least_concurrency", &T::least_concurrency, kAnyCount,
                                         "users at least"),
          integer_field<T, std::int64_t>("most_concurrency", &T::most_concurrency, kAnyCount,
                                         "users at most")};
}

/// A field of the recipe inside an entry.
Field<RecipeEntry> inner(Field<ServeRecipe> field) {
  return {field.key,
          field.type,
          field.help,
          false,
          [=](RecipeEntry& into, const Value& value, Diagnostics& out) {
            field.read(into.recipe, value, out);
          },
          [=](const RecipeEntry& from) { return field.print(from.recipe); }};
}

FieldTable<RecipeEntry> serve_recipe_fields() {
  using R = ServeRecipe;
  FieldTable<RecipeEntry> fields = condition_fields<RecipeEntry>();
  for (Field<R>& field : std::vector<Field<R>>{
           integer_field("token_budget", &R::token_budget, kTokens, "new tokens an iteration"),
           integer_field("max_sequences", &R::max_sequences, kAnyCount, "running at once"),
           bool_field("prompt_in_budget", &R::prompt_in_budget, "budget holds prompt and users"),
           number_field("memory_fraction", &R::memory_fraction, kShareRange, "of the memory"),
           text_field("cache", &R::cache, "format of keys and values"),
           integer_field("receive_interval", &R::receive_interval, kAnyCount, "iterations"),
           integer_field("first_token_steps", &R::first_token_steps, kAnyCount, "iterations"),
           integer_field("draft_tokens", &R::draft_tokens, {0, 16}, "a step"),
           number_field("shortest_length", &R::shortest_length, kShareRange, "of the nominal one"),
           integer_field("requests_per_user", &R::requests_per_user, kAnyCount, "of the run"),
           integer_field("warm_up_per_user", &R::warm_up_per_user, kAnyCount, "not measured")})
    fields.push_back(inner(field));
  fields.push_back(required(text_field<RecipeEntry>("source", &RecipeEntry::source, "where")));
  return fields;
}

FieldTable<FormatEntry> format_fields() {
  FieldTable<FormatEntry> fields = condition_fields<FormatEntry>();
  fields.push_back(required(text_field("formats", &FormatEntry::formats, "named set")));
  fields.push_back(required(text_field("source", &FormatEntry::source, "where it stands")));
  return fields;
}

FieldTable<AcceptanceEntry> acceptance_fields() {
  using A = AcceptanceEntry;
  return {required(integer_field("draft_tokens", &A::draft_tokens, {1, 16}, "a step")),
          required(number_field("tokens_per_step", &A::tokens_per_step, {1, 17}, "on average")),
          required(text_field("source", &A::source, "where it stands")),
          required(text_field("status", &A::status, "how sure"))};
}

FieldTable<ServeDataset> dataset_fields() {
  using D = ServeDataset;
  return {required(text_field("benchmark", &D::benchmark, "beginning of the name")),
          required(number_field("input_tokens", &D::input_tokens, kTokens, "mean prompt")),
          required(number_field("output_tokens", &D::output_tokens, kTokens, "mean reply")),
          number_field("input_variation", &D::input_variation, {0, 10}, "deviation over mean"),
          number_field("output_variation", &D::output_variation, {0, 10}, "deviation over mean"),
          text_field("server_ttft", &D::server_ttft, "99th percentile"),
          text_field("server_tpot", &D::server_tpot, "99th percentile"),
          text_field("interactive_ttft", &D::interactive_ttft, "99th percentile"),
          text_field("interactive_tpot", &D::interactive_tpot, "99th percentile"),
          required(text_field("source", &D::source, "where it stands")),
          required(text_field("status", &D::status, "how sure"))};
}

FieldTable<ServeRule> rule_fields() {
  using R = ServeRule;
  return {text_list_field("ids", &R::ids, "configurations"),
          text_field("note", &R::note, "part of the notes"),
          text_list_field("metrics", &R::metrics, "empty = all"),
          required(text_field("action", &R::action, "leave_out or apart")),
          text_field("label", &R::label, "of rows reported apart"),
          required(text_field("reason", &R::reason, "why")),
          required(text_field("source", &R::source, "where it stands"))};
}

FieldTable<MeasuredRules> measured_fields() {
  using M = MeasuredRules;
  return {
      required(number_field("most_of_peak", &M::most_of_peak, kShareRange, "share of the peak")),
      required(number_field("saturated_ttft_of_decode", &M::saturated_ttft_of_decode, {0, 10},
                            "TTFT over decode time"))};
}

FieldTable<ServeRelease> release_fields() {
  using R = ServeRelease;
  return {required(text_field("engine", &R::engine, "profile id")),
          required(text_field("until", &R::until, "month, not included")),
          required(text_field("version", &R::version, "release in use")),
          required(text_field("source", &R::source, "where it stands"))};
}

FieldTable<ServeHarness> harness_fields() {
  using H = ServeHarness;
  return {required(text_field("name", &H::name, "of the harness")),
          required(text_list_field("sources", &H::sources, "that come out of it"))};
}

}  // namespace

/// Reads the files one after the other and keeps every problem.
class ServeTablesReader {
 public:
  explicit ServeTablesReader(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<ServeTables> read() {
    read_recipes();
    if (const auto document = open("serving_formats.toml"))
      into_.formats_ = list(*document, "format", format_fields());
    if (const auto document = open("serving_releases.toml"))
      into_.releases_ = list(*document, "release", release_fields());
    if (const auto document = open("serving_datasets.toml"))
      into_.datasets_ = list(*document, "dataset", dataset_fields());
    read_rules();
    read_split();
    read_aliases();
    check();
    if (!problems_.empty()) return problems_;
    return std::move(into_);
  }

 private:
  std::optional<Value> open(const std::string& name) {
    Result<Value> read = read_document((folder_ / name).string());
    if (read) return std::move(*read);
    problems_.insert(problems_.end(), read.problems().begin(), read.problems().end());
    return {};
  }

  template <class T>
  std::vector<T> list(const Value& document, std::string_view name, const FieldTable<T>& fields) {
    return read_list(document, name, fields, problems_);
  }

  std::vector<std::string> texts(const Value& document, std::string_view key) {
    std::vector<std::string> found;
    const Value* entries = document.find(key);
    if (entries == nullptr || entries->array() == nullptr) {
      problems_.push_back(problem_at(document.where(), fmt::format("no list '{}'", key)));
      return found;
    }
    for (const Value& entry : *entries->array()) {
      if (entry.text() != nullptr) found.push_back(*entry.text());
    }
    return found;
  }

  void read_recipes() {
    const auto document = open("serving_recipes.toml");
    if (!document) return;
    into_.recipes_ = list(*document, "recipe", serve_recipe_fields());
    into_.acceptance_ = list(*document, "acceptance", acceptance_fields());
    const Value* offline = document->find("offline");
    if (offline == nullptr || offline->array() == nullptr) return;
    for (const Value& table : *offline->array()) read_offline(table);
  }

  void read_offline(const Value& table) {
    const Value* runs = table.find("runs");
    if (runs == nullptr || runs->array() == nullptr || table.find("source") == nullptr) {
      problems_.push_back(problem_at(table.where(), "offline needs runs and source"));
      return;
    }
    for (const Value& run : *runs->array()) {
      std::vector<std::int64_t> numbers;
      if (run.array() != nullptr) {
        for (const Value& number : *run.array()) {
          if (number.integer() != nullptr) numbers.push_back(*number.integer());
        }
      }
      if (numbers.size() == 3) {
        into_.offline_runs_.push_back(std::move(numbers));
      } else {
        problems_.push_back(problem_at(run.where(), "a run is [input, output, requests]"));
      }
    }
  }

  void read_rules() {
    const auto document = open("serving_rules.toml");
    if (!document) return;
    into_.rules = list(*document, "rule", rule_fields());
    if (const Value* measured = document->find("measured")) {
      read_fields(*measured, measured_fields(), into_.measured, "measured", problems_);
    } else {
      problems_.push_back(problem_at(document->where(), "no [measured] in the file"));
    }
    for (const ServeRule& rule : into_.rules) {
      const bool known =
          rule.action == "leave_out" || (rule.action == "apart" && !rule.label.empty());
      if (!known || (rule.ids.empty() && rule.note.empty()))
        problems_.push_back(
            problem_at(document->where(), fmt::format("the rule '{}' is incomplete", rule.reason),
                       "give action leave_out, or apart with a label, and ids or a note"));
    }
  }

  void read_split() {
    const auto document = open("serving_split.toml");
    if (!document) return;
    into_.fit_ = texts(*document, "fit");
    into_.judge_ = texts(*document, "judge");
    into_.judged_models_ = texts(*document, "judged_models");
    into_.harnesses = list(*document, "harness", harness_fields());
  }

  void read_aliases() {
    const std::string path = (folder_ / "aliases.csv").string();
    const Result<std::string> text = read_file(path);
    const Result<CsvTable> table = text ? CsvTable::parse(*text, path) : text.problems();
    if (!table) return keep(table.problems());
    const auto columns = table->require({"truth_model_name", "catalogue_id", "kind"});
    if (!columns) return keep(columns.problems());
    for (const CsvRow& row : table->rows()) {
      auto& ids = row.cells[(*columns)[2]] == "accelerator" ? into_.accelerators_ : into_.models_;
      ids[letters_and_digits(row.cells[(*columns)[0]])] = row.cells[(*columns)[1]];
    }
  }

  void keep(const Diagnostics& problems) {
    problems_.insert(problems_.end(), problems.begin(), problems.end());
  }

  /// A limit that no reader could use later is a fault of the data, found now.
  void check() {
    for (const ServeDataset& set : into_.datasets_) {
      for (const std::string& limit :
           {set.server_ttft, set.server_tpot, set.interactive_ttft, set.interactive_tpot}) {
        if (!limit.empty() && !parse_quantity<Seconds>(limit))
          problems_.push_back(
              problem(fmt::format("{}: '{}' is no duration", set.benchmark, limit)));
      }
    }
  }

  std::filesystem::path folder_;
  ServeTables into_;
  Diagnostics problems_;
};

Result<ServeTables> ServeTables::load(const std::filesystem::path& validation_directory) {
  return ServeTablesReader(validation_directory).read();
}

}  // namespace polyfleet
