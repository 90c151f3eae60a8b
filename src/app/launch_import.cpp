#include "app/launch_import.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "app/scenario_document.hpp"
#include "base/files.hpp"
#include "launch/foreign_settings.hpp"
#include "launch/scenario_text.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20;  // launch files have a few kB

/// Share of communication that hides, by the latest entry of the framework's profile.
double profile_share(const FrameworkProfiles& profiles, std::string_view framework,
                     std::string_view setting) {
  const FrameworkProfile* profile = profiles.find(framework);
  if (profile == nullptr) return 1;
  const ProfileContext latest{month_of("2100").value_or(0), "dense", "NVIDIA", ""};
  const ProfileDefault* found = profiles.value_of(*profile, setting, latest);
  if (found == nullptr) return 1;
  const Value value = detail::value_from_text(found->value);
  return value.number().value_or(1);
}

std::string_view framework_of(LaunchFormat format) {
  switch (format) {
    case LaunchFormat::megatron_bridge:
      return "megatron_bridge";
    case LaunchFormat::primus:
      return "primus";
    case LaunchFormat::torchtitan:
      return "torchtitan";
    default:
      return "megatron_core";
  }
}

class Importer {
 public:
  Importer(Workspace& workspace, LaunchFormat format, const std::string& path,
           const ImportWishes& wishes)
      : workspace_(workspace), format_(format), path_(path), wishes_(wishes) {}

  Result<ImportedScenario> run() {
    const Result<std::string> text = read_file(path_, kLargestFile);
    if (!text) return text.problems();
    const Result<ToolTables> tables = ToolTables::load(workspace_.data_directory().string());
    if (!tables) return tables.problems();
    const Result<ImportContext> context = make_context();
    if (!context) return context.problems();
    Result<LaunchImport> import = import_launch(format_, *text, path_, *context, *tables);
    if (!import) return import.problems();
    made_.import = std::move(*import);
    state_wishes();
    choose_model();
    require();
    if (!problems_.empty()) return std::move(problems_);
    made_.scenario = scenario_toml(
        made_.import,
        fmt::format("Read from {} ({}) by polyfleet import.", path_, name_of(format_)));
    return std::move(made_);
  }

 private:
  Result<ImportContext> make_context() {
    ImportContext context;
    context.devices = wishes_.devices;
    for (const std::string& each : wishes_.defines) {
      const std::size_t equals = each.find('=');
      if (equals == std::string::npos || equals == 0)
        return problem_at({"--define", 0, 0}, fmt::format("'{}' defines nothing", each),
                          "write --define NAME=VALUE");
      context.variables[each.substr(0, equals)] = each.substr(equals + 1);
    }
    const Result<const MappingTables*> tables = workspace_.mapping_tables();
    if (!tables) return tables.problems();
    const std::string_view framework = framework_of(format_);
    context.tensor_overlap_share =
        profile_share((*tables)->profiles, framework, "tp_overlap_share");
    context.expert_overlap_share =
        profile_share((*tables)->profiles, framework, "ep_overlap_share");
    const std::string folder = wishes_.include;
    if (!folder.empty())
      context.include = [folder](const std::string& name) {
        return read_file(std::filesystem::path(folder) / name, kLargestFile);
      };
    return context;
  }

  void state(const std::string& key, Value value, const std::string& flag) {
    set_dotted(made_.import.scenario, key, std::move(value));
    made_.import.why[key] = flag;
  }

  void state_wishes() {
    if (!wishes_.accelerator.empty()) state("accelerator", wishes_.accelerator, "--accelerator");
    if (!wishes_.system.empty()) state("system", wishes_.system, "--system");
    const std::pair<const char*, std::int64_t> counts[] = {{"devices", wishes_.devices}};
    for (const auto& [key, value] : counts) {
      if (value > 0) state(key, value, fmt::format("--{}", key));
    }
    if (wishes_.sequence > 0) state("plan.sequence_length", wishes_.sequence, "--sequence");
    if (wishes_.global_batch > 0)
      state("plan.global_batch", wishes_.global_batch, "--global-batch");
    if (wishes_.micro_batch > 0) state("plan.micro_batch", wishes_.micro_batch, "--micro-batch");
  }

  /// The model by flag, by its shape, by the name the file gives it, or as a file of its own.
  void choose_model() {
    if (!wishes_.model.empty()) return state("model", wishes_.model, "--model");
    if (made_.import.model) {
      if (wishes_.vocab > 0) made_.import.model->vocab = wishes_.vocab;
      const std::string same = catalogue_model(*made_.import.model);
      if (!same.empty()) return state("model", same, "of the same shape in the catalogue");
      if (made_.import.model->vocab > 0) return write_model(*made_.import.model);
      problems_.push_back(problem_at({path_, 0, 0},
                                     "the vocabulary is the tokenizer's, which the file only names",
                                     "give --vocab 128256, or --model"));
      return;
    }
    const std::string known = aliased_model(made_.import.model_name);
    if (!known.empty())
      return state("model", known, fmt::format("the file names {}", made_.import.model_name));
    problems_.push_back(problem_at({path_, 0, 0}, "the file does not describe its model",
                                   "give --model; `polyfleet catalogue list models` lists them"));
  }

