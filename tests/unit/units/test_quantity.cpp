#include <doctest/doctest.h>

#include <functional>
#include <type_traits>

#include "units/quantity.hpp"

namespace polyfleet {

TEST_CASE("dimensions follow the algebra, at compile time") {
  static_assert(std::is_same_v<decltype(byte / second), BytesPerSecond>);
  static_assert(std::is_same_v<decltype(watt * second), Joules>);
  static_assert(std::is_same_v<decltype(flop / teraflop_per_second), Seconds>);
  static_assert(std::is_same_v<decltype(usd_per_kilowatt_hour * kilowatt_hour), Usd>);
  static_assert(std::is_same_v<decltype(gram_co2e_per_kilowatt_hour * joule), GramsCo2e>);
  static_assert(std::is_same_v<decltype(byte / gigabyte), double>);
  static_assert(std::is_same_v<decltype(hertz * second), double>);
  static_assert(std::is_same_v<decltype(1.0 / second), Hertz>);
  static_assert(!std::is_convertible_v<double, Seconds>);
  static_assert(!std::is_convertible_v<Seconds, double>);
  static_assert(!std::is_invocable_v<std::plus<>, Seconds, Bytes>);
  static_assert(sizeof(Seconds) == sizeof(double));
}

TEST_CASE("enter and leave by naming a unit") {
  CHECK(3.0 * microsecond / nanosecond == doctest::Approx(3000));
  CHECK(1.0 * gibibyte / byte == 1073741824.0);
  CHECK(1.0 * gigabyte / byte == 1e9);
  CHECK(8.0 * gigabit_per_second / gigabyte_per_second == doctest::Approx(1));
  CHECK(1.0 * megawatt_hour / kilowatt_hour == doctest::Approx(1000));
  CHECK(1.0 * kilowatt * hour / kilowatt_hour == doctest::Approx(1));
  CHECK(1.0 * day / hour == doctest::Approx(24));
  CHECK(2.0 * usd_per_hour * hour / usd == doctest::Approx(2));
}

TEST_CASE("arithmetic and order") {
  Seconds time = 2.0 * second;
  time += 500.0 * millisecond;
  time *= 2;
  time -= 1.0 * second;
  time /= 4;
  CHECK(time == 1.0 * second);
  CHECK(-time < Seconds{});
  CHECK(max(time, 3.0 * second) == 3.0 * second);
  CHECK(min(time, 3.0 * second) == time);
  CHECK(time <= time);
  CHECK(time != 3.0 * second);
}

}  // namespace polyfleet
