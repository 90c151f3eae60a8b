#include "launch/megatron_lm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "launch/megatron_reading.hpp"
#include "launch/megatron_settings.hpp"
#include "launch/pool_files.hpp"
#include "launch/shell_script.hpp"

namespace polyfleet {
namespace {

std::string argument_word(const Value& value) {
  if (const std::string* text = value.text()) return shell_quoted(*text);
  return to_json(value, -1);
}

/// "--name value" lines of an array.
std::string argument_lines(const std::vector<ToolSetting>& settings, const ToolTable& table) {
  std::string lines;
  for (const ToolSetting& setting : settings) {
    const std::string* name = table.name_of(setting.concept_id);
    if (const bool* on = setting.value.boolean()) {
      const std::string* written = *on ? name : table.off_name_of(setting.concept_id);
      if (written != nullptr) lines += fmt::format("  {}\n", *written);
      continue;
    }
    if (setting.value.is_null()) continue;
    lines += fmt::format("  {}", *name);
    if (const Array* list = setting.value.array()) {
      for (const Value& each : *list) lines += " " + argument_word(each);
    } else {
      lines += " " + argument_word(setting.value);
    }
    lines += "\n";
  }
  return lines;
}

std::string trial_words(const ToolTable& table) {
  std::string words;
  const Value* trial = table.section("trial");
  const Value* list = trial == nullptr ? nullptr : trial->find("arguments");
  if (list == nullptr || list->array() == nullptr) return words;
  for (const Value& each : *list->array())
    words += (words.empty() ? "" : " ") + argument_word(each);
  return words;
}

constexpr std::string_view kScript = R"(#!/usr/bin/env bash
# {0}.
# Made by polyfleet; arguments as of Megatron-LM {1}.
# Run it in a checkout of Megatron-LM on every node; NODE_RANK and MASTER_ADDR come from the launcher.
set -euo pipefail
export CUDA_DEVICE_MAX_CONNECTIONS=1

GPUS_PER_NODE={2}
NNODES={3}

MODEL_ARGS=(
{4})

PLAN_ARGS=(
{5})

# A trial on synthetic data; give your own data and training arguments instead.
RUN_ARGS=({6})

torchrun --nproc_per_node "$GPUS_PER_NODE" --nnodes "$NNODES" --node_rank "${{NODE_RANK:-0}}" \
  --master_addr "${{MASTER_ADDR:-localhost}}" --master_port "${{MASTER_PORT:-29500}}" \
  pretrain_gpt.py "${{MODEL_ARGS[@]}}" "${{PLAN_ARGS[@]}}" "${{RUN_ARGS[@]}}" "$@"
)";

/// The arguments of the launcher and of sbatch that tell how many devices there are.
class DeviceCount {
 public:
  /// Whether the name belongs to the launcher.
  bool take(const std::string& name, const std::string& value) {
    constexpr std::string_view kLauncher[] = {"--node_rank",
                                              "--node-rank",
                                              "--master_addr",
                                              "--master-addr",
                                              "--master_port",
                                              "--master-port",
                                              "--rdzv_id",
                                              "--rdzv-id",
                                              "--rdzv_backend",
                                              "--rdzv-backend",
                                              "--rdzv_endpoint",
                                              "--rdzv-endpoint",
                                              "--rdzv_conf",
                                              "--rdzv-conf",
                                              "--log_dir",
                                              "--log-dir",
                                              "--tee",
                                              "--redirects",
                                              "--max_restarts",
                                              "--max-restarts",
                                              "--standalone",
                                              "--role",
                                              "--local-ranks-filter",
                                              "--local_ranks_filter"};
    if (name == "--nproc_per_node" || name == "--nproc-per-node")
      per_node_ = number(value);
    else if (name == "--nnodes")
      nodes_ = number(value);
    else
      return std::find(std::begin(kLauncher), std::end(kLauncher), name) != std::end(kLauncher);
    return true;
  }
  void take_batch(const std::vector<ShellWord>& words) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const std::string &name = words[i].text, &value = words[i + 1].text;
      if (name == "--nodes" || name == "-N") batch_nodes_ = number(value);
      if (name == "--gpus-per-node" || name == "--gres")
        batch_per_node_ = number(value.substr(value.rfind(':') + 1));
    }
  }
  /// 0 when it cannot be told.
  std::int64_t devices() const {
    const std::int64_t nodes = nodes_ > 0 ? nodes_ : batch_nodes_;
    const std::int64_t each = per_node_ > 0 ? per_node_ : batch_per_node_;
    if (each == 0) return 0;
    return (nodes == 0 ? 1 : nodes) * each;
  }

 private:
  static std::int64_t number(const std::string& text) {
    std::int64_t n = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    constexpr std::int64_t kMost = 1 << 24;
    return error == std::errc() && stop == text.data() + text.size() && n > 0 && n <= kMost ? n : 0;
  }

  std::int64_t per_node_ = 0, nodes_ = 0, batch_nodes_ = 0, batch_per_node_ = 0;
};

