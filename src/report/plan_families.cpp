#include "report/plan_families.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "report/plan_rows.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostOfFront = 8;
constexpr std::size_t kValuesShown = 6;
/// Nearer than that to the best plan, a family did not lose for a reason worth a line.
constexpr double kNearly = 1.01;

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

/// A family and how far behind the best of it that is known stands.
struct Loser {
  const PlanFamily* family = nullptr;
  double behind = 1;
};

Seconds known_time(const PlanFamily& family) {
  return family.best ? family.best->time : *family.best_time;
}

/// "8, 16, 32 and 4 more".
std::string value_list(const std::vector<std::string>& values) {
  if (values.size() <= kValuesShown) return fmt::format("{}", fmt::join(values, ", "));
  const std::vector<std::string> first(values.begin(), values.begin() + kValuesShown - 1);
  return fmt::format("{} and {} more", fmt::join(first, ", "), values.size() - first.size());
}

/// The sentence without what the table says already.
std::string cause_of(const std::string& why) {
  constexpr std::string_view kEnd = "behind: ";
  const std::size_t at = why.find(kEnd);
  std::string text = at == std::string::npos ? why : why.substr(at + kEnd.size());
  for (const std::string_view said : {" of the step", " in the best plan"}) {
    const std::size_t found = text.find(said);
    if (found != std::string::npos) text.erase(found, said.size());
  }
  return text;
}

/// The rows of one degree of freedom: the nearest family that clearly lost, and why; the others by
/// value; those without a plan that fits.
class DimensionRows {
 public:
  DimensionRows(const Dimension& dimension, Seconds best) : name_(dimension.name) {
    for (const PlanFamily* family : dimension.families) {
      if (family->fitting == 0 || !family->best_time) {
        without_.push_back(family->value);
        if (unfit_ == nullptr || family->least_memory < unfit_->least_memory) unfit_ = family;
      } else if (known_time(*family) > best) {
        losers_.push_back({family, known_time(*family) / best});
      }
    }
    std::stable_sort(losers_.begin(), losers_.end(),
                     [](const Loser& a, const Loser& b) { return a.behind < b.behind; });
  }

  /// False: every other value is nearly as good, or there is none.
  bool add_to(TextTable& table) {
    const auto lost = std::find_if(losers_.begin(), losers_.end(),
                                   [](const Loser& each) { return each.behind >= kNearly; });
    if (lost == losers_.end() && (without_.empty() || unfit_->plans == 0)) return false;
    if (lost != losers_.end()) {
      table.row({std::exchange(name_, ""), lost->family->value, behind_text(*lost),
                 cause_of(lost->family->why)});
      add_others(lost + 1, table);
    }
    if (!without_.empty() && unfit_->plans > 0)
      table.row({std::exchange(name_, ""), value_list(without_), "none", cause_of(unfit_->why)});
    return true;
  }

  const std::string& name() const { return name_; }
  bool has_losers() const { return !losers_.empty(); }

 private:
  static std::string behind_text(const Loser& loser) {
    return (loser.family->best ? "" : "at least ") + times_text(loser.behind);
  }

  void add_others(std::vector<Loser>::const_iterator first, TextTable& table) const {
    std::vector<std::string> values;
    for (auto each = first; each != losers_.end(); ++each) values.push_back(each->family->value);
    if (values.empty()) return;
    table.row({"", value_list(values),
               first + 1 == losers_.end() ? behind_text(*first)
                                          : fmt::format("{} to {}", times_text(first->behind),
                                                        times_text(losers_.back().behind)),
               ""});
  }

  std::string name_;
  std::vector<Loser> losers_;
  std::vector<std::string> without_;
  const PlanFamily* unfit_ = nullptr;
};

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
  TextTable table({"why not", "value", "its best", "because"});
  std::vector<std::string> nearly;
  for (const Dimension& dimension : by_dimension(result.families)) {
    DimensionRows rows(dimension, result.best.front().time);
    if (!rows.add_to(table) && rows.has_losers()) nearly.push_back(rows.name());
  }
  std::string text = table.empty() ? "" : '\n' + table.text(style);
  if (!nearly.empty())
    text += fmt::format("other values within {:.0f} % of the best: {}\n", 100 * (kNearly - 1),
                        fmt::join(nearly, ", "));
  return text;
}

}  // namespace polyfleet
