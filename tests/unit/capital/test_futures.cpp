// Futures: the same on any number of threads, after any kill, and refused where the question is
// another.
#include <doctest/doctest.h>

#include <cmath>

#include "futures_fixture.hpp"

using namespace polyfleet_test;

namespace {

Futures futures_of(const SmallStudy& study, FuturesOptions options) {
  const Result<Futures> result = run_futures(study.question(), options);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : to_text(result.problems())));
  return *result;
}

FuturesOptions few(int futures = 40, unsigned threads = 1) {
  FuturesOptions options;
  options.futures = futures;
  options.threads = threads;
  return options;
}

FuturesOptions stored(const ScratchFile& file, int futures = 40) {
  FuturesOptions options = few(futures);
  options.store = file.path();
  return options;
}

}  // namespace

TEST_CASE("any number of threads gives the same futures bit by bit") {
  const SmallStudy study;
  const Futures one = futures_of(study, few(40, 1)), three = futures_of(study, few(40, 3));
  CHECK(one.done == 40);
  CHECK(one.values == three.values);
  CHECK(one.drawn == three.drawn);
  CHECK(one.values[0] != one.values[1]);
}

TEST_CASE("fewer futures are the first of more") {
  const SmallStudy study;
  const Futures few_of = futures_of(study, few(10)), many = futures_of(study, few(30));
  for (std::size_t i = 0; i < 10; ++i) CHECK(few_of.values[i] == many.values[i]);
}

TEST_CASE("a run that is stopped goes on where it was and ends as if it had not been") {
  const SmallStudy study;
  const ScratchFile file("stopped.futures");
  const Futures whole = futures_of(study, few());
  std::atomic<bool> stop{false};
  FuturesOptions options = stored(file);
  options.stop = &stop;
  options.progress = [&](int done, int) {
    if (done == 13) stop = true;
  };
  const Futures part = futures_of(study, options);
  CHECK(part.interrupted);
  CHECK(part.done == 13);
  for (std::size_t i = 0; i < part.values.size(); ++i)
    CHECK(part.drawn[i].empty() == part.values[i].empty());
  const Futures rest = futures_of(study, stored(file));
  CHECK(rest.resumed == 13);
  CHECK(rest.notes.empty());
  CHECK_FALSE(rest.interrupted);
  CHECK(rest.values == whole.values);
  CHECK(futures_of(study, stored(file)).resumed == 40);
}

TEST_CASE("a store torn at any byte gives the same futures and says what it lost") {
  const SmallStudy study;
  const ScratchFile file("torn.futures");
  const Futures whole = futures_of(study, stored(file, 5));
  const std::string text = file.text();
  for (const std::size_t cut : {std::size_t{0}, std::size_t{9}, text.find('\n') + 5,
                                text.find('\n', 30) + 1, text.size() / 2, text.size() - 1}) {
    file.write(text.substr(0, cut));
    const Futures again = futures_of(study, stored(file, 5));
    CHECK(again.values == whole.values);
    const bool torn = cut > text.find('\n', 30) + 1;
    CHECK(again.notes.size() == (torn ? 1 : 0));
    CHECK(futures_of(study, stored(file, 5)).resumed == 5);
  }
}

TEST_CASE("a damaged line is dropped, said and computed again") {
  const SmallStudy study;
  const ScratchFile file("damaged.futures");
  const Futures whole = futures_of(study, stored(file, 5));
  std::string text = file.text();
  char& digit = text[text.size() / 2];
  digit = digit == 'a' ? 'b' : 'a';
  file.write(text);
  const Futures again = futures_of(study, stored(file, 5));
  CHECK(again.resumed == 4);
  REQUIRE(again.notes.size() == 1);
  CHECK(again.notes[0].find("1 torn or damaged line dropped") != std::string::npos);
  CHECK(again.values == whole.values);
}

TEST_CASE("a store of another question is refused and stays as it is") {
  const ScratchFile file("other.futures");
  SmallStudy study;
  futures_of(study, stored(file, 3));
  const std::string text = file.text();
  const auto refused = [&](const SmallStudy& other, std::uint64_t seed) {
    FuturesQuestion question = other.question();
    question.seed = seed;
    const Result<Futures> result = run_futures(question, stored(file, 3));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.problems()[0].what.find("another question") != std::string::npos);
    CHECK(file.text() == text);
  };
  refused(study, 8);
  SmallStudy other = study;
  other.spec.price.sigma = 0.11;
  refused(other, 7);
  other = study;
  other.model.phases[1].delay.quarters = {0.5, 0.5};
  refused(other, 7);
  other = study;
  other.model.rates[0][1].low = 0.7;
  refused(other, 7);
  other = study;  // a branch of the tree is no part of the futures
  other.spec.branches.push_back({});
  CHECK(futures_of(other, stored(file, 3)).resumed == 3);
}

