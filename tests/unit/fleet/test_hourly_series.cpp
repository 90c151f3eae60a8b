// Hours of a study from files and profiles: what is named, what is refused, what repeats.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "fleet/hourly_series.hpp"
#include "fleet/hourly_stamp.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

const FleetTime kDay({2026, 3, 8}, {2026, 3, 9}, 1);

HourlySpec price_spec() {
  HourlySpec spec;
  spec.what = "price of here";
  return spec;
}

/// 24 hours of 8 March 2026 in UTC with prices 0 to 23; `without` and `twice` are hours, -1 none.
std::string day_file(int without = -1, int twice = -1) {
  std::string text = "time,price [USD/MWh]\n";
  for (int h = 0; h < 24; ++h) {
    if (h == without) continue;
    text += fmt::format("2026-03-08T{:02}:00Z,{}\n", h, h);
    if (h == twice) text += fmt::format("2026-03-08T{:02}:00Z,{}\n", h, h);
  }
  return text;
}

std::string problems_of(const std::string& text, const HourlySpec& spec,
                        const FleetTime& time = kDay) {
  const auto read = read_hourly_file(text, "f.csv", spec, time);
  return read ? std::string() : to_text(read.problems());
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

double per_mwh(const HourlySeries& series, int at) { return series.at(at) * 3.6e9; }

}  // namespace

TEST_CASE("stamps: zones, offsets, days that are none") {
  CHECK(parse_stamp("2026-01-01T00:00Z")->minutes ==
        parse_stamp("2026-01-01T01:00+01:00")->minutes);
  CHECK(parse_stamp("2026-01-01 05:30+05:30")->minutes ==
        parse_stamp("2026-01-01T00:00:00Z")->minutes);
  CHECK(parse_stamp("2025-12-31T17:00:00.000-0700")->minutes ==
        parse_stamp("2026-01-01T00:00Z")->minutes);
  CHECK_FALSE(parse_stamp("2026-01-01T00:00")->zoned);
  for (const char* bad :
       {"", "2026-01-01", "2026-02-29T00:00Z", "2026-13-01T00:00Z", "26-01-01T00:00Z",
        "2026-01-01T24:00Z", "2026-01-01T00:60Z", "2026-01-01T00:00:30Z", "2026-01-01T00:00CET",
        "2026-01-01T00:00+15:00", "2026-01-01T00:00.", "1899-01-01T00:00Z", "2026-01-01T00:00Zx"})
    CHECK_MESSAGE(!parse_stamp(bad).has_value(), bad);
  CHECK(print_epoch_hour(parse_stamp("2028-02-29T23:00Z")->minutes / 60) == "2028-02-29T23:00Z");
  CHECK(print_epoch_hour(-1) == "1969-12-31T23:00Z");
}

TEST_CASE("a file of a day, in any order and any zone, negative prices too") {
  const auto read = read_hourly_file(day_file(), "f.csv", price_spec(), kDay);
  REQUIRE(read.has_value());
  CHECK(per_mwh(*read, 17) == doctest::Approx(17));
  std::string zoned = "time,note,price [USD/kWh]\n";
  for (int h = 23; h >= 0; --h)
    zoned += fmt::format("2026-03-0{}T{:02}:00:00+02:00,x,{}\n", h >= 22 ? 9 : 8, (h + 2) % 24,
                         h - 10.5);
  HourlySpec spec = price_spec();
  spec.rules.column = "price";
  const auto shifted = read_hourly_file(zoned, "f.csv", spec, kDay);
  REQUIRE_MESSAGE(shifted.has_value(), problems_of(zoned, spec));
  CHECK(per_mwh(*shifted, 0) == doctest::Approx(-10500));
  CHECK(per_mwh(*shifted, 23) == doctest::Approx(12500));
}

TEST_CASE("missing hours are named, and filled only where the document says so") {
  const std::string said = problems_of(day_file(5), price_spec());
  CHECK(has(said, "1 hours are missing: 2026-03-08T05:00Z"));
  CHECK(has(said, "price of here"));
  HourlySpec spec = price_spec();
  std::vector<std::string> notes;
  spec.rules.fill = HourlyFill::interpolate;
  auto filled = read_hourly_file(day_file(5), "f.csv", spec, kDay, &notes);
  REQUIRE(filled.has_value());
  CHECK(per_mwh(*filled, 5) == doctest::Approx(5));
  REQUIRE(notes.size() == 1);
  CHECK(has(notes[0], "1 missing hours"));
  spec.rules.fill = HourlyFill::previous;
  CHECK(per_mwh(*read_hourly_file(day_file(5), "f.csv", spec, kDay), 5) == doctest::Approx(4));
  // an edge is no hole between neighbours: the file is too short
  CHECK(has(problems_of(day_file(23), spec), "lie outside the file"));
}

