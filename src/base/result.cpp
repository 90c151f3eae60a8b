#include "base/result.hpp"

#include <string_view>

namespace polyfleet {
namespace {

/// Foreign text must not drive the terminal: control characters become \\xNN.
std::string harmless(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string shown;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code != 0x7f) {
      shown += c;
    } else if (c == '\n') {
      shown += "\\n";
    } else {
      shown += {'\\', 'x', kHex[code >> 4], kHex[code & 15]};
    }
  }
  return shown;
}

}  // namespace

std::string to_text(const Diagnostic& diagnostic) {
  std::string text;
  if (!diagnostic.where.file.empty()) {
    text += harmless(diagnostic.where.file);
    if (diagnostic.where.line > 0) {
      text += ':' + std::to_string(diagnostic.where.line);
      if (diagnostic.where.column > 0) text += ':' + std::to_string(diagnostic.where.column);
    }
    text += ": ";
  }
  text += harmless(diagnostic.what);
  if (!diagnostic.fix.empty()) text += "\n  fix: " + harmless(diagnostic.fix);
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