  std::string catalogue_model(const ModelSpec& wanted) {
    for (const std::string& id : workspace_.catalogue().ids(Shelf::models)) {
      const Result<const ModelSpec*> model = workspace_.model(id);
      if (model && is_same_shape(**model, wanted)) return id;
    }
    return {};
  }

  std::string aliased_model(const std::string& name) {
    const std::string letters = letters_and_digits(name);
    if (letters.empty()) return {};
    for (const std::string& id : workspace_.catalogue().ids(Shelf::models)) {
      if (letters_and_digits(id) == letters) return id;
    }
    const Result<const MappingTables*> tables = workspace_.mapping_tables();
    if (!tables) return {};
    const auto found = (*tables)->model_alias.find(letters);
    return found == (*tables)->model_alias.end() ? std::string() : found->second;
  }

  void write_model(ModelSpec model) {
    model.id = std::filesystem::path(path_).stem().string();
    const std::string file =
        wishes_.model_file.empty() ? model.id + ".model.toml" : wishes_.model_file;
    made_.model_text = model_toml(
        model, fmt::format("The model that {} describes; no entry of the catalogue has its shape.",
                           path_));
    state("model", file, "described by the file, no entry of the catalogue has its shape");
  }

  void require() {
    const Value& scenario = made_.import.scenario;
    const auto need = [&](std::string_view key, std::string what, std::string fix) {
      if (stated(scenario, key) == nullptr)
        problems_.push_back(problem_at({path_, 0, 0}, std::move(what), std::move(fix)));
    };
    if (stated(scenario, "system") == nullptr)
      need("accelerator", "the file does not say which accelerator it runs on",
           "give --accelerator amd_mi355x, or --system");
    need("devices", "the file does not say on how many accelerators it runs",
         "give --devices 64 (or the variables of its launcher with --define)");
    need("plan.global_batch", "the file gives no global batch",
         "give --global-batch, in sequences a step");
    need("plan.sequence_length", "the file gives no sequence length", "give --sequence, in tokens");
  }

  Workspace& workspace_;
  LaunchFormat format_;
  const std::string& path_;
  const ImportWishes& wishes_;
  ImportedScenario made_;
  Diagnostics problems_;
};

}  // namespace

bool is_same_shape(const ModelSpec& a, const ModelSpec& b) {
  const auto latent = [](const ModelSpec& m) {
    return std::array{m.latent.q_lora_rank, m.latent.kv_lora_rank, m.latent.qk_nope_head_dim,
                      m.latent.qk_rope_head_dim, m.latent.v_head_dim};
  };
  const auto experts = [](const ModelSpec& m) {
    return std::array{m.moe.experts,
                      m.moe.top_k,
                      m.moe.expert_ffn,
                      m.moe.shared_expert_ffn,
                      m.moe.dense_first_layers,
                      m.moe.every,
                      m.moe.latent_dim};
  };
  const auto shape = [](const ModelSpec& m) {
    return std::array{m.layers,   m.hidden,         m.ffn,           m.heads,
                      m.kv_heads, m.sliding_window, m.linear_layers, m.full_attention_every};
  };
  constexpr double kPadding = 0.02;  // vocabularies are padded to a multiple of some hundreds
  const auto vocab = [](const ModelSpec& m) { return static_cast<double>(m.vocab); };
  const bool same_vocab = a.vocab == 0 || b.vocab == 0 ||
                          std::abs(vocab(a) - vocab(b)) <= kPadding * std::max(vocab(a), vocab(b));
  const bool is_latent = a.attention == AttentionKind::latent;
  return shape(a) == shape(b) && same_vocab && a.kind == b.kind &&
         a.ffn_matrices == b.ffn_matrices && is_latent == (b.attention == AttentionKind::latent) &&
         (!is_latent || latent(a) == latent(b)) && (is_latent || a.head_dim == b.head_dim) &&
         experts(a) == experts(b) && a.tied_embeddings == b.tied_embeddings &&
         a.mtp_layers == b.mtp_layers && a.sparse.heads == b.sparse.heads;
}

Result<ImportedScenario> import_scenario(Workspace& workspace, LaunchFormat format,
                                         const std::string& path, const ImportWishes& wishes) {
  return Importer(workspace, format, path, wishes).run();
}

}  // namespace polyfleet
