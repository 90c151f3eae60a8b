#include "base/result.hpp"

namespace polyfleet {

std::string to_text(const Diagnostic& diagnostic) {
  std::string text;
  if (!diagnostic.where.file.empty()) {
    text += diagnostic.where.file;
    if (diagnostic.where.line > 0) {
      text += ':' + std::to_string(diagnostic.where.line);
      if (diagnostic.where.column > 0) text += ':' + std::to_string(diagnostic.where.column);
    }
    text += ": ";
  }
  text += diagnostic.what;
  if (!diagnostic.fix.empty()) text += "\n  fix: " + diagnostic.fix;
  return text;
}

std::string to_text(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += "error: " + to_text(diagnostic) + '\n';
  return text;
}

Diagnostic problem(std::string what, std::string fix) {
  return {{}, std::move(what), std::move(fix)};
}

Diagnostic problem_at(Position where, std::string what, std::string fix) {
  return {std::move(where), std::move(what), std::move(fix)};
}

}  // namespace polyfleet
