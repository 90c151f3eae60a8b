#include <fmt/format.h>

#include "app/fleet_workloads.hpp"
#include "config/list_reader.hpp"
#include "fleet/clock_units.hpp"

namespace polyfleet {
namespace {

constexpr Range kTokenCount{0, 1e7}, kBatch{1, 1e9}, kPixels{1, 1e5}, kSteps{1, 1e4};
constexpr Range kPeak{1, 100}, kBound{1e-4, 1e4}, kChangeTime{0, 30 * 86400.0};
constexpr std::size_t kDaysAWeek = 7;

Field<StatedWorkload> kind_field() {
  struct Holder {
    WorkloadKind kind = WorkloadKind::chat;
  };
  const auto choice = choice_field<Holder>("kind", &Holder::kind,
                                           {{"pretraining", WorkloadKind::pretraining},
                                            {"posttraining", WorkloadKind::posttraining},
                                            {"chat", WorkloadKind::chat},
                                            {"agents", WorkloadKind::agents},
                                            {"video", WorkloadKind::video},
                                            {"research", WorkloadKind::research}},
                                           "what is computed; decides which keys count");
  return {
      choice.key,
      choice.type,
      choice.help,
      true,
      [choice](StatedWorkload& into, const Value& value, Diagnostics& out) {
        Holder holder;
        const std::size_t before = out.size();
        choice.read(holder, value, out);
        if (out.size() == before) into.kind = holder.kind;
      },
      [](const StatedWorkload& from) { return from.kind ? Value(name_of(*from.kind)) : Value(); }};
}

Field<StatedWorkload> truth_field(std::string key, std::optional<bool> StatedWorkload::*member,
                                  std::string help) {
  return {
      key,
      "true or false",
      std::move(help),
      false,
      [=](StatedWorkload& into, const Value& value, Diagnostics& out) {
        if (const auto truth = detail::read_bool(value, key, out)) into.*member = *truth;
      },
      [=](const StatedWorkload& from) { return from.*member ? Value(*(from.*member)) : Value(); }};
}

FieldTable<StatedWorkload> own_fields() {
  using W = StatedWorkload;
  return {
      required(text_field("id", &W::id, "what reports and other tables call it")),
      text_field("name", &W::name, "in words; open: the id"),
      kind_field(),
      required(text_field("model", &W::model, "catalogue id or file of the model")),
      entry_list_field("demand", &W::demand, &demand_fields, "a stream: its rate by date"),
      entry_list_field("campaign", &W::campaigns, &campaign_fields, "or runs, one after another"),
      text_field("value", &W::value,
                 "\"2 USD/Mtokens\", \"0.5 USD/video\": price where sold, else what is lost where "
                 "it is not done"),
      optional_number_field("value_growth", &W::value_growth, {-0.95, 5},
                            "of the value, a year; -0.4 = falls by 40 %; open: none"),
      bool_field("sold", &W::sold, "value is revenue"),
      truth_field("must", &W::must,
                  "a study that cannot meet it is infeasible; open: true where no value is stated"),
      truth_field("gang", &W::gang,
                  "all of it on one group of accelerators at a time; open: true for pretraining"),
      optional_number_field("sheddable", &W::sheddable, kAnyShare,
                            "share of its load that may give way when the grid asks"),
      text_field("shape", &W::shape, "load over the week, of data/fleet/shapes.toml"),
      optional_number_field("peak_over_mean", &W::peak_over_mean, kPeak,
                            "capacity that is held, over the mean; open: of the shape"),
      utc_offset_field("utc_offset", &W::utc_offset, "of its users; open: UTC"),
      span_field("migration", &W::migration, kChangeTime,
                 "for which an accelerator stands that changes to it"),
      text_list_field("vendors", &W::vendors, "on whose accelerators it may run; open: all"),
  };
}

FieldTable<StatedWorkload> question_fields() {
  using W = StatedWorkload;
  return FieldTable<W>{
      integer_field("sequence", &W::sequence, {1, 1e7}, "training: tokens of one sequence"),
      number_field("batch_tokens", &W::batch_tokens, kBatch, "training: tokens of one step"),
      integer_field("accelerators", &W::accelerators, {1, 1e7}, "training: that work on one step"),
      text_list_field("precisions", &W::precisions,
                      "training: recipes; the fastest that a part has is taken"),
      number_field("input_tokens", &W::input_tokens, kTokenCount, "of one request, mean"),
      number_field("output_tokens", &W::output_tokens, kTokenCount, "of one request, mean"),
      number_field("cached_share", &W::cached_share, kAnyShare,
                   "of input tokens, whose state is still in memory"),
      span_field("ttft", &W::ttft, kBound, "mean time to the first token, at most"),
      span_field("tpot", &W::tpot, kBound, "mean time between tokens, at most"),
      text_list_field("formats", &W::formats,
                      "sets of data/engines/formats.toml; the fastest is taken"),
      number_field("rollout_tokens_per_trained", &W::rollout_tokens_per_trained, {0, 1e4},
                   "post-training: tokens written for each that is learnt from"),
      integer_field("frames", &W::frames, {1, 1e5}, "video: of one"),
      integer_field("width", &W::width, kPixels, "video: pixels"),
      integer_field("height", &W::height, kPixels, "video: pixels"),
      integer_field("steps", &W::steps, kSteps, "video: denoising steps"),
  };
}

const FieldTable<LoadShape>& load_shape_fields() {
  using S = LoadShape;
  constexpr Range kLoad{0, 1e6};
  static const FieldTable<S> fields{
      required(text_field("id", &S::id, "what workloads call it")),
      text_field("name", &S::name, "in words"),
      required(number_list_field("hours", &S::hours, kLoad, "24, local time, any scale")),
      required(number_list_field("days", &S::days, kLoad, "7 from Monday, any scale")),
      required(text_field("source", &S::source, "whose record")),
      required(text_field("status", &S::status, "who states it")),
      text_field("note", &S::note, "what a reader should know"),
  };
  return fields;
}

}  // namespace

const FieldTable<StatedFleetDemand>& demand_fields() {
  using D = StatedFleetDemand;
  static const FieldTable<D> fields = with_origin<D>({
      required(day_field("from", &D::from, "day of this rate; grows exponentially to the next")),
      required(text_field("rate", &D::rate,
                          "\"5e12 tokens/day\" (output or trained tokens), \"2e6 videos/day\"")),
  });
  return fields;
}

const FieldTable<StatedCampaign>& campaign_fields() {
  using C = StatedCampaign;
  static const FieldTable<C> fields = with_origin<C>({
      required(text_field("id", &C::id, "name of the run")),
      required(day_field("start", &C::start, "not before")),
      required(day_field("deadline", &C::deadline, "done by the begin of this day")),
      required(text_field("amount", &C::amount, "\"15e12 tokens\"")),
  });
  return fields;
}

const FieldTable<StatedWorkload>& workload_fields() {
  static const FieldTable<StatedWorkload> fields = [] {
    FieldTable<StatedWorkload> table = own_fields();
    for (Field<StatedWorkload>& field : question_fields()) table.push_back(std::move(field));
    return with_origin(std::move(table));
  }();
  return fields;
}

Result<std::vector<LoadShape>> load_shapes(const std::filesystem::path& data_directory) {
  const Result<Value> document = read_document((data_directory / "fleet" / "shapes.toml").string());
  if (!document) return document.problems();
  Diagnostics problems;
  std::vector<LoadShape> shapes = read_list(*document, "shape", load_shape_fields(), problems);
  for (const LoadShape& each : shapes) {
    if (each.hours.size() != kHoursADay || each.days.size() != kDaysAWeek)
      problems.push_back(problem_at(document->where(),
                                    fmt::format("shape '{}' has no 24 hours and 7 days", each.id)));
  }
  if (!problems.empty()) return problems;
  return shapes;
}

WeekShape week_shape(const LoadShape& shape) {
  WeekShape week{};
  double sum = 0;
  for (std::size_t at = 0; at < week.size(); ++at) {
    week[at] = shape.days[at / kHoursADay] * shape.hours[at % kHoursADay];
    sum += week[at];
  }
  for (double& load : week) load *= static_cast<double>(week.size()) / sum;
  return week;
}

}  // namespace polyfleet
