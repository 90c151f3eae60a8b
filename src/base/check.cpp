#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/broken_contract.hpp"

namespace polyfleet {

void broken_contract(const char* file, int line, const char* condition, std::string_view message) {
  const std::string text = "internal error at " + std::string(file) + ':' + std::to_string(line) +
                           ": " + condition + ": " + std::string(message);
#ifdef POLYFLEET_ABORT_ON_BUG  // so that a fuzzer keeps the input
  std::fprintf(stderr, "%s\n", text.c_str());
  std::fflush(stderr);
  std::abort();
#endif
  throw BrokenContract(text);
}

std::string internal_error_text(const std::exception& error) {
  if (const auto* broken = dynamic_cast<const BrokenContract*>(&error)) return broken->what();
  return std::string("internal error: ") + error.what();
}

}  // namespace polyfleet
