#include "report/runs_report.hpp"

#include <fmt/format.h>

#include <cmath>

#include "history/run_document.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kDataDigits = 8;  // of a fingerprint in a line for people

std::string_view whereabouts_of(const InputFile& file) {
  if (file.kept) return file.sent ? "kept, sent with the question" : "kept";
  return file.hash.empty() ? "not kept: no regular file" : "not kept: too large";
}

std::string run_files_text(const RunRecord& run, const PageStyle& style) {
  if (!run.files) return "\ninput files: not known, an earlier version kept this run\n";
  TextTable table({"input file", "size and hash", "content"});
  for (const InputFile& file : *run.files)
    table.row({file.name, input_text(file), std::string(whereabouts_of(file))});
  return table.empty() ? std::string() : '\n' + table.text(style);
}

std::string heading(const RunSummary& run) { return fmt::format("Run {}: {}", run.id, run.title); }

}  // namespace

std::string minute_text(const std::string& begun) {
  std::string text = begun.substr(0, 16);
  if (const std::size_t mark = text.find('T'); mark != std::string::npos) text[mark] = ' ';
  return text;
}

std::string input_text(const InputFile& file) {
  constexpr std::size_t kHashDigits = 12;
  if (file.hash.empty()) return "no regular file";
  const auto bytes = static_cast<double>(file.bytes);
  const std::string size = bytes >= 1e6   ? fmt::format("{:.1f} MB", bytes / 1e6)
                           : bytes >= 1e3 ? fmt::format("{:.1f} kB", bytes / 1e3)
                                          : fmt::format("{} B", file.bytes);
  return size + ", sha256 " + file.hash.substr(0, kHashDigits);
}

std::string ratio_text(const std::optional<double>& ratio) {
  return ratio ? fmt::format("x {:.4g}", *ratio) : std::string();
}

std::string cell_text(const Value& value) {
  constexpr std::size_t kLongest = 60;
  if (value.is_null()) return "-";
  if (value.integer() != nullptr) return std::to_string(*value.integer());
  if (const auto number = value.number()) {
    const bool long_whole = std::fabs(*number) >= 1e6 && std::fabs(*number) < 1e15;
    return long_whole ? fmt::format("{:.0f}", *number) : fmt::format("{:.6g}", *number);
  }
  std::string text = value.text() != nullptr ? *value.text() : to_json(value, -1);
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  if (text.size() <= kLongest) return text;
  std::size_t cut = kLongest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;  // UTF-8
  return text.substr(0, cut) + " ...";
}

std::string runs_list_text(const RunsListing& listing, const PageStyle& style) {
  if (listing.runs.empty()) return "no runs to show in " + listing.file + '\n';
  TextTable table({"id", "begun (UTC)", "command", "title", "verdict", "version"});
  for (const RunSummary& run : listing.runs)
    table.row({std::to_string(run.id), minute_text(run.begun), run.command, run.title, run.verdict,
               run.program});
  std::string text = table.text(style);
  const auto shown = static_cast<std::int64_t>(listing.runs.size());
  if (shown < listing.total)
    text += fmt::format("\nthe newest {} of {} runs; --most N shows more\n", shown, listing.total);
  return text;
}

Value runs_list_json(const RunsListing& listing) {
  Value runs{Array{}};
  for (const RunSummary& run : listing.runs) runs.push(summary_value(run));
  Value document{Table{}};
  document.set("file", listing.file);
  document.set("total", listing.total);
  document.set("runs", std::move(runs));
  return document;
}

std::string run_text(const RunRecord& run, const std::string& command, const PageStyle& style) {
  const RunSummary& s = run.summary;
  std::string text = heading(s) + "\n" + command + "\n";
  text += fmt::format("{} UTC, took {:.3g} s, polyfleet {}, data {}: {}\n", minute_text(s.begun),
                      s.seconds, s.program, s.data.substr(0, kDataDigits), s.verdict);
  TextTable table({"figure", "value"});
  for (const auto& [label, value] : facts_of(run)) table.row({label, value});
  if (!table.empty()) text += '\n' + table.text(style);
  return text + run_files_text(run, style);
}

}  // namespace polyfleet
