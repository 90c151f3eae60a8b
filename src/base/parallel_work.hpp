// Work spread over threads. Every thread ends before the call does, and what one of them throws
// reaches the caller; a thread that the system does not give is done without.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>

namespace polyfleet {

/// Calls work(i) once for each i in [0, threads): 0 on this thread, each other on one of its own,
/// or on this one after 0 where the system gives no more threads. Of several exceptions that of the
/// lowest i is thrown on.
void on_threads(std::size_t threads, const std::function<void(std::size_t)>& work);

/// As many threads as were asked for; 0 = as many as the machine has.
unsigned stated_threads(unsigned asked);

/// Independent pieces: calls work(i) for i in [0, count) on up to `threads` threads (0 = as many as
/// the machine has), each once and in no promised order, so its result must depend on i alone.
/// False where `stop` was raised before all were begun or while they ran. After an exception no
/// further piece is begun.
template <class Work>
bool do_in_parallel(std::size_t count, unsigned threads, const std::atomic<bool>* stop,
                    const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto stopped = [stop] { return stop != nullptr && stop->load(std::memory_order_relaxed); };
  const auto part = [&](std::size_t) {
    try {
      for (std::size_t i = next++; i < count && !stopped(); i = next++) work(i);
    } catch (...) {
      next = count;
      throw;
    }
  };
  on_threads(std::max<std::size_t>(1, std::min<std::size_t>(stated_threads(threads), count)), part);
  return count == 0 || !stopped();
}

}  // namespace polyfleet
