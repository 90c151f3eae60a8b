#include "traffic/traffic_fields.hpp"

#include <algorithm>

#include "base/input_files.hpp"

namespace polyfleet {
namespace {

constexpr Range kTime{0, 100 * 86400.0};  // seconds: the longest simulation
constexpr Range kLength{1, static_cast<double>(kMostTokens)};
constexpr Range kCv{0, 100}, kShare{0, 1}, kCount{0, 1e15};
constexpr Range kAboveZero{1e-9, 1e9};

/// A field of a part of T, which `part` gives.
template <class T, class M>
Field<T> of_part(Field<M> field, M& (*part)(T&)) {
  Field<T> lifted{field.key, field.type, field.help, field.required, {}, {}, {}};
  lifted.read = [=](T& into, const Value& value, Diagnostics& out) {
    field.read(part(into), value, out);
  };
  lifted.print = [=](const T& from) {
    T copy = from;
    return field.print(part(copy));
  };
  if (field.set) {
    lifted.set = [=](T& into, std::string_view inner, std::string_view text, Diagnostics& out) {
      field.set(part(into), inner, text, out);
    };
  }
  return lifted;
}

/// A length: a bare number, or a table.
Field<RequestShape> length_field(std::string key, LengthSpec RequestShape::*member,
                                 std::string help) {
  Field<RequestShape> field = table_field(key, member, length_fields(), std::move(help));
  field.type = "integer or table";
  const auto read_table = field.read;
  field.read = [=](RequestShape& into, const Value& value, Diagnostics& out) {
    if (value.table() != nullptr) return read_table(into, value, out);
    if (const auto tokens = detail::read_integer(value, kLength, key, out)) {
      into.*member = {};
      (into.*member).tokens = static_cast<double>(*tokens);
    }
  };
  const auto print_table = field.print;
  field.print = [=](const RequestShape& from) {
    const LengthSpec& length = from.*member;
    const bool plain = length.kind == LengthKind::constant && length.least == LengthSpec().least &&
                       length.most == LengthSpec().most;
    return plain ? Value(static_cast<std::int64_t>(length.tokens)) : print_table(from);
  };
  return field;
}

Field<SourceSpec> rate_field() {
  return {"rate",
          "number",
          "conversations (requests, where they have one turn) per second",
          false,
          [](SourceSpec& into, const Value& value, Diagnostics& out) {
            if (auto n = detail::read_number(value, kAboveZero, false, "rate", out))
              into.rate = *n * hertz;
          },
          [](const SourceSpec& from) { return Value(from.rate / hertz); }};
}

Field<SourceSpec> hourly_field() {
  return {"hourly_factors",
          "list of 24 numbers",
          "on the rate, for each hour of the day; empty = steady",
          false,
          [](SourceSpec& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, "hourly_factors", out);
            std::vector<double> factors;
            for (const Value& each : *value.array()) {
              if (auto n = detail::read_number(each, {0, 1e9}, false, "hourly_factors", out))
                factors.push_back(*n);
            }
            into.hourly_factors = std::move(factors);
          },
          [](const SourceSpec& from) {
            Value list{Array{}};
            for (const double factor : from.hourly_factors) list.push(factor);
            return list;
          }};
}

Field<SourceSpec> mix_field() {
  return {"mix",
          "list of tables",
          "several kinds of requests with shares, each with the keys of a shape",
          false,
          [](SourceSpec& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, "mix", out);
            into.shapes.clear();
            for (const Value& each : *value.array())
              read_fields(each, shape_fields(), into.shapes.emplace_back(), "mix", out);
          },
          [](const SourceSpec& from) {
            Value list{Array{}};
            for (const RequestShape& shape : from.shapes)
              list.push(print_fields(shape_fields(), shape));
            return list;
          }};
}