TEST_CASE("what a price file may get wrong") {
  CHECK(has(problems_of(day_file(-1, 7), price_spec()),
            "1 hours are given twice: 2026-03-08T07:00Z (lines 9 and 10)"));
  CHECK(has(problems_of("stamp,price [USD/MWh]\n", price_spec()), "no column 'time'"));
  CHECK(has(problems_of("time,price\n", price_spec()), "states no unit"));
  CHECK(has(problems_of("time,price [gCO2e/kWh]\n", price_spec()), "f.csv:1"));
  CHECK(has(problems_of("time,a [USD/MWh],b [USD/MWh]\n", price_spec()), "2 columns could be"));
  CHECK(has(problems_of("time,a [USD/MWh]\n", price_spec()), "has no hours"));
  const std::string head = "time,price [USD/MWh]\n";
  CHECK(has(problems_of(head + "2026-03-08T00:00,1\n", price_spec()), "states no offset"));
  CHECK(has(problems_of(head + "2026-03-08T00:15Z,1\n", price_spec()), "not on the full hour"));
  CHECK(has(problems_of(head + "2026-03-08T00:00Z,nan\n", price_spec()), "no number"));
  CHECK(has(problems_of(head + "2026-03-08T00:00Z,50000\n", price_spec()), "beyond"));
  CHECK(has(problems_of(head + "8.3.2026,1\n", price_spec()), "no point of time"));
  HourlySpec local = price_spec();
  local.rules.utc_offset_minutes = -360;
  CHECK(has(problems_of(head + "2026-03-08T00:00,1\n", local), "(2026-03-08T06:00Z to"));
  CHECK(has(problems_of(day_file(), price_spec(), FleetTime({2026, 3, 8}, {2026, 3, 10}, 1)),
            "24 hours of the study lie outside the file"));
}

TEST_CASE("a year repeats by month, day and hour; 29 February takes the 28th") {
  std::string text = "time,temperature [F]\n";
  const std::int64_t first = parse_stamp("2025-01-01T00:00Z")->minutes / 60;
  for (int h = 0; h < 8760; ++h) {
    const HourParts parts = parts_of(first + h);
    text += fmt::format("{},{}\n", print_epoch_hour(first + h),
                        32 + 1.8 * (parts.month + 0.01 * parts.day_of_month));
  }
  HourlySpec spec = price_spec();
  spec.kind = HourlyKind::temperature;
  const FleetTime leap({2028, 2, 28}, {2028, 3, 2}, 1);
  CHECK(has(problems_of(text, spec, leap), "lie outside the file"));
  spec.rules.repeat_year = true;
  std::vector<std::string> notes;
  const auto read = read_hourly_file(text, "f.csv", spec, leap, &notes);
  REQUIRE(read.has_value());
  CHECK(read->at(0) == doctest::Approx(2.28));
  CHECK(read->at(24) == doctest::Approx(2.28));
  CHECK(read->at(48) == doctest::Approx(3.01));
  CHECK(notes.size() == 1);
  const std::string half = text.substr(0, text.size() / 2);
  CHECK(has(problems_of(half.substr(0, half.rfind('\n') + 1), spec,
                        FleetTime({2028, 11, 1}, {2028, 11, 2}, 1)),
            "24 hours have no day of the file to repeat"));
}

TEST_CASE("profiles: local hours, months, mean, half-hour offsets") {
  HourlyProfile profile;
  profile.id = "test";
  for (std::size_t m = 0; m < 12; ++m) {
    for (std::size_t h = 0; h < 24; ++h)
      profile.table[m][h] = 1e-9 * static_cast<double>(100 * (m + 1) + h);
  }
  profile.utc_offset_minutes = -360;
  HourlySpec spec = price_spec();
  spec.profile = profile;
  const FleetTime study({2026, 2, 1}, {2026, 2, 2}, 1);
  const auto series = build_hourly(spec, study);
  REQUIRE(series.has_value());
  CHECK(series->at(0) == doctest::Approx(118e-9));  // 31 January, 18:00
  CHECK(series->at(6) == doctest::Approx(200e-9));  // 1 February, 0:00
  spec.profile->utc_offset_minutes = 330;
  CHECK(build_hourly(spec, study)->at(0) == doctest::Approx(205.5e-9));
  spec.profile_mean = 2e-8;
  const auto year = build_hourly(spec, FleetTime({2026, 1, 1}, {2027, 1, 1}, 7));
  CHECK(year->mean(0, 8760) == doctest::Approx(2e-8).epsilon(1e-3));
  spec.constant = 1;
  CHECK_FALSE(build_hourly(spec, study).has_value());
}

TEST_CASE("every shipped profile loads, keeps its stated mean and lies in reason") {
  for (const std::string& id : hourly_profile_ids(kData, HourlyKind::price)) {
    for (const HourlyKind kind : {HourlyKind::price, HourlyKind::carbon}) {
      const auto profile = load_hourly_profile(kData, id, kind);
      REQUIRE_MESSAGE(profile.has_value(), (profile ? "" : to_text(profile.problems())));
      INFO(id << ": " << profile->basis);
      const double per_kwh = profile->mean() * 3.6e6;
      CHECK(per_kwh > (kind == HourlyKind::price ? 0.01 : 5));
      CHECK(per_kwh < (kind == HourlyKind::price ? 0.35 : 700));
      CHECK(has(profile->basis, "estimated"));
    }
  }
  for (const std::string& id : hourly_profile_ids(kData, HourlyKind::temperature)) {
    const auto profile = load_hourly_profile(kData, id, HourlyKind::temperature);
    REQUIRE_MESSAGE(profile.has_value(), (profile ? "" : to_text(profile.problems())));
    INFO(id);
    CHECK(profile->mean() > 0);
    CHECK(profile->mean() < 32);
    CHECK(profile->table[6][14] > profile->table[0][5]);
  }
  const auto unknown = load_hourly_profile(kData, "ercott", HourlyKind::price);
  REQUIRE_FALSE(unknown.has_value());
  CHECK(has(to_text(unknown.problems()), "did you mean 'ercot'?"));
  CHECK_FALSE(load_hourly_profile(kData, "../power/fleet", HourlyKind::price).has_value());
}
