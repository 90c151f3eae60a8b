#include <cstdlib>

#include "history/run_history.hpp"

namespace polyfleet {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::filesystem::path usual_history_file() {
  if (const std::string stated = environment("POLYFLEET_STORE"); !stated.empty())
    return stated == "none" ? std::filesystem::path() : std::filesystem::path(stated);
  const std::filesystem::path below = std::filesystem::path("polyfleet") / "runs.sqlite";
  if (const std::string data = environment("XDG_DATA_HOME"); !data.empty()) return data / below;
  if (const std::string home = environment("HOME"); !home.empty())
    return std::filesystem::path(home) / ".local" / "share" / below;
  return {};
}

}  // namespace polyfleet
