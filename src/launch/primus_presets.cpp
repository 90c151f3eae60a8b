#include "launch/primus_presets.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>

namespace polyfleet {
namespace {

constexpr int kMostFiles = 200;  // presets have tens; a bound against presets that include more

class PresetReader {
 public:
  PresetReader(const ImportContext& context, LaunchImport& into) : context_(context), into_(into) {}

  Result<Value> experiment(std::string_view text, const std::string& file) {
    Result<Value> parsed = parse_yaml(text, file);
    if (!parsed) return parsed;
    Value document = replaced(*parsed);
    const Value* modules = document.find("modules");
    if (modules == nullptr || modules->table() == nullptr)
      return problem_at(document.where(), "is no Primus experiment: it has no modules",
                        "give the experiment's YAML, not a preset");
    Value merged_modules{Table{}};
    for (const auto& [name, module] : *modules->table()) {
      if (module.table() != nullptr) merged_modules.set(name, module_with_presets(module));
    }
    document.set("modules", std::move(merged_modules));
    if (!problems_.empty()) return std::move(problems_);
    return document;
  }

 private:
  Value module_with_presets(const Value& module) {
    const std::string framework = text_of(module.find("framework"), "megatron");
    if (framework != "megatron")
      into_.unresolved.push_back(
          problem_at(module.find("framework")->where(),
                     fmt::format("the backend {} is not read, only megatron", framework), ""));
    Value settings{Table{}};
    if (const Value* model = module.find("model"); model != nullptr && model->text() != nullptr) {
      into_.model_name = std::filesystem::path(*model->text()).stem().string();
      lay(settings, preset("models/" + framework + "/" + *model->text(), model->where()));
    }
    if (const Value* config = module.find("config"); config != nullptr && config->text() != nullptr)
      lay_below(settings, preset("modules/" + framework + "/" + *config->text(), config->where()));
    if (const Value* overrides = module.find("overrides")) lay(settings, *overrides);
    Value merged = module;
    merged.set("overrides", std::move(settings));
    return merged;
  }

  /// A preset with what it extends below it; empty where it is not found.
  Value preset(const std::string& name, const Position& asked_at) {
    const std::string path = std::filesystem::path(name).lexically_normal().generic_string();
    if (!open_.insert(path).second || ++files_ > kMostFiles) {
      problems_.push_back(problem_at(asked_at, fmt::format("the preset {} includes itself", path)));
      return Value(Table{});
    }
    Value settings = read_preset(path, asked_at);
    open_.erase(path);
    return settings;
  }

  Value read_preset(const std::string& path, const Position& asked_at) {
    Value settings{Table{}};
    const Result<std::string> text =
        context_.include ? context_.include(path) : Result<std::string>(problem("no folder"));
    if (!text) {
      into_.unresolved.push_back(
          problem_at(asked_at, fmt::format("the preset {} was not read", path),
                     "give the folder primus/configs of a Primus checkout with --include; without "
                     "it Primus's usual defaults are taken"));
      return settings;
    }
    const Result<Value> parsed = parse_yaml(*text, path);
    if (!parsed) {
      for (const Diagnostic& each : parsed.problems()) problems_.push_back(each);
      return settings;
    }
    const Value document = replaced(*parsed);
    for (const char* key : {"extends", "includes"}) {
      const Value* bases = document.find(key);
      if (bases == nullptr || bases->array() == nullptr) continue;
      for (const Value& base : *bases->array()) {
        if (base.text() == nullptr) continue;
        const auto folder = std::filesystem::path(path).parent_path();
        lay(settings, preset((folder / *base.text()).generic_string(), base.where()));
      }
    }
    lay(settings, document);
    return settings;
  }

  static std::string text_of(const Value* value, std::string otherwise) {
    return value != nullptr && value->text() != nullptr ? *value->text() : std::move(otherwise);
  }

  static void lay(Value& under, const Value& over) {
    if (over.table() == nullptr) return;
    for (const auto& [key, value] : *over.table()) {
      if (key != "extends" && key != "includes") under.set(key, value);
    }
  }
  /// The model's preset wins over the trainer's, as Primus merges them.
  static void lay_below(Value& over, const Value& under) {
    if (under.table() == nullptr) return;
    for (const auto& [key, value] : *under.table()) {
      if (key != "extends" && key != "includes" && over.find(key) == nullptr) over.set(key, value);
    }
  }

  /// ${NAME:default} and ${NAME} replaced in every text; a whole text becomes what it reads as.
  Value replaced(const Value& value) {
    Value copy;
    if (const Table* members = value.table()) {
      copy = Value(Table{});
      for (const auto& [key, member] : *members) copy.table()->emplace_back(key, replaced(member));
    } else if (const Array* elements = value.array()) {
      copy = Value(Array{});
      for (const Value& element : *elements) copy.push(replaced(element));
    } else if (value.text() != nullptr && value.text()->find("${") != std::string::npos) {
      copy = expanded(*value.text(), value.where());
    } else {
      copy = value;
    }
    copy.at(value.where());
    return copy;
  }

  Value expanded(const std::string& text, const Position& where) {
    std::string result;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t start = text.find("${", at);
      const std::size_t end = start == std::string::npos ? start : text.find('}', start);
      if (end == std::string::npos) break;
      result += text.substr(at, start - at);
      const std::string inner = text.substr(start + 2, end - start - 2);
      const std::size_t colon = inner.find(':');
      const std::string name = inner.substr(0, colon);
      if (const auto given = context_.variables.find(name); given != context_.variables.end()) {
        result += given->second;
      } else if (colon != std::string::npos) {
        result += inner.substr(colon + 1);
      } else {
        into_.unresolved.push_back(problem_at(where, fmt::format("${{{}}} has no value", name),
                                              "give it with --define NAME=VALUE"));
      }
      at = end + 1;
    }
    result += text.substr(at);
    const Result<Value> typed = parse_yaml(result, where.file);
    const bool is_scalar = typed && typed->table() == nullptr && typed->array() == nullptr;
    return is_scalar ? *typed : Value(result);
  }

  const ImportContext& context_;
  LaunchImport& into_;
  std::set<std::string, std::less<>> open_;
  int files_ = 0;
  Diagnostics problems_;
};

}  // namespace

Result<Value> read_primus_document(std::string_view text, const std::string& file,
                                   const ImportContext& context, LaunchImport& into) {
  return PresetReader(context, into).experiment(text, file);
}

}  // namespace polyfleet
