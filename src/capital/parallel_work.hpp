// Independent pieces of work over threads: each is done once, in no promised order, so its result
// must depend on its number alone.
#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace polyfleet {

/// Calls work(i) for i in [0, count) on up to `threads` threads (0 = as many as the machine has).
/// False where `stop` was raised before all were begun or while they ran.
template <class Work>
bool do_in_parallel(std::size_t count, unsigned threads, const std::atomic<bool>* stop,
                    const Work& work) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  std::atomic<std::size_t> next{0};
  const auto stopped = [stop] { return stop != nullptr && stop->load(std::memory_order_relaxed); };
  const auto part = [&] {
    for (std::size_t i = next++; i < count && !stopped(); i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (unsigned t = 1; t < threads && t < count; ++t) others.emplace_back(part);
  part();
  for (std::thread& other : others) other.join();
  return count == 0 || !stopped();
}

}  // namespace polyfleet
