#include "app/report_file.hpp"

#include <fmt/format.h>

#include "assets/asset.hpp"
#include "base/check.hpp"
#include "base/files.hpp"
#include "chart/svg.hpp"

namespace polyfleet {
namespace {

/// A word as a shell reads it back.
std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char each : word) text += each == '\'' ? "'\\''" : std::string(1, each);
  return text + "'";
}

std::string plain_text(const Value& value) {
  return value.text() != nullptr ? *value.text() : to_json(value, -1);
}

std::string option_text(const QuestionOption& option, const Value& value) {
  const std::string flag = option.positional ? " " : " --" + option.name + ' ';
  if (option.kind == OptionKind::truth) return " --" + option.name;
  if (value.array() == nullptr) return flag + quoted(plain_text(value));
  std::string text;
  for (const Value& each : *value.array()) text += flag + quoted(plain_text(each));
  return text;
}

std::string_view asset_text(std::string_view path) {
  const Asset* asset = find_asset(path);
  POLYFLEET_CHECK(asset != nullptr, "a report's style or script is not in the program");
  return asset->bytes;
}

}  // namespace

std::string command_text(const Question& question) {
  std::string text = "polyfleet " + question.command;
  if (question.scenario) text += ' ' + quoted(question.scenario->file);
  if (const QuestionKind* kind = question_kind(question.command)) {
    for (const QuestionOption& option : kind->options) {
      if (const Value* value = question.options.find(option.name))
        text += option_text(option, *value);
    }
  }
  for (const Setting& setting : question.settings) {
    const std::size_t blank = setting.flag.find(' ');
    const bool from_file = setting.value.table() != nullptr && blank != std::string::npos;
    text += from_file
                ? ' ' + setting.flag.substr(0, blank + 1) + quoted(setting.flag.substr(blank + 1))
                : " --set " + quoted(setting.key + '=' + plain_text(setting.value));
  }
  return text;
}

std::string day_of(std::chrono::system_clock::time_point moment) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(moment)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string report_html(const FigurePage& page, const PageOrigin& origin) {
  return html_page(page,
                   {.style = std::string(asset_text("report/report.css")),
                    .script = std::string(asset_text("report/report.js"))},
                   origin);
}

Result<std::vector<std::string>> write_figures(const FigurePage& page, const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return problem_at({folder, 0, 0}, "cannot be made: " + failed.message(), "give another folder");
  std::vector<std::string> names;
  Diagnostics problems;
  const auto write = [&](const std::string& name, const std::string& text) {
    const auto done = write_file(std::filesystem::path(folder) / name, text);
    if (done) return names.push_back(name);
    problems.insert(problems.end(), done.problems().begin(), done.problems().end());
  };
  for (const FigureSection& section : page.sections) {
    for (const PageFigure& figure : section.figures) {
      const std::string picture = svg_of(figure, {.standalone = true});
      if (!picture.empty()) write(figure.id + ".svg", picture);
      write(figure.id + ".csv", table_csv(figure.data));
    }
  }
  if (!problems.empty()) return problems;
  return names;
}

}  // namespace polyfleet
