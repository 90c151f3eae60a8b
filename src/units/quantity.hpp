// Physical quantities: one double in base units, the dimension in the type, so that seconds never
// meet bytes by mistake. Enter by naming a unit (3.0 * microsecond), leave by naming one (t /
// microsecond is a double). GB is 1e9 bytes and GiB is 2^30; a peak is always the dense one; a link
// rate is always one direction.
#pragma once

namespace polyfleet {

/// Exponents: time (s), data (byte), work (FLOP), energy (J), money (USD), carbon (g CO2e), token.
template <int T, int D, int W, int E, int M, int C, int K>
class Quantity {
 public:
  constexpr Quantity() = default;
  /// The value in base units; prefer `x * unit`.
  static constexpr Quantity from_base(double value) { return Quantity(value); }
  constexpr double base() const { return value_; }

  constexpr Quantity operator-() const { return Quantity(-value_); }
  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value_ -= other.value_;
    return *this;
  }
  constexpr Quantity& operator*=(double factor) {
    value_ *= factor;
    return *this;
  }
  constexpr Quantity& operator/=(double divisor) {
    value_ /= divisor;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    return Quantity(a.value_ + b.value_);
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    return Quantity(a.value_ - b.value_);
  }
  friend constexpr Quantity operator*(Quantity a, double b) { return Quantity(a.value_ * b); }
  friend constexpr Quantity operator*(double a, Quantity b) { return Quantity(a * b.value_); }
  friend constexpr Quantity operator/(Quantity a, double b) { return Quantity(a.value_ / b); }
  friend constexpr bool operator==(Quantity a, Quantity b) { return a.value_ == b.value_; }
  friend constexpr bool operator!=(Quantity a, Quantity b) { return a.value_ != b.value_; }
  friend constexpr bool operator<(Quantity a, Quantity b) { return a.value_ < b.value_; }
  friend constexpr bool operator>(Quantity a, Quantity b) { return a.value_ > b.value_; }
  friend constexpr bool operator<=(Quantity a, Quantity b) { return a.value_ <= b.value_; }
  friend constexpr bool operator>=(Quantity a, Quantity b) { return a.value_ >= b.value_; }

 private:
  explicit constexpr Quantity(double value) : value_(value) {}
  double value_ = 0;
};

template <int T, int D, int W, int E, int M, int C, int K, int T2, int D2, int W2, int E2, int M2,
          int C2, int K2>
constexpr auto operator*(Quantity<T, D, W, E, M, C, K> a, Quantity<T2, D2, W2, E2, M2, C2, K2> b) {
  if constexpr (T + T2 == 0 && D + D2 == 0 && W + W2 == 0 && E + E2 == 0 && M + M2 == 0 &&
                C + C2 == 0 && K + K2 == 0) {
    return a.base() * b.base();
  } else {
    return Quantity<T + T2, D + D2, W + W2, E + E2, M + M2, C + C2, K + K2>::from_base(a.base() *
                                                                                       b.base());
  }
}

template <int T, int D, int W, int E, int M, int C, int K, int T2, int D2, int W2, int E2, int M2,
          int C2, int K2>
constexpr auto operator/(Quantity<T, D, W, E, M, C, K> a, Quantity<T2, D2, W2, E2, M2, C2, K2> b) {
  if constexpr (T == T2 && D == D2 && W == W2 && E == E2 && M == M2 && C == C2 && K == K2) {
    return a.base() / b.base();
  } else {
    return Quantity<T - T2, D - D2, W - W2, E - E2, M - M2, C - C2, K - K2>::from_base(a.base() /
                                                                                       b.base());
  }
}

template <int T, int D, int W, int E, int M, int C, int K>
constexpr auto operator/(double a, Quantity<T, D, W, E, M, C, K> b) {
  return Quantity<-T, -D, -W, -E, -M, -C, -K>::from_base(a / b.base());
}

