#include "cli/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace polyfleet {
namespace {

/// A reader that has seen enough (`| head`) is no error; what is left to do is still done.
void forget_closed_reader() {
  if (errno == EPIPE) std::clearerr(stdout);
}

}  // namespace

void print(std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!whole || std::fflush(stdout) != 0) forget_closed_reader();
}

void print_json(const Value& document) { print(to_json(document) + '\n'); }

namespace {

void tell(const std::string& word, const Diagnostics& problems) {
  if (problems.empty()) return;
  show_progress({});
  for (const Diagnostic& each : problems) {
    const std::string line = word + ": " + to_text(each) + '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
}

}  // namespace

int bad_input(const Diagnostics& problems) {
  tell("error", problems);
  return kExitBadInput;
}

void warn(const Diagnostics& problems) { tell("warning", problems); }

void show_progress(std::string_view text) {
  if (isatty(STDERR_FILENO) == 0) return;
  const std::string line = "\r\033[K" + std::string(text);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

bool output_arrived() {
  errno = 0;
  if (std::fflush(stdout) != 0) forget_closed_reader();
  if (std::ferror(stdout) == 0) return true;
  std::fputs("error: standard output could not be written\n", stderr);
  return false;
}

}  // namespace polyfleet
