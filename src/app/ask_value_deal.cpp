// `value deal`: what a warrant or a vendor's money is worth to each side; the list of deals.
#include <memory>

#include "app/deal_valuation.hpp"
#include "app/fleet_files.hpp"
#include "app/question_kinds.hpp"
#include "report/deal_report.hpp"
#include "view/deal_page.hpp"

namespace polyfleet {
namespace {

Result<Reply> list_of(const Workspace& workspace) {
  Result<std::vector<DealSummary>> read = list_deals(workspace.data_directory());
  if (!read) return read.problems();
  const auto deals = std::make_shared<const std::vector<DealSummary>>(*std::move(read));
  return Reply{.json = [=] { return deal_list_json(*deals); },
               .text = [=](const PageStyle& style) { return deal_list_text(*deals, style); },
               .page = [=] { return deal_list_page(*deals); }};
}

Result<DealQuestion> question_of(const Question& question, const RunControl& control) {
  DealQuestion asked;
  asked.deal = text_option(question, "deal");
  if (question.scenario) {
    Result<Value> document = scenario_value(question);
    if (!document) return document.problems();
    asked.document = *std::move(document);
  } else if (asked.deal.empty()) {
    return problem("no deal given", "polyfleet value deal --list names them");
  }
  asked.price = text_option(question, "price");
  asked.volatility = number_option(question, "volatility");
  asked.on = text_option(question, "on");
  asked.deployment = text_option(question, "deployment");
  asked.paths = integer_option(question, "paths");
  asked.steps = integer_option(question, "steps");
  asked.seed = integer_option(question, "seed");
  if (asked.seed < 0) return problem("--seed must not be negative");
  asked.alone = flag_option(question, "alone");
  asked.sensitivity = flag_option(question, "sensitivity");
  asked.settings = question.settings;
  asked.threads = control.threads;
  asked.stop = control.stop;
  if (control.progress)
    asked.progress = [progress = control.progress, shown = -1](double share) mutable {
      const int percent = static_cast<int>(100 * share);
      if (percent == shown) return;
      shown = percent;
      progress("valuing", share);
    };
  return asked;
}

Result<Reply> ask_value_deal(const Question& question, Workspace& workspace,
                             const RunControl& control) {
  if (flag_option(question, "list")) return list_of(workspace);
  const Result<DealQuestion> asked = question_of(question, control);
  if (!asked) return asked.problems();
  Result<DealAnswer> done = value_deal(workspace.data_directory(), *asked);
  if (!done) return done.problems();
  const auto answer = std::make_shared<const DealAnswer>(*std::move(done));
  WrittenFiles written;
  if (question.files.contains("csv")) written = written_files(question, deal_csv(*answer));
  const bool facts = flag_option(question, "facts");
  return Reply{.verdict = answer->interrupted() ? Verdict::interrupted : Verdict::ok,
               .json = [=] { return deal_json(*answer); },
               .text = [=](const PageStyle& style) { return deal_text(*answer, facts, style); },
               .page = [=] { return deal_page(*answer); },
               .unwritten = written.problems};
}

std::vector<QuestionOption> options_of() {
  return {{.name = "deal",
           .kind = OptionKind::text,
           .help = "a deal of data/deals by name; one of your own is a scenario"},
          {.name = "list", .help = "name the shipped deals"},
          {.name = "price",
           .kind = OptionKind::text,
           .help = "of the share, in USD (default: the newest quote)",
           .type = "P"},
          {.name = "volatility",
           .kind = OptionKind::number,
           .help = "of the share, a year: 0.6",
           .type = "V"},
          {.name = "on",
           .kind = OptionKind::text,
           .help = "day of the valuation (default: that of the quote)",
           .type = "YYYY-MM-DD"},
          {.name = "deployment",
           .kind = OptionKind::text,
           .help = "cumulative deliveries and their days, without delay: "
                   "1GW:2027-06-30,2GW:2028-03-31",
           .type = "POWER:DATE,..."},
          {.name = "paths",
           .kind = OptionKind::integer,
           .help = "of the share price",
           .type = "N",
           .usual = 20000},
          {.name = "steps",
           .kind = OptionKind::integer,
           .help = "of the price, a year; dates of vesting are as fine as these",
           .type = "N",
           .usual = 52},
          {.name = "seed",
           .kind = OptionKind::integer,
           .help = "of every random draw; the same seed gives the same bytes",
           .type = "N",
           .usual = 1},
          {.name = "alone", .help = "without the other warrants on the same share"},
          {.name = "sensitivity", .help = "vary one assumption at a time over its range"},
          {.name = "facts", .help = "list the dated facts of the deal"}};
}

}  // namespace

QuestionKind value_deal_kind() {
  return {.command = "value deal",
          .summary = "Warrants, investments and guarantees between vendors and buyers of gigawatts",
          .scenario_help = "a deal of data/deals by name, or a file that ends in .toml",
          .threaded = true,
          .stoppable = true,
          .quick = false,
          .options = options_of(),
          .files = {{"csv", "write tranches, percentiles, money and terms as CSV", "DIR"}},
          .ask = ask_value_deal};
}

}  // namespace polyfleet
