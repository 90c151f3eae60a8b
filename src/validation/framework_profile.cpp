#include "validation/framework_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "config/fields.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr int kMonthsPerYear = 12;
constexpr int kMidYear = 6;
constexpr int kFirstYear = 1990;
constexpr int kLastYear = 2100;
constexpr int kDeepestInheritance = 8;

/// The document form of ProfileDefault: value and months still as written.
struct WrittenDefault {
  std::string from, until;
  ProfileDefault entry;
};

std::string value_text(const Value& value) {
  if (const std::string* text = value.text()) return *text;
  return to_json(value, -1);
}

Field<WrittenDefault> entry_field(std::string key, std::string ProfileDefault::*member,
                                  std::string help) {
  return {key,
          "text",
          std::move(help),
          false,
          [=](WrittenDefault& into, const Value& value, Diagnostics&) {
            into.entry.*member = value_text(value);
          },
          [=](const WrittenDefault& from) { return Value(from.entry.*member); }};
}

FieldTable<WrittenDefault> default_fields() {
  return {
      required(entry_field("setting", &ProfileDefault::setting, "what is set")),
      required(entry_field("value", &ProfileDefault::value, "to what")),
      text_field("from", &WrittenDefault::from, "first month, YYYY-MM"),
      text_field("until", &WrittenDefault::until, "last month, YYYY-MM"),
      entry_field("workload", &ProfileDefault::workload, "dense, moe, lora or sft"),
      entry_field("vendor", &ProfileDefault::vendor, "vendor of the accelerator"),
      entry_field("accelerator", &ProfileDefault::accelerator, "part of the accelerator's name"),
      required(entry_field("source", &ProfileDefault::source, "where it stands")),
      required(entry_field("status", &ProfileDefault::status, "how well it is known")),
      {"note", "text", "a remark", false, [](WrittenDefault&, const Value&, Diagnostics&) {},
       [](const WrittenDefault&) { return Value(""); }},
  };
}

FieldTable<ProfileMatch> match_fields() {
  return {text_field("framework", &ProfileMatch::framework, "part of the framework's name"),
          text_field("title", &ProfileMatch::title, "part of the source's title"),
          text_field("vendor", &ProfileMatch::vendor, "vendor of the accelerator")};
}

std::optional<int> written_month(const std::string& text, const Value& where, Diagnostics& out) {
  if (text.empty()) return {};
  const std::optional<int> month = month_of(text);
  if (!month) out.push_back(problem_at(where.where(), "not a month: " + text, "write YYYY-MM"));
  return month;
}

void read_default(const Value& document, FrameworkProfile& into, Diagnostics& out) {
  WrittenDefault written;
  read_fields(document, default_fields(), written, "a framework default", out);
  written.entry.from = written_month(written.from, document, out);
  written.entry.until = written_month(written.until, document, out);
  into.defaults.push_back(std::move(written.entry));
}

void read_match(const Value& document, FrameworkProfile& into, Diagnostics& out) {
  ProfileMatch match;
  read_fields(document, match_fields(), match, "a framework match", out);
  into.matches.push_back(std::move(match));
}

using ReadMember = void (*)(const Value&, FrameworkProfile&, Diagnostics&);

Field<FrameworkProfile> list_field(std::string key, ReadMember read) {
  return {key,
          "list of tables",
          "",
          false,
          [=](FrameworkProfile& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) {
              out.push_back(problem_at(value.where(), key + " must be a list of tables"));
              return;
            }
            for (const Value& member : *value.array()) read(member, into, out);
          },
          [](const FrameworkProfile&) { return Value(); }};
}

FieldTable<FrameworkProfile> profile_fields() {
  return {required(text_field("id", &FrameworkProfile::id, "name of the profile")),
          text_field("name", &FrameworkProfile::name, "as people call it"),
          text_field("inherits", &FrameworkProfile::inherits, "profile that fills the gaps"),
          integer_field("priority", &FrameworkProfile::priority, {0, 100}, "wins over lower ones"),
          list_field("match", read_match),
          list_field("default", read_default)};
}

/// How well a match fits: length of the framework part plus one, 0 = not at all.
std::size_t fit(const ProfileMatch& match, std::string_view framework, std::string_view title,
                std::string_view vendor) {
  if (!match.vendor.empty() && !mentions(vendor, lower(match.vendor))) return 0;
  if (!match.title.empty() && !mentions(title, match.title)) return 0;
  if (!match.framework.empty() && !mentions(framework, match.framework)) return 0;
  return 1 + match.framework.size() + match.title.size();
}

}  // namespace

