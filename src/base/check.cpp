#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace polyfleet {

void broken_contract(const char* file, int line, const char* condition, std::string_view message) {
  std::fprintf(stderr, "internal error at %s:%d: %s: %.*s\n", file, line, condition,
               static_cast<int>(message.size()), message.data());
  std::fflush(stderr);
#ifdef POLYFLEET_ABORT_ON_BUG  // so that a fuzzer keeps the input
  std::abort();
#endif
  std::_Exit(3);
}

}  // namespace polyfleet
