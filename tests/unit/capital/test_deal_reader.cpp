#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "capital/deal_date.hpp"
#include "capital/deal_reader.hpp"

using namespace polyfleet;

namespace {

const std::filesystem::path kData = POLYFLEET_SOURCE_DIR "/data";

std::set<std::string> known_sources() {
  std::set<std::string> keys;
  const Value document = *read_document((kData / "sources.toml").string());
  for (const auto& [key, unused] : *document.table()) keys.insert(key);
  return keys;
}

void check_source(const std::string& source, const std::set<std::string>& known) {
  for (std::size_t begin = 0; begin <= source.size();) {
    const std::size_t end = std::min(source.find(", ", begin), source.size());
    CHECK_MESSAGE(known.contains(source.substr(begin, end - begin)), source);
    begin = end + 2;
  }
}

/// A shipped document with one value replaced, read; its problems as text, or empty.
std::string faults(const std::string& deal, const std::string& key, const Value& value) {
  const Result<Value> document = with_value(*deal_document(kData, deal), key, value);
  if (!document) return to_text(document.problems());
  const Result<Deal> read = read_deal(*document);
  return read ? "" : to_text(read.problems());
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every shipped deal loads, and every term says who states it") {
  const std::set<std::string> known = known_sources();
  CHECK(deal_names(kData).size() >= 4);
  for (const std::string& name : deal_names(kData)) {
    CAPTURE(name);
    const Result<Deal> deal = load_deal(kData, name);
    REQUIRE_MESSAGE(deal.has_value(), (deal ? "" : to_text(deal.problems())));
    CHECK(deal->id == name);
    CHECK(!deal->facts.empty());
    std::vector<NamedTerm> terms = named_terms(*deal);
    if (!deal->share.empty()) {
      const Result<ShareTerms> share = load_share(kData, deal->share);
      REQUIRE(share.has_value());
      CHECK(!share->quotes.empty());
      const std::vector<NamedTerm> more = named_terms(*share);
      terms.insert(terms.end(), more.begin(), more.end());
      for (const ShareQuote& quote : share->quotes) check_source(quote.price.source, known);
    }
    for (const NamedTerm& term : terms) {
      CAPTURE(term.key);
      CHECK(term.status != TermStatus::user);
      if (term.status == TermStatus::assumption) {
        CHECK(!term.note.empty());
      } else {
        check_source(term.source, known);
      }
    }
    for (const DealFact& fact : deal->facts) check_source(fact.source, known);
  }
}

TEST_CASE("the AMD warrants hold what the filings say") {
  for (const char* name : {"amd_openai_2025", "amd_meta_2026"}) {
    const Deal deal = *load_deal(kData, name);
    REQUIRE(deal.warrant.has_value());
    CHECK(deal.warrant->shares.value == 160e6);
    CHECK(deal.warrant->exercise_price.value / usd == doctest::Approx(0.01));
    REQUIRE(deal.warrant->tranches.size() == 6);
    CHECK(deal.warrant->tranches.back().hurdle.value == 600 * usd);
    CHECK(deal.warrant->tranches.back().hurdle.status == TermStatus::filing);
    CHECK(deal.warrant->tranches[2].hurdle.status == TermStatus::assumption);
    CHECK(deal.warrant->tranches.front().delivered == 1 * gigawatt);
    CHECK(milestones(deal).size() == 6);
  }
  const Deal letter = *load_deal(kData, "nvidia_openai_2025");
  Usd sum;
  for (const InvestmentRelease& release : letter.releases) sum += release.amount.value;
  CHECK(sum / usd == doctest::Approx(100e9));
  const Deal stake = *load_deal(kData, "nvidia_openai_2026");
  CHECK(stake.payments.front().amount.value / usd == doctest::Approx(30e9));
  CHECK(stake.guarantee->amount.value / usd == doctest::Approx(105e9));
  CHECK(milestones(stake).size() == 5);
}

TEST_CASE("a value of the reader's own replaces a term and is marked") {
  const Value changed =
      *with_value(*deal_document(kData, "amd_openai_2025"), "tranche.2.hurdle", Value("250 USD"));
  const Deal deal = *read_deal(changed);
  CHECK(deal.warrant->tranches[1].hurdle.value == 250 * usd);
  CHECK(deal.warrant->tranches[1].hurdle.status == TermStatus::user);
  CHECK(deal.warrant->tranches[0].hurdle.status == TermStatus::assumption);
  const Value all = *with_value(changed, "tranche.*.conditions", Value(1));
  const Deal sure = *read_deal(all);
  for (const WarrantTranche& tranche : sure.warrant->tranches) CHECK(tranche.conditions.value == 1);
}

TEST_CASE("what cannot be a deal is refused with its reason") {
  const auto fault = [](const std::string& key, const Value& value) {
    return faults("amd_openai_2025", key, value);
  };
  CHECK(says(fault("tranche.3.hurdle", Value("100 USD")), "the hurdle falls"));
  CHECK(says(fault("tranche.3.shares", Value(-1)), "between 0 and"));
  CHECK(says(fault("tranche.3.shares", Value(1)), "the tranches hold"));
  CHECK(says(fault("tranche.3.delivered", Value("1 GW")), "delivered after"));
  CHECK(says(fault("tranche.3.conditions", Value(1.5)), "between 0 and 1"));
  CHECK(says(fault("warrant.expiry", Value("2027-01-01")), "before the first delivery"));
  CHECK(says(fault("warrant.expiry", Value("2025-01-01")), "not after its issue"));
  CHECK(says(fault("warrant.expiry", Value("2030-02-30")), "there is no day"));
  CHECK(says(fault("delivery.2.date", Value("2027-01-01")), "before the delivery before it"));
  CHECK(says(fault("warrant.rule", Value("sometimes")), "spot"));
  CHECK(says(fault("tranche.9.hurdle", Value("100 USD")), "places are 1 to 6"));
  CHECK(says(fault("warant.expiry", Value("2030-01-01")), "warrant"));
  CHECK(says(fault("warrant.expiri", Value("2030-01-01")), "expiry"));
  CHECK(says(fault("tranche.1.hurdle", Value("100")), "unit"));
  CHECK(says(fault("correlation", Value(1)), "between -0.95 and 0.95"));
  CHECK(says(faults("nvidia_openai_2025", "release.2.delivered", Value("1 GW")), "rise"));
  CHECK(says(to_text(load_deal(kData, "amd_openai").problems()), "amd_openai_2025"));
}

TEST_CASE("a term without status, source or reason is refused") {
  const auto deal_with = [](const std::string& term) {
    const std::string text =
        "id = \"x\"\nname = \"x\"\nvendor = \"v\"\nbuyer = \"b\"\n"
        "state = \"signed\"\nsigned_on = \"2026-01-01\"\n"
        "discount_rate = " +
        term +
        "\n[[payment]]\ndate = \"2026-01-01\"\namount = \"1 BUSD\"\n"
        "what = \"all\"\n";
    const Result<Deal> read = read_deal(*parse_toml(text, "x.toml"));
    return read ? std::string() : to_text(read.problems());
  };
  CHECK(deal_with("0.08").empty());
  CHECK(deal_with("{ value = 0.08, status = \"filing\", source = \"here\" }").empty());
  CHECK(says(deal_with("{ value = 0.08, source = \"here\" }"), "lacks its status"));
  CHECK(says(deal_with("{ value = 0.08, status = \"filing\" }"), "lacks its source"));
  CHECK(says(deal_with("{ value = 0.08, status = \"assumption\" }"), "lacks its note"));
  CHECK(says(deal_with("{ value = 0.08, status = \"guess\", source = \"x\" }"), "assumption"));
  CHECK(says(deal_with("{ low = 0.1, status = \"filing\", source = \"x\" }"), "one end"));
  CHECK(
      says(deal_with("{ value = 0.3, low = 0.1, high = 0.2, status = \"filing\", source = \"x\" }"),
           "low <= value"));
  CHECK(says(deal_with("{ status = \"filing\", source = \"x\" }"), "lacks its value"));
}
