#include <doctest/doctest.h>

#include "validation/framework_profile.hpp"

using namespace polyfleet;

namespace {

constexpr const char* kBase = R"(
id = "base"
name = "Base"
[[match]]
framework = "mega"
[[default]]
setting = "recompute"
value = "full"
until = "2022-04"
source = "a"
status = "documented default"
[[default]]
setting = "recompute"
value = "none"
from = "2022-05"
source = "b"
status = "documented default"
[[default]]
setting = "padding"
value = 128
source = "c"
status = "documented default"
)";

constexpr const char* kChild = R"(
id = "child"
name = "Child"
inherits = "base"
priority = 3
[[match]]
framework = "megabridge"
vendor = "NVIDIA"
[[default]]
setting = "recompute"
value = "selective"
workload = "moe"
source = "d"
status = "estimated"
)";

FrameworkProfiles profiles() {
  FrameworkProfiles all;
  for (const char* text : {kBase, kChild}) {
    const auto document = parse_toml(text, "p.toml");
    REQUIRE(document);
    REQUIRE(all.add(*document, "p.toml"));
  }
  return all;
}

}  // namespace

TEST_CASE("months of loose dates") {
  CHECK(*month_of("2024-06") == 2024 * 12 + 5);
  CHECK(*month_of("2024") == 2024 * 12 + 6);
  CHECK(*month_of("2023-2024") == 2024 * 12);
  CHECK_FALSE(month_of(""));
  CHECK_FALSE(month_of("month 7"));
}

TEST_CASE("the date decides between entries, the first and last month included") {
  const FrameworkProfiles all = profiles();
  const FrameworkProfile& base = *all.find("base");
  ProfileContext context;
  context.month = *month_of("2022-04");
  CHECK(all.value_of(base, "recompute", context)->value == "full");
  context.month = *month_of("2022-05");
  CHECK(all.value_of(base, "recompute", context)->value == "none");
  CHECK(all.value_of(base, "padding", context)->value == "128");
  CHECK(all.value_of(base, "unheard of", context) == nullptr);
}

TEST_CASE("a profile answers before the one it inherits, under its conditions") {
  const FrameworkProfiles all = profiles();
  const FrameworkProfile& child = *all.find("child");
  ProfileContext context;
  context.month = *month_of("2025-01");
  context.workload = "moe";
  CHECK(all.value_of(child, "recompute", context)->value == "selective");
  context.workload = "dense";
  CHECK(all.value_of(child, "recompute", context)->value == "none");
}

TEST_CASE("priority first, then the longest name; vendors are conditions") {
  const FrameworkProfiles all = profiles();
  CHECK(all.select("MegaBridge 1.0", "", "NVIDIA")->id == "child");
  CHECK(all.select("MegaBridge 1.0", "", "AMD")->id == "base");
  CHECK(all.select("other", "", "NVIDIA") == nullptr);
}

TEST_CASE("faulty profiles are diagnosed") {
  FrameworkProfiles all = profiles();
  const auto twice = parse_toml("id = \"base\"\n", "q.toml");
  CHECK_FALSE(all.add(*twice, "q.toml"));
  const auto typo = parse_toml("id = \"x\"\n[[default]]\nseting = \"a\"\n", "q.toml");
  CHECK_FALSE(all.add(*typo, "q.toml"));
  const auto month = parse_toml(
      "id = \"y\"\n[[default]]\nsetting = \"a\"\nvalue = 1\nfrom = \"soon\"\nsource = \"s\"\n"
      "status = \"estimated\"\n",
      "q.toml");
  CHECK_FALSE(all.add(*month, "q.toml"));
}
