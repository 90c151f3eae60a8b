// Small clusters for the tests of the search over mixed pools: a tiny model, real accelerators
// whose memory is cut down so that it matters, and a brute force over every plan of the space.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner/mixed_search.hpp"

namespace polyfleet {

struct WorldPool {
  const char* accelerator = "";
  std::int64_t devices = 0;
  double memory_gigabytes = 0;  ///< usable; 0 = as published
};

struct WorldSpec {
  std::vector<WorldPool> pools;
  int layers = 4;
  std::int64_t hidden = 2048;
  std::int64_t global_batch = 8;
  double link_gigabits = 0;  ///< between pools; 0 = by their NICs
};

/// Owns what a question refers to, but for the machines: one world at a time.
class World {
 public:
  explicit World(const WorldSpec& spec);
  MixedSearchQuestion question;

 private:
  TrainingModels models_;
  std::optional<CrossNetwork> network_;
};

/// The fastest plan of all, without pipelines over pools where `kinds` leaves them out; none where
/// nothing fits. Groups alone bound what they do together, so
/// that most combinations need no step of their own.
std::optional<double> brute_force(const MixedSearchQuestion& question);

}  // namespace polyfleet
