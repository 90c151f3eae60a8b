#include "server/scenario_files.hpp"

#include <algorithm>
#include <array>

#include "base/files.hpp"

namespace polyfleet {
namespace fs = std::filesystem;
namespace {

/// The command of a folder's scenarios. Clusters are parts of questions, comparisons of commands.
std::string command_of(const std::string& path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFolders{{
      {"examples/", "estimate train"},
      {"fleet/", "simulate fleet"},
      {"jobs/", "simulate jobs"},
      {"serving/", "simulate serve"},
      {"serving_plans/", "plan serve"},
  }};
  if (path == "fleet/procurement.toml") return "plan fleet";
  for (const auto& [folder, command] : kFolders) {
    if (path.starts_with(folder)) return std::string(command);
  }
  return path == "clusters/llama_70b.toml" ? "plan train" : "";
}

}  // namespace

ScenarioFiles::ScenarioFiles(const fs::path& folder) : folder_(folder) {
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error) || entry.path().extension() != ".toml") continue;
    ScenarioFile file;
    file.path = entry.path().lexically_relative(folder).generic_string();
    file.command = command_of(file.path);
    const Result<Value> document = read_document(entry.path().string());
    const Value* name = document ? document->find("name") : nullptr;
    file.title = name != nullptr && name->text() != nullptr ? *name->text() : file.path;
    files_.push_back(std::move(file));
  }
  std::sort(files_.begin(), files_.end(),
            [](const ScenarioFile& a, const ScenarioFile& b) { return a.path < b.path; });
}

const ScenarioFile* ScenarioFiles::find(std::string_view path) const {
  constexpr std::string_view kFolder = "scenarios/";
  if (path.starts_with(kFolder)) path.remove_prefix(kFolder.size());
  for (const ScenarioFile& file : files_) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

std::vector<std::string> ScenarioFiles::paths() const {
  std::vector<std::string> paths;
  for (const ScenarioFile& file : files_) paths.push_back(file.path);
  return paths;
}

std::string ScenarioFiles::file_of(const ScenarioFile& file) const {
  const fs::path below = fs::path("scenarios") / file.path;
  std::error_code error;
  const bool here = fs::equivalent(below, folder_ / file.path, error) && !error;
  return here ? below.string() : (folder_ / file.path).string();
}

Result<std::string> ScenarioFiles::text_of(const ScenarioFile& file) const {
  return read_file(folder_ / file.path);
}

}  // namespace polyfleet
