#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Every finite double by its bits, so that exponents are drawn evenly.
rc::Gen<double> finite_double() {
  const auto from_bits = [](std::uint64_t bits) { return std::bit_cast<double>(bits); };
  return rc::gen::suchThat(rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), from_bits),
                           [](double value) { return std::isfinite(value); });
}

template <class Q>
bool exact_text_round_trips(const char* name) {
  return rc::check(std::string("parse(exact_text(x)) = x for ") + name, [] {
    const Q quantity = Q::from_base(*finite_double());
    const Result<Q> read = parse_quantity<Q>(exact_text(quantity));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == quantity);
  });
}

template <class Q>
bool printed_text_is_near(const char* name) {
  return rc::check(std::string("print(x) is within 5e-4 of x for ") + name, [] {
    const double mantissa = *rc::gen::inRange(1, 1'000'000) * 1e-6;
    const Q quantity = Q::from_base(std::ldexp(mantissa, *rc::gen::inRange(-40, 60)));
    const Result<Q> read = parse_quantity<Q>(print_quantity(quantity));
    RC_ASSERT(read.has_value());
    RC_ASSERT(std::abs(*read / quantity - 1) <= 5.001e-4);
  });
}

}  // namespace

TEST_CASE("exact text of a quantity round-trips") {
  CHECK(exact_text_round_trips<Seconds>("Seconds"));
  CHECK(exact_text_round_trips<Hertz>("Hertz"));
  CHECK(exact_text_round_trips<Bytes>("Bytes"));
  CHECK(exact_text_round_trips<BytesPerSecond>("BytesPerSecond"));
  CHECK(exact_text_round_trips<Flops>("Flops"));
  CHECK(exact_text_round_trips<FlopsPerSecond>("FlopsPerSecond"));
  CHECK(exact_text_round_trips<Joules>("Joules"));
  CHECK(exact_text_round_trips<Watts>("Watts"));
  CHECK(exact_text_round_trips<Usd>("Usd"));
  CHECK(exact_text_round_trips<UsdPerSecond>("UsdPerSecond"));
  CHECK(exact_text_round_trips<UsdPerJoule>("UsdPerJoule"));
  CHECK(exact_text_round_trips<GramsCo2e>("GramsCo2e"));
  CHECK(exact_text_round_trips<GramsCo2ePerJoule>("GramsCo2ePerJoule"));
  CHECK(exact_text_round_trips<Tokens>("Tokens"));
  CHECK(exact_text_round_trips<TokensPerSecond>("TokensPerSecond"));
}

TEST_CASE("printed text of a quantity is near it") {
  CHECK(printed_text_is_near<Seconds>("Seconds"));
  CHECK(printed_text_is_near<Bytes>("Bytes"));
  CHECK(printed_text_is_near<Watts>("Watts"));
  CHECK(printed_text_is_near<Usd>("Usd"));
}

TEST_CASE("no text makes the reader fail other than by a diagnostic") {
  CHECK(rc::check("any text", [](const std::string& text) {
    const Result<Bytes> read = parse_quantity<Bytes>(text);
    if (!read) RC_ASSERT(!read.problems().front().what.empty());
  }));
}

}  // namespace polyfleet
