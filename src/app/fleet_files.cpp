#include "app/fleet_files.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/files.hpp"

namespace polyfleet {

Result<std::string> write_files(const std::string& folder, const NamedTexts& files) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return problem_at({folder, 0, 0}, "the folder cannot be made: " + error.message(),
                      "name a folder that can be written");
  std::string names;
  for (const auto& [name, content] : files) {
    const auto written = write_file(std::filesystem::path(folder) / name, content);
    if (!written) return written.problems();
    names += (names.empty() ? "" : ", ") + name;
  }
  return fmt::format("files in {}: {}\n", folder, names);
}

WrittenFiles written_files(const Question& question, const NamedTexts& files) {
  const Result<std::string> written = write_files(question.files.find("csv")->second, files);
  if (!written) return {{}, written.problems()};
  return {'\n' + *written, {}};
}

}  // namespace polyfleet
