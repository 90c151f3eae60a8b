// The best plans of a service by one objective, and those that no other beats in cost, energy and
// latency at once. Both follow one total order, so that the order of search does not matter.
#pragma once

#include <cstddef>
#include <vector>

#include "planner/serving_fleet.hpp"

namespace polyfleet {

class ServingRanking {
 public:
  ServingRanking(const ServingPlanQuestion& question, std::size_t most)
      : question_(question), most_(most) {}
  /// Precondition: the plan's objective is known.
  void offer(const ServingPlan& plan);
  const std::vector<ServingPlan>& plans() const { return plans_; }

 private:
  const ServingPlanQuestion& question_;
  std::size_t most_;
  std::vector<ServingPlan> plans_;
};

/// The order of answers: objective, accelerators, latency, draw, then the plan's text.
bool comes_before(const ServingPlanQuestion& question, const ServingPlan& one,
                  const ServingPlan& other);

class ServingFront {
 public:
  explicit ServingFront(const ServingPlanQuestion& question) : question_(question) {}
  /// Plans without a known cost or draw do not take part.
  void offer(const ServingPlan& plan);
  /// By cost, then draw.
  std::vector<ServingPlan> sorted() const;

 private:
  const ServingPlanQuestion& question_;
  std::vector<ServingPlan> plans_;
};

}  // namespace polyfleet
