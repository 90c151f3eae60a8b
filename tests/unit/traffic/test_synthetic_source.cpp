#include <cmath>

#include "traffic_testing.hpp"

namespace polyfleet {
namespace {

TrafficSpec spec_of(ArrivalKind kind, std::int64_t requests) {
  SourceSpec source;
  source.arrivals = kind;
  source.rate = 10 * hertz;
  source.requests = requests;
  RequestShape shape;
  shape.input.tokens = 100;
  shape.output.tokens = 10;
  source.shapes = {shape};
  TrafficSpec spec;
  spec.sources = {source};
  return spec;
}

struct GapStatistics {
  double rate = 0, cv = 0;
};

GapStatistics gaps(const std::vector<ServingRequest>& requests) {
  double sum = 0, squares = 0;
  Picos last = 0;
  for (const ServingRequest& each : requests) {
    const double gap = seconds_of_picos(each.arrival - last) / second;
    CHECK(gap >= 0);
    sum += gap;
    squares += gap * gap;
    last = each.arrival;
  }
  const auto n = static_cast<double>(requests.size());
  const double mean = sum / n;
  return {1 / mean, std::sqrt(squares / n - mean * mean) / mean};
}

}  // namespace

TEST_CASE("arrivals have the stated rate and burstiness, within sampling error") {
  constexpr std::int64_t kRequests = 200'000;
  const auto check = [](const TrafficSpec& spec, double cv) {
    const GapStatistics found = gaps(requests_of(spec));
    const double error = cv / std::sqrt(static_cast<double>(kRequests));
    CHECK(std::abs(found.rate / 10 - 1) < 5 * error + 1e-9);
    CHECK(found.cv == doctest::Approx(cv).epsilon(0.03));
  };
  check(spec_of(ArrivalKind::poisson, kRequests), 1);
  for (const double cv : {0.5, 2.0, 3.0}) {
    TrafficSpec gamma = spec_of(ArrivalKind::gamma, kRequests);
    gamma.sources[0].cv = cv;
    check(gamma, cv);
  }
  TrafficSpec weibull = spec_of(ArrivalKind::weibull, kRequests);
  weibull.sources[0].weibull_shape = 0.5;
  check(weibull, std::sqrt(5.0));  // Gamma(1 + 2/k) / Gamma(1 + 1/k)^2 - 1 = 24/4 - 1
  TrafficSpec constant = spec_of(ArrivalKind::constant, 1000);
  const auto requests = requests_of(constant);
  for (std::size_t i = 0; i < requests.size(); ++i)
    CHECK(std::abs(requests[i].arrival - static_cast<Picos>(i + 1) * 100'000'000'000) <= 10);
}

TEST_CASE("hourly factors shape the rate; hours of factor 0 are empty") {
  TrafficSpec spec = spec_of(ArrivalKind::poisson, 0);
  spec.sources[0].duration = 48 * hour;
  spec.sources[0].start_hour = 22.5;
  std::vector<double>& factors = spec.sources[0].hourly_factors;
  factors.assign(24, 0);
  factors[23] = 2;
  factors[0] = 0.5;
  std::vector<double> in_hour(49);
  for (const ServingRequest& each : requests_of(spec)) {
    const double hours = seconds_of_picos(each.arrival) / hour;
    ++in_hour[static_cast<std::size_t>(hours + 0.5)];  // the first half hour is hour 22's
  }
  CHECK(in_hour[0] == 0);
  CHECK(in_hour[1] == doctest::Approx(72'000).epsilon(0.02));
  CHECK(in_hour[2] == doctest::Approx(18'000).epsilon(0.04));
  CHECK(in_hour[3] == 0);
  CHECK(in_hour[25] == doctest::Approx(72'000).epsilon(0.02));
}

TEST_CASE("the same seed gives the same requests, another seed others") {
  TrafficSpec spec = spec_of(ArrivalKind::gamma, 500);
  spec.sources[0].shapes[0].input = {LengthKind::log_normal, 1000, 1, 1, 2};
  const auto first = requests_of(spec, 7), again = requests_of(spec, 7),
             other = requests_of(spec, 8);
  int differ = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].arrival == again[i].arrival);
    CHECK(first[i].input_tokens == again[i].input_tokens);
    differ += first[i].arrival != other[i].arrival;
  }
  CHECK(differ > 490);
}

TEST_CASE("length distributions have their means and ranges") {
  TrafficSpec spec = spec_of(ArrivalKind::offline, 100'000);
  RequestShape& shape = spec.sources[0].shapes[0];
  shape.input = {LengthKind::uniform, 1024, 0.8, 1};
  shape.output = {LengthKind::log_normal, 300, 1, 1, 1.5};
  double input = 0, output = 0, squares = 0;
  std::int64_t least = kMostTokens, most = 0;
  for (const ServingRequest& each : requests_of(spec)) {
    CHECK(each.arrival == 0);
    input += static_cast<double>(each.input_tokens);
    output += static_cast<double>(each.output_tokens);
    squares += static_cast<double>(each.output_tokens * each.output_tokens);
    least = std::min(least, each.input_tokens);
    most = std::max(most, each.input_tokens);
  }
  CHECK(least == 819);  // int(0.8 * 1024), as InferenceX's randint(int(length * ratio), length + 1)
  CHECK(most == 1024);
  CHECK(input / 1e5 == doctest::Approx((819 + 1024) / 2.0).epsilon(0.001));
  const double mean = output / 1e5;
  CHECK(mean == doctest::Approx(300).epsilon(0.03));
  CHECK(std::sqrt(squares / 1e5 - mean * mean) / mean == doctest::Approx(1.5).epsilon(0.1));
}

TEST_CASE("a closed loop keeps its users busy and stops at its number of requests") {
  TrafficSpec spec = spec_of(ArrivalKind::closed_loop, 10);
  spec.sources[0].users = 4;
  spec.sources[0].ramp = 4 * second;
  spec.sources[0].think_time = 1 * second;
  spec.sources[0].think_cv = 0;
  auto source = open_traffic(spec, 1);
  REQUIRE(source);
  RequestSource& loop = **source;
  for (std::int64_t user = 0; user < 4; ++user) {
    CHECK(loop.next_arrival() == user * 1'000'000'000'000);
    const auto request = loop.next();
    REQUIRE((request && *request));
    CHECK((*request)->id == user);
  }
  CHECK(loop.next_arrival() == kNever);
  CHECK_FALSE(loop.exhausted());
  const auto none = loop.next();
  CHECK((none && !*none));
  loop.completed(2, 7'000'000'000'000);
  CHECK(loop.next_arrival() == 8'000'000'000'000);
  loop.completed(0, 6'500'000'000'000);  // brings the next arrival forward
  CHECK(loop.next_arrival() == 7'500'000'000'000);
  for (std::int64_t id = 4; id < 10; ++id) {
    auto request = loop.next();
    REQUIRE((request && *request));
    CHECK((*request)->id == id);
    loop.completed(id, (*request)->arrival + 1);
  }
  CHECK(loop.exhausted());
  CHECK(loop.next_arrival() == kNever);
}

TEST_CASE("turns of a conversation wait for the answer and extend the prompt") {
  TrafficSpec spec = spec_of(ArrivalKind::offline, 6);
  RequestShape& shape = spec.sources[0].shapes[0];
  shape.turns.tokens = 3;
  shape.system_prompt_tokens = 40;
  shape.input.tokens = 24;
  shape.output.tokens = 8;
  spec.sources[0].think_time = 2 * second;
  spec.sources[0].think_cv = 0;
  spec.sources[0].requests = 3;
  auto source = open_traffic(spec, 1);
  REQUIRE(source);
  std::vector<ServingRequest> turns;
  auto first = (*source)->next(), second_one = (*source)->next();
  REQUIRE((first && *first && second_one && *second_one));
  CHECK((*first)->session != (*second_one)->session);
  CHECK((*first)->input_tokens == 64);
  (*source)->completed(0, 5'000'000'000'000);
  // The third start of offline traffic is at 0, before the turn at 7 s; it is the last of three.
  CHECK((*source)->next_arrival() == 0);
  shape.turns.tokens = 2;
  spec.sources[0].arrivals = ArrivalKind::closed_loop;
  spec.sources[0].users = 1;
  auto loop = open_traffic(spec, 1);
  REQUIRE(loop);
  Picos now = 0;
  for (int i = 0; i < 3; ++i) {
    auto turn = (*loop)->next();
    REQUIRE((turn && *turn));
    CHECK((*turn)->arrival == (i == 0 ? 0 : now + 2'000'000'000'000));
    now = (*turn)->arrival + 1'000'000'000'000;
    turns.push_back(**turn);
    (*loop)->completed((*turn)->id, now);
  }
  CHECK(turns[0].input_tokens == 64);
  CHECK(turns[1].input_tokens == 64 + 8 + 24);
  CHECK(turns[2].input_tokens == 64);
  CHECK(turns[0].session == turns[1].session);
  CHECK(turns[1].session != turns[2].session);
  // Blocks of 16: 40 tokens of system prompt fill two; 64 tokens of prompt fill four.
  const auto common = [](const ServingRequest& a, const ServingRequest& b) {
    std::size_t n = 0;
    while (n < a.prefix_blocks.size() && n < b.prefix_blocks.size() &&
           a.prefix_blocks[n] == b.prefix_blocks[n])
      ++n;
    return n;
  };
  CHECK(turns[0].prefix_blocks.size() == 4);
  CHECK(turns[1].prefix_blocks.size() == 6);
  CHECK(common(turns[0], turns[1]) == 4);
  CHECK(common(turns[0], turns[2]) == 2);
}

TEST_CASE("a mixture keeps its shares, cancellations their probability") {
  TrafficSpec spec = spec_of(ArrivalKind::poisson, 100'000);
  spec.names = {{"a", "b"}, {"fast", "slow"}};
  RequestShape first = spec.sources[0].shapes[0];
  first.share = 3;
  first.model = "a";
  first.slo_class = "fast";
  RequestShape second_shape = first;
  second_shape.share = 1;
  second_shape.model = "b";
  second_shape.slo_class = "slow";
  second_shape.priority = 5;
  second_shape.cancel_probability = 0.1;
  second_shape.cancel_after = 4 * second;
  spec.sources[0].shapes = {first, second_shape};
  double of_b = 0, cancelled = 0, after = 0;
  for (const ServingRequest& each : requests_of(spec)) {
    CHECK(each.model == each.slo_class);
    CHECK((each.priority == 5) == (each.model == 1));
    of_b += each.model;
    if (each.cancelled_after == kNever) continue;
    CHECK(each.model == 1);
    ++cancelled;
    after += seconds_of_picos(each.cancelled_after) / second;
  }
  CHECK(of_b / 1e5 == doctest::Approx(0.25).epsilon(0.03));
  CHECK(cancelled / of_b == doctest::Approx(0.1).epsilon(0.1));
  CHECK(after / cancelled == doctest::Approx(4).epsilon(0.1));
}

TEST_CASE("media requests have no tokens") {
  TrafficSpec spec = spec_of(ArrivalKind::poisson, 5);
  spec.sources[0].shapes[0].media = {81, 480, 832, 50, 2};
  for (const ServingRequest& each : requests_of(spec)) {
    REQUIRE(each.media);
    CHECK(each.media->width == 832);
    CHECK(each.input_tokens == 0);
  }
}

TEST_CASE("contradictory traffic is refused with every reason") {
  TrafficSpec spec = spec_of(ArrivalKind::poisson, 0);
  spec.sources[0].rate = Hertz();
  spec.sources[0].hourly_factors = {1, 2};
  spec.sources[0].shapes[0].share = 0;
  spec.sources[0].shapes[0].cancel_probability = 2;
  spec.sources[0].shapes[0].model = "x";
  spec.sources[0].shapes[0].input = RequestShape().input;
  const auto source = open_traffic(spec, 1);
  REQUIRE_FALSE(source);
  const std::string text = to_text(source.problems());
  for (const char* part :
       {"rate must be above 0", "a day 24 hours", "shares must not be all 0", "cancel_probability",
        "needs an end", "'x' is no model", "input: no length is stated"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK_FALSE(open_traffic({}, 1));
}

}  // namespace polyfleet
