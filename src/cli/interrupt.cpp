#include "cli/interrupt.hpp"

#include <csignal>

namespace polyfleet {
namespace {

// A signal handler reaches nothing but statics; this is the only one of the program.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void raise_flag(int) {
  interrupted.store(true);
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

InterruptFlag::InterruptFlag() {
  interrupted.store(false);
  std::signal(SIGINT, raise_flag);
}

InterruptFlag::~InterruptFlag() { std::signal(SIGINT, SIG_DFL); }

const std::atomic<bool>& InterruptFlag::raised() const { return interrupted; }

}  // namespace polyfleet