std::optional<int> month_of(std::string_view date) {
  const std::vector<std::int64_t> numbers = whole_numbers(date);
  if (numbers.empty() || numbers[0] < kFirstYear || numbers[0] > kLastYear) return {};
  const int year = static_cast<int>(numbers[0]);
  if (numbers.size() == 1) return year * kMonthsPerYear + kMidYear;
  if (numbers[1] >= 1 && numbers[1] <= kMonthsPerYear)
    return year * kMonthsPerYear + static_cast<int>(numbers[1]) - 1;
  if (numbers[1] < kFirstYear || numbers[1] > kLastYear) return {};
  return static_cast<int>((numbers[0] + numbers[1] + 1) * kMonthsPerYear / 2);
}

bool ProfileDefault::holds(const ProfileContext& context) const {
  if (from && context.month < *from) return false;
  if (until && context.month > *until) return false;
  if (!workload.empty() && workload != context.workload) return false;
  if (!vendor.empty() && vendor != context.vendor) return false;
  return accelerator.empty() || mentions(context.accelerator, accelerator);
}

Result<FrameworkProfiles> FrameworkProfiles::load(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".toml") continue;
    if (name == "precision.toml" || name == "software_maturity.toml") continue;
    files.push_back(entry.path().string());
  }
  if (failed || files.empty())
    return problem("no framework profiles in " + folder, "point POLYFLEET_DATA at the data folder");
  std::sort(files.begin(), files.end());
  FrameworkProfiles profiles;
  Diagnostics problems;
  for (const std::string& file : files) {
    const Result<Value> document = read_document(file);
    const Result<bool> added = document ? profiles.add(*document, file) : document.problems();
    if (!added) problems.insert(problems.end(), added.problems().begin(), added.problems().end());
  }
  for (const FrameworkProfile& profile : profiles.profiles_) {
    if (!profile.inherits.empty() && profiles.find(profile.inherits) == nullptr)
      problems.push_back(
          problem(fmt::format("framework profile {} inherits from {}, which is not there",
                              profile.id, profile.inherits)));
  }
  if (!problems.empty()) return problems;
  return profiles;
}

Result<bool> FrameworkProfiles::add(const Value& document, const std::string& file) {
  Diagnostics problems;
  FrameworkProfile profile;
  read_fields(document, profile_fields(), profile, "a framework profile", problems);
  if (find(profile.id) != nullptr)
    problems.push_back(problem_at({file, 0, 0}, "framework profile " + profile.id + " repeats"));
  if (!problems.empty()) return problems;
  profiles_.push_back(std::move(profile));
  return true;
}

const FrameworkProfile* FrameworkProfiles::select(std::string_view framework,
                                                  std::string_view title,
                                                  std::string_view vendor) const {
  const FrameworkProfile* best = nullptr;
  std::size_t best_fit = 0;
  for (const FrameworkProfile& profile : profiles_) {
    for (const ProfileMatch& match : profile.matches) {
      const std::size_t here = fit(match, framework, title, vendor);
      const bool better = best == nullptr || profile.priority > best->priority ||
                          (profile.priority == best->priority && here > best_fit);
      if (here == 0 || !better) continue;
      best = &profile;
      best_fit = here;
    }
  }
  return best;
}

const FrameworkProfile* FrameworkProfiles::find(std::string_view id) const {
  for (const FrameworkProfile& profile : profiles_) {
    if (profile.id == id) return &profile;
  }
  return nullptr;
}

const ProfileDefault* FrameworkProfiles::value_of(const FrameworkProfile& profile,
                                                  std::string_view setting,
                                                  const ProfileContext& context) const {
  const FrameworkProfile* at = &profile;
  for (int depth = 0; at != nullptr && depth < kDeepestInheritance; ++depth) {
    const ProfileDefault* last = nullptr;
    for (const ProfileDefault& entry : at->defaults) {
      if (entry.setting == setting && entry.holds(context)) last = &entry;
    }
    if (last != nullptr) return last;
    at = at->inherits.empty() ? nullptr : find(at->inherits);
  }
  return nullptr;
}

}  // namespace polyfleet
