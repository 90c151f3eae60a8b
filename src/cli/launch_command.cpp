#include "cli/launch_command.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <map>

#include "app/launch_export.hpp"
#include "base/files.hpp"
#include "base/spelling.hpp"
#include "cli/output.hpp"
#include "report/table.hpp"

namespace polyfleet {
namespace {

void print_aside(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

std::vector<std::string> format_names(bool imports_only) {
  std::vector<std::string> names;
  for (const LaunchFormatEntry& entry : launch_formats()) {
    if (entry.imports || !imports_only) names.emplace_back(entry.name);
  }
  return names;
}

Result<LaunchFormat> format_of(const std::string& name, bool imports_only) {
  const std::vector<std::string> names = format_names(imports_only);
  const auto format = launch_format_named(name);
  const bool is_there = std::find(names.begin(), names.end(), name) != names.end();
  if (format && is_there) return *format;
  return problem(fmt::format("unknown format '{}'", name), name_suggestion(name, names));
}

std::string unexpressed_text(const LaunchExport& made) {
  if (made.unexpressed.empty()) return "Every setting of the plan is in the files.\n";
  TextTable table({"not in the files", "value", "why"});
  for (const Unexpressed& each : made.unexpressed) table.row({each.setting, each.value, each.why});
  return table.text(output_style());
}

Value export_json(const LaunchExport& made) {
  Value files{Array{}}, unexpressed{Array{}};
  for (const LaunchFile& file : made.files) {
    Value entry{Table{}};
    entry.set("name", file.name);
    entry.set("text", file.text);
    files.push(entry);
  }
  for (const Unexpressed& each : made.unexpressed) {
    Value entry{Table{}};
    entry.set("setting", each.setting);
    entry.set("value", each.value);
    entry.set("why", each.why);
    unexpressed.push(entry);
  }
  Value json{Table{}};
  json.set("files", files);
  json.set("unexpressed", unexpressed);
  return json;
}

int run_export(const ExportArguments& arguments) {
  const Result<LaunchFormat> format = format_of(arguments.format, false);
  if (!format) return bad_input(format.problems());
  std::vector<Setting> settings;
  for (const std::string& text : arguments.sets) {
    Result<Setting> setting = setting_of(text);
    if (!setting) return bad_input(setting.problems());
    settings.push_back(std::move(*setting));
  }
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<LaunchExport> made =
      export_scenario(**workspace, *format, arguments.scenario, settings);
  if (!made) return bad_input(made.problems());
  if (!arguments.out.empty()) {
    const auto written = write_launch_files(*made, arguments.out);
    if (!written) return bad_input(written.problems());
  }
  if (arguments.json) {
    print_json(export_json(*made));
    return kExitOk;
  }
  if (arguments.out.empty()) {
    for (const LaunchFile& file : made->files)
      print(made->files.size() == 1 ? file.text
                                    : fmt::format("==> {} <==\n{}\n", file.name, file.text));
    print_aside(unexpressed_text(*made));
    return kExitOk;
  }
  for (const LaunchFile& file : made->files)
    print(fmt::format("wrote {}\n",
                      (std::filesystem::path(arguments.out) / file.name).generic_string()));
  print(unexpressed_text(*made));
  return kExitOk;
}

std::string place(const Position& where) {
  return where.line > 0 ? fmt::format("{}:{}", where.file, where.line) : where.file;
}

/// A blank line stands between the parts of a report.
void add_part(std::string& text, const std::string& part) {
  if (!text.empty() && !part.empty()) text += '\n';
  text += part;
}

void add_foreign(std::string& text, const std::string& title,
                 const std::vector<ForeignSetting>& settings) {
  if (settings.empty()) return;
  TextTable table({title, "value", "where", "what it is"});
  for (const ForeignSetting& each : settings)
    table.row({each.setting, each.value, place(each.where),
               each.why.empty() ? "in none of our tables" : each.why});
  add_part(text, table.text(output_style()));
}

/// Settings without effect, gathered by what they are.
std::string without_effect_text(const std::vector<ForeignSetting>& settings) {
  if (settings.empty()) return {};
  std::map<std::string, std::string> by_kind;
  for (const ForeignSetting& each : settings) {
    std::string& names = by_kind[each.why];
    names += (names.empty() ? "" : ", ") + each.setting;
  }
  TextTable table({"without effect on speed", "settings"});
  for (const auto& [kind, names] : by_kind) table.row({kind, names});
  return table.text(output_style());
}

std::string import_report(const LaunchImport& import) {
  std::string text;
  for (const Diagnostic& each : import.unresolved) text += "note: " + to_text(each) + '\n';
  add_foreign(text, "unknown", import.unknown);
  add_foreign(text, "matters, not modelled", import.not_modelled);
  add_part(text, without_effect_text(import.without_effect));
  if (text.empty()) text = "Every setting of the file is in the scenario.\n";
  return text;
}

Value foreign_json(const std::vector<ForeignSetting>& settings) {
  Value list{Array{}};
  for (const ForeignSetting& each : settings) {
    Value entry{Table{}};
    entry.set("setting", each.setting);
    entry.set("value", each.value);
    entry.set("why", each.why);
    entry.set("line", each.where.line);
    list.push(entry);
  }
  return list;
}

Value import_json(const ImportedScenario& made) {
  Value json{Table{}}, notes{Array{}};
  json.set("scenario", made.import.scenario);
  if (!made.model_text.empty()) json.set("model", made.model_text);
  json.set("unknown", foreign_json(made.import.unknown));
  json.set("not_modelled", foreign_json(made.import.not_modelled));
  json.set("without_effect", foreign_json(made.import.without_effect));
  for (const Diagnostic& each : made.import.unresolved) notes.push(to_text(each));
  json.set("unresolved", notes);
  return json;
}

int run_import(const ImportArguments& arguments) {
  const Result<LaunchFormat> format = format_of(arguments.format, true);
  if (!format) return bad_input(format.problems());
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  ImportWishes wishes = arguments.wishes;
  const std::filesystem::path out = arguments.out;
  if (!arguments.out.empty())
    wishes.model_file = std::filesystem::path(out).replace_extension(".model.toml").string();
  const Result<ImportedScenario> made =
      import_scenario(**workspace, *format, arguments.file, wishes);
  if (!made) return bad_input(made.problems());
  if (!arguments.out.empty()) {
    const auto written = write_file(out, made->scenario);
    if (!written) return bad_input(written.problems());
    if (!made->model_text.empty()) {
      const auto model = write_file(wishes.model_file, made->model_text);
      if (!model) return bad_input(model.problems());
    }
  }
  if (arguments.json) {
    print_json(import_json(*made));
    return kExitOk;
  }
  if (arguments.out.empty()) {
    print(made->scenario);
    if (!made->model_text.empty())
      print_aside("note: the model is written to a file of its own with --out\n");
    print_aside(import_report(made->import));
    return kExitOk;
  }
  print(fmt::format("wrote {}\n", arguments.out));
  if (!made->model_text.empty()) print(fmt::format("wrote {}\n", wishes.model_file));
  print(import_report(made->import));
  return kExitOk;
}

}  // namespace

CommandSpec export_command(ExportArguments& arguments) {
  return {
      {"export"},
      "A plan as the files that launch it",
      "Examples:\n"
      "  polyfleet export primus scenario.toml --out launch/\n"
      "  polyfleet export megatron-lm scenario.toml > train.sh\n"
      "  polyfleet export slurm scenario.toml --out launch/ --set plan.layout.tensor=4\n"
      "What the tool cannot be told is listed, never dropped.",
      {{"format", &arguments.format, "what to write", "FORMAT", format_names(false), true},
       {"scenario",
        &arguments.scenario,
        "a scenario in TOML (docs/scenarios.md)",
        "FILE",
        {},
        true},
       {"--out", &arguments.out, "folder to write into (default: standard output)", "DIR"},
       {"--set", &arguments.sets, "any key of a scenario: --set plan.layout.tensor=8", "KEY=VALUE"},
       {"--json", &arguments.json, "as JSON"}},
      [&] { return run_export(arguments); }};
}

CommandSpec import_command(ImportArguments& arguments) {
  ImportWishes& wishes = arguments.wishes;
  return {{"import"},
          "Somebody's launch file as a scenario to estimate and plan",
          "Examples:\n"
          "  polyfleet import megatron-lm train.sh --accelerator nv_h100_sxm --out run.toml\n"
          "  polyfleet import primus llama.yaml --accelerator amd_mi300x --devices 8 \\\n"
          "      --include Primus/primus/configs\n"
          "  polyfleet import deepspeed ds.json --model llama3.1-8b --accelerator nv_a100_80 \\\n"
          "      --sequence 4096\n"
          "Then: polyfleet estimate train run.toml",
          {{"format", &arguments.format, "what the file is", "FORMAT", format_names(true), true},
           {"file", &arguments.file, "the file", "FILE", {}, true},
           {"--out", &arguments.out, "scenario to write (default: standard output)", "FILE"},
           {"--model", &wishes.model, "catalogue id or path; open: the model of the same shape",
            "NAME"},
           {"--accelerator", &wishes.accelerator, "what it runs on", "NAME"},
           {"--system", &wishes.system, "what it runs in", "NAME"},
           {"--devices", &wishes.devices, "on how many, where the file does not say", "N"},
           {"--sequence", &wishes.sequence, "tokens a sequence, where the file does not say", "N"},
           {"--global-batch", &wishes.global_batch, "sequences a step, likewise", "N"},
           {"--micro-batch", &wishes.micro_batch, "sequences a micro-batch, likewise", "N"},
           {"--vocab", &wishes.vocab, "vocabulary, where the file names a tokenizer only", "N"},
           {"--define", &wishes.defines, "value of a variable of the file", "NAME=VALUE"},
           {"--include", &wishes.include, "folder of the presets that it includes", "DIR"},
           {"--json", &arguments.json, "as JSON"}},
          [&] { return run_import(arguments); }};
}

}  // namespace polyfleet
