#include "base/parallel_work.hpp"

#include <exception>
#include <system_error>
#include <thread>
#include <vector>

#include "base/input_files.hpp"

namespace polyfleet {

void on_threads(std::size_t threads, const std::function<void(std::size_t)>& work) {
  std::vector<std::exception_ptr> thrown(threads);
  const auto part = [&](std::size_t i) {
    try {
      work(i);
    } catch (...) {
      thrown[i] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  others.reserve(threads);
  InputFiles* files = InputFiles::of_this_thread();
  std::size_t begun = 1;
  try {
    for (; begun < threads; ++begun)
      others.emplace_back([&part, files, i = begun] {
        const InputFilesScope scope(files);
        part(i);
      });
  } catch (const std::system_error&) {  // no more threads to be had: the rest is done here
  }
  if (threads > 0) part(0);
  for (std::size_t i = begun; i < threads; ++i) part(i);
  for (std::thread& other : others) other.join();
  for (const std::exception_ptr& each : thrown) {
    if (each) std::rethrow_exception(each);
  }
}

unsigned stated_threads(unsigned asked) {
  return asked == 0 ? std::max(1U, std::thread::hardware_concurrency()) : asked;
}

}  // namespace polyfleet
