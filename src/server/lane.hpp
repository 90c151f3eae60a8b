// A queue of work with threads of its own. The server has three: light (answers that wait for
// nothing), quick (estimates) and slow (searches, simulations, jobs), so that a long search never
// stands before an estimate. A full lane refuses, it does not grow.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace polyfleet {

class Lane {
 public:
  Lane(std::size_t threads, std::size_t most_waiting);
  /// As stop().
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// False where the lane is full or stopped; the work was not taken then.
  [[nodiscard]] bool push(std::function<void()> work);
  /// Forgets what waits and returns when what runs has ended. May be called again.
  void stop();

 private:
  void run();

  std::mutex guard_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> waiting_;
  std::size_t most_waiting_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace polyfleet
