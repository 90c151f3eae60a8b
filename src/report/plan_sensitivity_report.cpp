#include <fmt/format.h>

#include <algorithm>

#include "report/sensitivity_report.hpp"
#include "training/plan_fields.hpp"
#include "units/text.hpp"
#include "validation/plan_validation.hpp"

namespace polyfleet {
namespace {

std::string moved_text(const MovedInput& moved) {
  return moved.is_share ? fmt::format("{:+.2f}", moved.moved)
                        : fmt::format("x {:.2f}", moved.moved);
}

}  // namespace

std::string plan_sensitivity_text(const std::vector<MovedInput>& moves, PageStyle style) {
  if (moves.empty())
    return "no input is uncertain enough to ask whether the best plan stays best\n";
  TextTable table({"input off by", "", "best plan then", "its time", "lost by keeping today's"});
  double worst = 0;
  for (const MovedInput& moved : moves) {
    if (moved.changes) worst = std::max(worst, moved.loss());
    table.row({moved.key, moved_text(moved),
               moved.changes ? plan_in_words(moved.best.plan) : "the same",
               print_quantity(moved.best.time),
               moved.changes ? fmt::format("{:.2f} %", 100 * moved.loss()) : "-"});
  }
  const std::string answer =
      worst > 0 ? fmt::format("not always: keeping it loses up to {:.2f} %", 100 * worst) : "yes";
  return "does the best plan stay the best, each input moved by its own uncertainty? " + answer +
         '\n' + table.text(style);
}

Value plan_sensitivity_json(const std::vector<MovedInput>& moves) {
  Value list{Array{}};
  for (const MovedInput& moved : moves) {
    Value one{Table{}};
    one.set("input", moved.key);
    one.set("moved", moved.moved);
    one.set("is_share", moved.is_share);
    one.set("changes", moved.changes);
    one.set("loss", moved.loss());
    one.set("best_time_s", moved.best.time / second);
    one.set("kept_time_s", moved.kept / second);
    one.set("best", print_fields(plan_fields(), moved.best.plan));
    list.push(std::move(one));
  }
  return list;
}

}  // namespace polyfleet
