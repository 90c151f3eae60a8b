#include <doctest/doctest.h>

#include <limits>

#include "units/text.hpp"

namespace polyfleet {
namespace {

template <class Q>
std::string fault(std::string_view text) {
  const Result<Q> read = parse_quantity<Q>(text);
  return read ? "" : read.problems().front().what;
}
template <class Q>
std::string fix(std::string_view text) {
  const Result<Q> read = parse_quantity<Q>(text);
  return read ? "" : read.problems().front().fix;
}

}  // namespace

TEST_CASE("number and unit, with or without a blank") {
  CHECK(*parse_quantity<BytesPerSecond>("450 GB/s") == 450.0 * gigabyte_per_second);
  CHECK(*parse_quantity<BytesPerSecond>("450GB/s") == 450.0 * gigabyte_per_second);
  CHECK(*parse_quantity<BytesPerSecond>("  400  Gbit/s ") == 50.0 * gigabyte_per_second);
  CHECK(*parse_quantity<Bytes>("1 GiB") / byte == 1073741824.0);
  CHECK(*parse_quantity<Bytes>("1 GB") / byte == 1e9);
  CHECK(*parse_quantity<Watts>("1.4e3 W") == 1.4 * kilowatt);
  CHECK(*parse_quantity<UsdPerSecond>("2.35 USD/h") / usd_per_hour == doctest::Approx(2.35));
  CHECK(*parse_quantity<Seconds>("-3 ms") == -3.0 * millisecond);
}

TEST_CASE("a number without a unit is an error") {
  CHECK(fault<Bytes>("450") == "'450' has no unit");
  CHECK(fix<Bytes>("450").find("GiB") != std::string::npos);
}

TEST_CASE("text without a number is an error") {
  for (const char* bad :
       {"", " ", "GB", "nan GB", "inf GB", "infGB", "1e999 GB", ". GB", "- 3 GB"}) {
    CAPTURE(bad);
    CHECK(fault<Bytes>(bad).find("does not begin with a number") != std::string::npos);
  }
}

TEST_CASE("a unit of another quantity is told apart from an unknown one") {
  CHECK(fault<Bytes>("3 W") == "'W' is a unit of another kind of quantity");
  CHECK(fault<Bytes>("3 parsec") == "unknown unit 'parsec'");
  CHECK(fault<Bytes>("3 GB GB") == "unknown unit 'GB GB'");
}

TEST_CASE("bits and bytes are never confused by a suggestion") {
  CHECK(fix<BytesPerSecond>("400 Gbps") == "did you mean 'Gbit/s'?");
  CHECK(fix<BytesPerSecond>("400 Gb/s") == "did you mean 'Gbit/s'?");
  CHECK(fix<BytesPerSecond>("400 GBps") == "did you mean 'GB/s'?");
  CHECK(fix<BytesPerSecond>("400 gb/s") == "did you mean 'GB/s'?");
  CHECK(fix<FlopsPerSecond>("3 TFLOPS") == "did you mean 'TFLOP/s'?");
  CHECK(fix<Seconds>("3 \xC2\xB5s") == "did you mean 'us'?");
  CHECK(fix<Seconds>("3 seconds") == "did you mean 's'?");
}

TEST_CASE("a number that leaves the range of a double is refused") {
  CHECK(fault<Bytes>("1e308 TB") == "'1e308 TB' is too large");
}

TEST_CASE("printed for people: four digits, the unit that fits, no exponents") {
  CHECK(print_quantity(450.0 * gigabyte_per_second) == "450 GB/s");
  CHECK(print_quantity(23.3 * terabyte_per_second) == "23.3 TB/s");
  CHECK(print_quantity(0.5 * millisecond) == "500 us");
  CHECK(print_quantity(1.0 * second) == "1 s");
  CHECK(print_quantity(100.0 * second) == "100 s");
  CHECK(print_quantity(7200.0 * second) == "2 h");
  CHECK(print_quantity(288.0 * gigabyte) == "288 GB");
  CHECK(print_quantity(123.456 * megabyte) == "123.5 MB");
  CHECK(print_quantity(45'678.0 * usd) == "45678 USD");
  CHECK(print_quantity(2'500'000.0 * usd) == "2.5 MUSD");
  CHECK(print_quantity(Bytes{}) == "0 B");
  CHECK(print_quantity(-2.0 * gigabyte) == "-2 GB");
  CHECK(print_quantity(flop / byte) == "1");  // FLOP per byte has no named unit
}

TEST_CASE("exact text reads back to the same double") {
  CHECK(exact_text(16.777216 * megabyte) == "16.777216 MB");
  CHECK(exact_text(0.07 * usd_per_kilowatt_hour).find("USD/") != std::string::npos);
  for (const double value : {1.0 / 3, 1e-12, 123456789.123456789, 7e20, -0.1, 0.0,
                             std::numeric_limits<double>::denorm_min()}) {
    CAPTURE(value);
    CHECK(*parse_quantity<Seconds>(exact_text(Seconds::from_base(value))) ==
          Seconds::from_base(value));
    CHECK(*parse_quantity<UsdPerJoule>(exact_text(UsdPerJoule::from_base(value))) ==
          UsdPerJoule::from_base(value));
  }
}

TEST_CASE("the example units of a quantity are its own") {
  CHECK(unit_examples<Watts>() == "mW, W, kW, MW, GW, TW");
}

}  // namespace polyfleet
