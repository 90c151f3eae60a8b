#include "server/lane.hpp"

#include <cstdio>
#include <exception>
#include <utility>

#include "base/broken_contract.hpp"

namespace polyfleet {

Lane::Lane(std::size_t threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Lane::~Lane() { stop(); }

bool Lane::push(std::function<void()> work) {
  {
    const std::lock_guard lock(guard_);
    if (stopped_ || waiting_.size() >= most_waiting_) return false;
    waiting_.push_back(std::move(work));
  }
  arrived_.notify_one();
  return true;
}

void Lane::stop() {
  std::deque<std::function<void()>> forgotten;
  {
    const std::lock_guard lock(guard_);
    stopped_ = true;
    forgotten.swap(waiting_);
  }
  arrived_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Lane::run() {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(guard_);
      arrived_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
      if (stopped_) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    try {
      work();
    } catch (const std::exception& error) {  // nobody waits for it here, and the lane goes on
      std::fprintf(stderr, "%s\n", internal_error_text(error).c_str());
    }
  }
}

}  // namespace polyfleet