FieldTable<TraceSpec> trace_fields() {
  using T = TraceSpec;
  constexpr Range kTimes{1, 100'000};
  return {
      text_field("file", &T::file, "trace: the recorded requests"),
      choice_field("format", &T::format,
                   {{"automatic", TraceFormat::automatic},
                    {"azure", TraceFormat::azure},
                    {"mooncake", TraceFormat::mooncake},
                    {"burstgpt", TraceFormat::burstgpt},
                    {"csv", TraceFormat::csv},
                    {"jsonl", TraceFormat::jsonl}},
                   "trace: its format; automatic = by its first line"),
      bool_field("sort", &T::sort, "trace: read it whole and order it by arrival"),
      bool_field("skip_empty", &T::skip_empty,
                 "trace: leave out (and count) requests without input or output"),
      quantity_field("start", &T::start, kTime, "trace: begin here, which becomes time 0"),
      quantity_field("stop", &T::stop, kTime, "trace: end before this; 0 = at its end"),
      number_field("speed", &T::speed, kAboveZero, "trace: arrivals this many times as fast"),
      number_field("keep", &T::keep, kShare, "trace: probability that a request is kept"),
      integer_field("repeat", &T::repeat, kTimes, "trace: times end to end"),
      integer_field("copies", &T::copies, kTimes,
                    "trace: of every request, for that many times the load"),
      quantity_field("copy_jitter", &T::copy_jitter, kTime,
                     "trace: copies come later by a uniform time up to this"),
      bool_field("share_prefixes", &T::share_prefixes,
                 "trace: repetitions and copies ask the same prompts again"),
  };
}

Field<RequestShape> media_field() {
  Field<RequestShape> field = table_field("media", &RequestShape::media, media_fields(),
                                          "images or video instead of tokens");
  const auto print = field.print;
  field.print = [=](const RequestShape& from) {
    return from.media.steps > 0 ? print(from) : Value();
  };
  return field;
}

RequestShape& single_shape(SourceSpec& source) {
  if (source.shapes.empty()) source.shapes.emplace_back();
  return source.shapes.front();
}
TraceSpec& trace_of(SourceSpec& source) { return source.trace; }

bool is_one_of(std::string_view key, std::initializer_list<std::string_view> keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// Whether sources of this kind look at the key.
bool is_used(std::string_view key, ArrivalKind kind) {
  const bool trace = kind == ArrivalKind::trace;
  if (is_one_of(key, {"arrivals", "requests", "duration", "model", "class", "priority"}))
    return true;
  if (field_named(trace_fields(), key) != nullptr) return trace;
  if (key == "cv") return kind == ArrivalKind::gamma;
  if (key == "weibull_shape") return kind == ArrivalKind::weibull;
  if (is_one_of(key, {"users", "ramp"})) return kind == ArrivalKind::closed_loop;
  if (is_one_of(key, {"rate", "hourly_factors", "start_hour"}))
    return !trace && kind != ArrivalKind::closed_loop && kind != ArrivalKind::offline;
  return !trace;
}

/// What is written and would not be looked at is a mistake.
void check_used(const Value& written, const SourceSpec& source, Diagnostics& out) {
  const Value* arrivals = written.find("arrivals");
  if (written.table() == nullptr || arrivals == nullptr || arrivals->text() == nullptr) return;
  for (const auto& [key, value] : *written.table()) {
    if (field_named(source_fields(), key) == nullptr || is_used(key, source.arrivals)) continue;
    out.push_back(problem_at(value.where(),
                             key + " has no meaning with arrivals = \"" + *arrivals->text() + "\"",
                             "remove it, or choose other arrivals"));
  }
}

/// A mix would silently replace a single shape written beside it.
void check_mix(const Value& source, Diagnostics& out) {
  if (source.table() == nullptr || source.find("mix") == nullptr) return;
  for (const Field<RequestShape>& field : shape_fields()) {
    const Value* beside = source.find(field.key);
    if (beside == nullptr) continue;
    out.push_back(problem_at(beside->where(), field.key + " stands beside a mix, which replaces it",
                             "move it into the tables of the mix"));
  }
}

}  // namespace

const FieldTable<LengthSpec>& length_fields() {
  using L = LengthSpec;
  static const FieldTable<L> fields{
      choice_field("distribution", &L::kind,
                   {{"constant", LengthKind::constant},
                    {"uniform", LengthKind::uniform},
                    {"log-normal", LengthKind::log_normal},
                    {"gamma", LengthKind::gamma}},
                   "how lengths vary"),
      number_field("tokens", &L::tokens, kLength,
                   "the constant, uniform's nominal length, else the mean"),
      number_field("low", &L::low, {0, 1e7}, "uniform: shortest, as a fraction of tokens"),
      number_field("high", &L::high, {0, 1e7}, "uniform: longest, as a fraction of tokens"),
      number_field("cv", &L::cv, kCv, "log-normal, gamma: standard deviation over mean"),
      integer_field("least", &L::least, kLength, "shorter draws become this"),
      integer_field("most", &L::most, kLength, "longer draws become this"),
  };
  return fields;
}

const FieldTable<ServingRequest::Media>& media_fields() {
  using M = ServingRequest::Media;
  constexpr Range kPixels{1, 1e6};
  static const FieldTable<M> fields{
      required(number_field("frames", &M::frames, {1, 1e6}, "1 = an image")),
      required(number_field("height", &M::height, kPixels, "pixels")),
      required(number_field("width", &M::width, kPixels, "pixels")),
      required(integer_field("steps", &M::steps, {1, 10000}, "denoising steps")),
      number_field("guidance_passes", &M::guidance_passes, {1, 1000},
                   "forwards a step; 2 = classifier-free guidance"),
  };
  return fields;
}

const FieldTable<RequestShape>& shape_fields() {
  using S = RequestShape;
  static const FieldTable<S> fields{
      number_field("share", &S::share, {0, 1e9}, "weight among the kinds of a mix"),
      text_field("model", &S::model, "which of the scenario's models"),
      text_field("class", &S::slo_class, "which of the scenario's SLO classes"),
      integer_field("priority", &S::priority, {-1e9, 1e9}, "smaller is more urgent"),
      length_field("input", &S::input, "tokens of a turn's own prompt"),
      length_field("output", &S::output, "tokens generated"),
      text_field("lengths_file", &S::lengths_file,
                 "draw pairs of input and output from this trace instead"),
      length_field("turns", &S::turns, "turns of a conversation, each prompt extending the former"),
      integer_field("system_prompt_tokens", &S::system_prompt_tokens, {0, 1e7},
                    "shared start of prompts, added to input"),
      integer_field("system_prompts", &S::system_prompts, {1, 1e12},
                    "how many different ones, each as likely"),
      integer_field("prefix_block_tokens", &S::prefix_block_tokens, {1, 1e6},
                    "tokens of a hashed prefix block"),
      number_field("cancel_probability", &S::cancel_probability, kShare,
                   "that a user goes away before the end"),
      quantity_field("cancel_after", &S::cancel_after, kTime,
                     "mean of the exponential time until then"),
      media_field(),
  };
  return fields;
}

const FieldTable<SourceSpec>& source_fields() {
  using S = SourceSpec;
  static const FieldTable<S> fields = [] {
    FieldTable<S> all{
        required(choice_field("arrivals", &S::arrivals,
                              {{"trace", ArrivalKind::trace},
                               {"poisson", ArrivalKind::poisson},
                               {"gamma", ArrivalKind::gamma},
                               {"weibull", ArrivalKind::weibull},
                               {"constant", ArrivalKind::constant},
                               {"closed-loop", ArrivalKind::closed_loop},
                               {"offline", ArrivalKind::offline}},
                              "when requests come; offline = all at once")),
        rate_field(),
        number_field("cv", &S::cv, kCv, "gamma: of the gaps; 1 = Poisson, more = bursts"),
        number_field("weibull_shape", &S::weibull_shape, {0.1, 100}, "1 = Poisson, less = bursts"),
        hourly_field(),
        number_field("start_hour", &S::start_hour, {0, 24}, "of the day at time 0"),
        integer_field("users", &S::users, {0, 1e7}, "closed loop: each has one request under way"),
        quantity_field("ramp", &S::ramp, kTime, "closed loop: users start evenly over this time"),
        quantity_field("think_time", &S::think_time, kTime,
                       "mean, between an answer and the user's next request"),
        number_field("think_cv", &S::think_cv, kCv, "of think times: 0 constant, 1 exponential"),
        integer_field("requests", &S::requests, kCount, "at most; 0 = no limit"),
        quantity_field("duration", &S::duration, kTime, "no arrivals from then on; 0 = no limit"),
    };
    for (const Field<TraceSpec>& field : trace_fields())
      all.push_back(of_part<S, TraceSpec>(field, &trace_of));
    for (const Field<RequestShape>& field : shape_fields())
      all.push_back(of_part<S, RequestShape>(field, &single_shape));
    all.push_back(mix_field());
    return all;
  }();
  return fields;
}

std::vector<SourceSpec> read_traffic(const Value& value, Diagnostics& out) {
  std::vector<SourceSpec> sources;
  const auto read = [&](const Value& each) {
    read_fields(each, source_fields(), sources.emplace_back(), "traffic", out);
    check_mix(each, out);
    check_used(each, sources.back(), out);
  };
  if (const Array* list = value.array()) {
    for (const Value& each : *list) read(each);
  } else {
    read(value);
  }
  return sources;
}

void find_trace_files(std::vector<SourceSpec>& sources,
                      const std::vector<std::filesystem::path>& folders) {
  const auto find = [&](std::string& file) {
    if (file.empty() || input_exists(file)) return;
    for (const std::filesystem::path& folder : folders) {
      if (!input_exists(folder / file)) continue;
      file = (folder / file).string();
      return;
    }
  };
  for (SourceSpec& source : sources) {
    find(source.trace.file);
    for (RequestShape& shape : source.shapes) find(shape.lengths_file);
  }
}

}  // namespace polyfleet