bool is_flag(const ShellWord& word) { return word.text.size() > 2 && word.text.starts_with("--"); }

/// Reads the words of one command as a parser of arguments does.
void read_arguments(const std::vector<ShellWord>& words, ForeignSettings& settings,
                    DeviceCount& count) {
  for (std::size_t i = 0; i < words.size();) {
    if (!is_flag(words[i])) {
      ++i;
      continue;
    }
    const std::size_t equals = words[i].text.find('=');
    const std::string name = words[i].text.substr(0, equals);
    const Position where = words[i].where;
    Value values{Array{}};
    if (equals != std::string::npos) values.push(words[i].text.substr(equals + 1));
    ++i;
    const std::string* concept_id = settings.table().concept_of(name);
    const bool is_switch = settings.table().switched_off_by(name) != nullptr ||
                           (concept_id != nullptr && settings.table().is_switch(*concept_id));
    for (; !is_switch && equals == std::string::npos && i < words.size() && !is_flag(words[i]); ++i)
      values.push(words[i].text);
    const Array& list = *values.array();
    const std::string first =
        list.empty() || list.front().text() == nullptr ? "" : *list.front().text();
    if (count.take(name, first)) continue;
    Value value = list.empty() ? Value(true) : list.size() == 1 ? Value(first) : values;
    settings.add(name, std::move(value), where);
  }
}

bool has_flags(const std::vector<ShellWord>& words) {
  return std::any_of(words.begin(), words.end(), is_flag);
}

/// Whether the words hold an argument that the table knows: containers and launchers have theirs.
bool has_known_flags(const std::vector<ShellWord>& words, const ToolTable& table) {
  return std::any_of(words.begin(), words.end(), [&](const ShellWord& word) {
    return is_flag(word) && table.concept_of(word.text.substr(0, word.text.find('='))) != nullptr;
  });
}

}  // namespace

Result<LaunchExport> export_megatron_lm(const LaunchJob& job, const ToolTables& tables) {
  const ToolTable& table = tables.megatron_lm;
  Diagnostics problems;
  const auto write = [&](const LaunchPool& pool, PlanSettings& settings) -> std::string {
    PlanSettings model(pool.plan);
    put_megatron_model(job.model, model);
    for (const Unexpressed& each : model.unexpressed())
      settings.leave_out_other(each.setting, each.value, each.why);
    put_megatron_plan(job.model, tables, settings);
    settings.keep_named(table);
    model.keep_named(table);
    const Result<std::int64_t> nodes = nodes_of(pool);
    if (!nodes) problems = nodes.problems();
    return fmt::format(kScript, job_line(job, pool), table.checked(), devices_on_node(pool),
                       nodes ? *nodes : 0, argument_lines(model.settings(), table),
                       argument_lines(settings.settings(), table), trial_words(table));
  };
  Result<LaunchExport> made = write_pools(job, "megatron_lm", ".sh", table.tool(), write);
  if (!problems.empty()) return problems;
  return made;
}

Result<LaunchImport> import_megatron_lm(std::string_view text, const std::string& file,
                                        const ImportContext& context, const ToolTables& tables) {
  Result<ShellScript> script = read_shell_script(text, file, context.variables);
  if (!script) return script.problems();
  LaunchImport import;
  import.scenario = Value(Table{});
  import.unresolved = script->unresolved;
  ForeignSettings settings(tables.megatron_lm, import);
  DeviceCount count;
  count.take_batch(script->batch_options);
  bool found = false;
  for (const auto& command : script->commands) {
    if (!has_known_flags(command, tables.megatron_lm)) continue;
    found = true;
    read_arguments(command, settings, count);
  }
  for (const auto& array : script->arrays) {
    if (!found && has_flags(array)) read_arguments(array, settings, count);
  }
  if (settings.is_empty())
    return problem_at({file, 0, 0}, "holds no argument of Megatron-LM",
                      "give the script or list that has --num-layers, --micro-batch-size, ...");
  ImportContext known = context;
  if (known.devices == 0) known.devices = count.devices();
  if (known.devices > 0)
    settings.state_from("devices", known.devices,
                        context.devices > 0 ? "--devices" : "nodes x processes of the launcher",
                        {});
  settings.state_from("framework", "megatron_core", "the format", {});
  import.model = read_megatron_model(settings);
  read_megatron_plan(settings, known);
  if (!settings.problems().empty()) return settings.problems();
  return import;
}

}  // namespace polyfleet