using Seconds = Quantity<1, 0, 0, 0, 0, 0, 0>;
using Hertz = Quantity<-1, 0, 0, 0, 0, 0, 0>;
using Bytes = Quantity<0, 1, 0, 0, 0, 0, 0>;
using BytesPerSecond = Quantity<-1, 1, 0, 0, 0, 0, 0>;
using Flops = Quantity<0, 0, 1, 0, 0, 0, 0>;
using FlopsPerSecond = Quantity<-1, 0, 1, 0, 0, 0, 0>;
using Joules = Quantity<0, 0, 0, 1, 0, 0, 0>;
using Watts = Quantity<-1, 0, 0, 1, 0, 0, 0>;
using Usd = Quantity<0, 0, 0, 0, 1, 0, 0>;
using UsdPerSecond = Quantity<-1, 0, 0, 0, 1, 0, 0>;
using UsdPerJoule = Quantity<0, 0, 0, -1, 1, 0, 0>;
using GramsCo2e = Quantity<0, 0, 0, 0, 0, 1, 0>;
using GramsCo2ePerJoule = Quantity<0, 0, 0, -1, 0, 1, 0>;
using Tokens = Quantity<0, 0, 0, 0, 0, 0, 1>;
using TokensPerSecond = Quantity<-1, 0, 0, 0, 0, 0, 1>;

inline constexpr Seconds second = Seconds::from_base(1);
inline constexpr Seconds millisecond = Seconds::from_base(1e-3);
inline constexpr Seconds microsecond = Seconds::from_base(1e-6);
inline constexpr Seconds nanosecond = Seconds::from_base(1e-9);
inline constexpr Seconds minute = Seconds::from_base(60);
inline constexpr Seconds hour = Seconds::from_base(3600);
inline constexpr Seconds day = Seconds::from_base(86400);
inline constexpr Hertz hertz = Hertz::from_base(1);
inline constexpr Hertz megahertz = Hertz::from_base(1e6);
inline constexpr Bytes byte = Bytes::from_base(1);
inline constexpr Bytes kilobyte = Bytes::from_base(1e3);
inline constexpr Bytes megabyte = Bytes::from_base(1e6);
inline constexpr Bytes gigabyte = Bytes::from_base(1e9);
inline constexpr Bytes terabyte = Bytes::from_base(1e12);
inline constexpr Bytes kibibyte = Bytes::from_base(1024);
inline constexpr Bytes mebibyte = Bytes::from_base(1048576);
inline constexpr Bytes gibibyte = Bytes::from_base(1073741824.0);
inline constexpr BytesPerSecond byte_per_second = BytesPerSecond::from_base(1);
inline constexpr BytesPerSecond gigabyte_per_second = BytesPerSecond::from_base(1e9);
inline constexpr BytesPerSecond terabyte_per_second = BytesPerSecond::from_base(1e12);
inline constexpr BytesPerSecond gigabit_per_second = BytesPerSecond::from_base(0.125e9);
inline constexpr Flops flop = Flops::from_base(1);
inline constexpr Flops teraflop = Flops::from_base(1e12);
inline constexpr FlopsPerSecond teraflop_per_second = FlopsPerSecond::from_base(1e12);
inline constexpr Joules joule = Joules::from_base(1);
inline constexpr Joules kilowatt_hour = Joules::from_base(3.6e6);
inline constexpr Joules megawatt_hour = Joules::from_base(3.6e9);
inline constexpr Watts watt = Watts::from_base(1);
inline constexpr Watts kilowatt = Watts::from_base(1e3);
inline constexpr Watts megawatt = Watts::from_base(1e6);
inline constexpr Watts gigawatt = Watts::from_base(1e9);
inline constexpr Usd usd = Usd::from_base(1);
inline constexpr UsdPerSecond usd_per_hour = UsdPerSecond::from_base(1.0 / 3600);
inline constexpr UsdPerJoule usd_per_kilowatt_hour = UsdPerJoule::from_base(1.0 / 3.6e6);
inline constexpr GramsCo2e gram_co2e = GramsCo2e::from_base(1);
inline constexpr GramsCo2e kilogram_co2e = GramsCo2e::from_base(1e3);
inline constexpr GramsCo2ePerJoule gram_co2e_per_kilowatt_hour =
    GramsCo2ePerJoule::from_base(1.0 / 3.6e6);
inline constexpr Tokens token = Tokens::from_base(1);
inline constexpr TokensPerSecond token_per_second = TokensPerSecond::from_base(1);

template <int T, int D, int W, int E, int M, int C, int K>
constexpr Quantity<T, D, W, E, M, C, K> max(Quantity<T, D, W, E, M, C, K> a,
                                            Quantity<T, D, W, E, M, C, K> b) {
  return a < b ? b : a;
}
template <int T, int D, int W, int E, int M, int C, int K>
constexpr Quantity<T, D, W, E, M, C, K> min(Quantity<T, D, W, E, M, C, K> a,
                                            Quantity<T, D, W, E, M, C, K> b) {
  return b < a ? b : a;
}

}  // namespace polyfleet
