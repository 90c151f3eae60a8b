#include "report/plan_families.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/plan_rows.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostOfFront = 8;
constexpr std::size_t kLosersShown = 2;  // nearest to the best, for each degree of freedom

template <class Less>
std::size_t least(const std::vector<PlannedPlan>& front, Less less) {
  return static_cast<std::size_t>(std::min_element(front.begin(), front.end(), less) -
                                  front.begin());
}

void mark(FrontChoice& choice, std::size_t index, const std::string& what) {
  for (std::size_t i = 0; i < choice.shown.size(); ++i) {
    if (choice.shown[i] != index) continue;
    choice.best_in[i] += ", " + what;
    return;
  }
  choice.shown.push_back(index);
  choice.best_in.push_back(what);
}

/// Families of one degree of freedom in the order of the result.
struct Dimension {
  std::string name;
  std::vector<const PlanFamily*> families;
};

std::vector<Dimension> by_dimension(const std::vector<PlanFamily>& families) {
  std::vector<Dimension> dimensions;
  for (const PlanFamily& family : families) {
    if (dimensions.empty() || dimensions.back().name != family.dimension)
      dimensions.push_back({family.dimension, {}});
    dimensions.back().families.push_back(&family);
  }
  return dimensions;
}

void add_dimension(const Dimension& dimension, Seconds best, TextTable& table) {
  std::vector<const PlanFamily*> losers;
  std::vector<std::string> without;
  const PlanFamily* unfit = nullptr;
  for (const PlanFamily* family : dimension.families) {
    if (family->fitting == 0 || !family->best_time) {
      without.push_back(family->value);
      if (unfit == nullptr || family->least_memory < unfit->least_memory) unfit = family;
    } else if (*family->best_time > best) {
      losers.push_back(family);
    }
  }
  std::stable_sort(losers.begin(), losers.end(), [](const PlanFamily* a, const PlanFamily* b) {
    return *a->best_time < *b->best_time;
  });
  std::string title = dimension.name;
  for (std::size_t i = 0; i < losers.size() && i < kLosersShown; ++i) {
    const PlanFamily& family = *losers[i];
    table.row({title, family.value,
               (family.exact ? "" : "at least ") + print_quantity(*family.best_time),
               times_text(*family.best_time / best), family.why});
    title.clear();
  }
  if (losers.size() > kLosersShown)
    table.row(
        {title, fmt::format("{} more", losers.size() - kLosersShown), "", "", "slower still"});
  if (unfit != nullptr)
    table.row({losers.empty() ? dimension.name : "", fmt::format("{}", fmt::join(without, ", ")),
               "none", "", unfit->why});
}

}  // namespace

FrontChoice chosen_front(const std::vector<PlannedPlan>& front, std::size_t most) {
  FrontChoice choice;
  if (front.empty()) return choice;
  using P = PlannedPlan;
  mark(choice, least(front, [](const P& a, const P& b) { return a.time < b.time; }), "time");
  if (front.front().energy)
    mark(choice, least(front, [](const P& a, const P& b) { return a.energy < b.energy; }),
         "energy");
  if (front.front().cost)
    mark(choice, least(front, [](const P& a, const P& b) { return a.cost < b.cost; }), "cost");
  mark(choice, least(front, [](const P& a, const P& b) { return a.head_room > b.head_room; }),
       "free memory");
  const std::size_t free = most > choice.shown.size() ? most - choice.shown.size() : 0;
  std::vector<std::size_t> order(front.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return front[a].time < front[b].time; });
  for (std::size_t i = 0; i < free; ++i) {
    const std::size_t at = order[(i + 1) * order.size() / (free + 1) % order.size()];
    if (std::find(choice.shown.begin(), choice.shown.end(), at) != choice.shown.end()) continue;
    choice.shown.push_back(at);
    choice.best_in.emplace_back();
  }
  return choice;
}

std::string front_text(const PlanSearchResult& result, PageStyle style) {
  const FrontChoice choice = chosen_front(result.front, kMostOfFront);
  std::vector<std::size_t> order(choice.shown.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return result.front[choice.shown[a]].time < result.front[choice.shown[b]].time;
  });
  std::vector<const PlannedPlan*> plans;
  std::vector<std::string> marks;
  for (const std::size_t i : order) {
    plans.push_back(&result.front[choice.shown[i]]);
    marks.push_back(choice.best_in[i]);
  }
  std::string text = plan_table("Pareto front: best in", plans, marks, plans.front()->time, style);
  if (plans.size() < result.front.size())
    text += fmt::format("{} of {} plans that no other beats in everything; --json has all\n",
                        plans.size(), result.front.size());
  return text;
}

std::string families_text(const PlanAnswer& answer, PageStyle style) {
  const PlanSearchResult& result = answer.result;
  if (result.families.empty() || result.best.empty()) return {};
  TextTable table({"why not", "value", "best step", "over best", "why"});
  for (const Dimension& dimension : by_dimension(result.families))
    add_dimension(dimension, result.best.front().time, table);
  return table.empty() ? "" : '\n' + table.text(style);
}

}  // namespace polyfleet