TEST_CASE("a file that is no store is refused and stays as it is") {
  const SmallStudy study;
  const ScratchFile file("foreign.futures");
  file.write("year,tokens\n2027,1\n");
  const Result<Futures> result = run_futures(study.question(), stored(file, 3));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.problems()[0].what == "is no store of futures");
  CHECK(file.text() == "year,tokens\n2027,1\n");
}

TEST_CASE("two runs do not write one store") {
  const SmallStudy study;
  const ScratchFile file("busy.futures");
  FuturesOptions options = stored(file, 3);
  int refused = 0;
  options.progress = [&](int, int) {
    const Result<Futures> second = run_futures(study.question(), stored(file, 3));
    refused += !second && second.problems()[0].what == "is in use by another run" ? 1 : 0;
  };
  futures_of(study, options);
  CHECK(refused == 3);
}

TEST_CASE("a store keeps days that never come") {
  SmallStudy study;
  study.spec.cancellation.probability = 1;
  const ScratchFile file("never.futures");
  const Futures first = futures_of(study, stored(file, 4)),
                again = futures_of(study, stored(file, 4));
  CHECK(again.resumed == 4);
  CHECK(first.values == again.values);
  const int day = outcome_index(first.outcomes, "day.amd_openai.1gw");
  REQUIRE(day >= 0);
  CHECK(std::isinf(again.values[2][static_cast<std::size_t>(day)]));
  const OutcomeSpread spread = outcome_spreads(again)[static_cast<std::size_t>(day)];
  CHECK(spread.never == 1);
  CHECK(std::isinf(spread.p50));
}

TEST_CASE("percentiles by hand") {
  Futures futures;
  futures.outcomes.resize(1);
  for (int i = 0; i <= 100; ++i) futures.values.push_back({static_cast<double>(100 - i)});
  futures.values.push_back({});  // not done
  futures.done = 101;
  const OutcomeSpread spread = outcome_spreads(futures)[0];
  CHECK(spread.p5 == doctest::Approx(5));
  CHECK(spread.p25 == doctest::Approx(25));
  CHECK(spread.p50 == doctest::Approx(50));
  CHECK(spread.p75 == doctest::Approx(75));
  CHECK(spread.p95 == doctest::Approx(95));
  CHECK(spread.mean == doctest::Approx(50));
  CHECK(spread.never == 0);
}

TEST_CASE("Spearman's rank correlation by hand") {
  CHECK(rank_correlation({1, 2, 3}, {10, 100, 1000}) == doctest::Approx(1));
  CHECK(rank_correlation({1, 2, 3}, {3, 2, 1}) == doctest::Approx(-1));
  CHECK(rank_correlation({1, 2, 3, 4}, {1, 3, 2, 4}) == doctest::Approx(0.8));
  CHECK(rank_correlation({1, 1, 1}, {3, 2, 1}) == 0);
  // Ranks 1.5 1.5 3 against 1 2 3: 1.5 / sqrt(1.5 x 2).
  CHECK(rank_correlation({1, 1, 2}, {1, 2, 3}) == doctest::Approx(1.5 / std::sqrt(3.0)));
}

TEST_CASE("what moves an outcome is found by its rank correlation") {
  SmallStudy study;
  study.spec = {};
  study.spec.outages.drawn = false;
  study.spec.price = {0.3, 1, "", "", ""};
  study.model.sites[1].region = "texas";
  for (FleetPhase& phase : study.model.phases) phase.delay.quarters = {1};
  const Futures futures = futures_of(study, few(50));
  REQUIRE(futures.inputs.size() == 1);
  const auto of = [&](const char* id) {
    return input_correlations(futures, outcome_index(futures.outcomes, id))[0];
  };
  CHECK(of("cost") == doctest::Approx(1));
  CHECK(of("npv") == doctest::Approx(-1));
  CHECK(of("grid_energy") == 0);
}

TEST_CASE("the real simulation gives the same futures on any number of threads") {
  SmallStudy study;
  FuturesQuestion question = study.question();
  question.simulate = simulate_fleet;
  const Result<Futures> one = run_futures(question, few(12, 1)),
                        three = run_futures(question, few(12, 3));
  REQUIRE(one.has_value());
  CHECK(one->values == three->values);
  const auto at = [&](const char* id) {
    const int index = outcome_index(one->outcomes, id);
    REQUIRE(index >= 0);
    return static_cast<std::size_t>(index);
  };
  CHECK(one->plan[at("tokens")] > 0);
  CHECK(one->plan[at("cost")] > 0);
  CHECK(one->plan[at("gigawatts.amd_openai/2028")] == doctest::Approx(2e9));
  CHECK(outcome_spreads(*one)[at("grid_cost")].p5 < outcome_spreads(*one)[at("grid_cost")].p95);
}
