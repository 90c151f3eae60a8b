// Finished futures on disk, so that a killed study goes on where it was: a header with the
// fingerprint of the question, then one line a future with its number, its outcomes as hexadecimal
// bits (nothing is rounded) and a checksum. Lines are appended whole in one write; a line torn by a
// kill is dropped, said, and computed again. One process at a time (flock): a second is refused.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

class FuturesStore {
 public:
  /// Opens or creates. Errors: a file that is no store, one of another question (fingerprint or
  /// number of outcomes), one in use by another process, a folder that cannot be written.
  static Result<FuturesStore> open(const std::filesystem::path& path, std::uint64_t fingerprint,
                                   std::size_t outcomes);
  ~FuturesStore();
  FuturesStore(FuturesStore&&) noexcept;
  FuturesStore& operator=(FuturesStore&&) noexcept;

  /// What the file held, by future.
  const std::map<std::uint64_t, std::vector<double>>& finished() const;
  /// Lines that were torn or damaged and are dropped.
  int dropped() const;
  /// Appends one future; any thread. False: the disk refused (said once by problem()).
  bool append(std::uint64_t future, const std::vector<double>& outcomes);
  std::string problem() const;

 private:
  struct Content;
  explicit FuturesStore(std::unique_ptr<Content> content);
  std::unique_ptr<Content> content_;
};

}  // namespace polyfleet
