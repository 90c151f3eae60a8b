// Any bytes are a file of runs or a diagnostic; what was read prints and reads back the same with
// the contents of its files, its questions are understood or refused, and no run differs from
// itself.
#include <cstdint>
#include <string_view>

#include "app/run_record.hpp"
#include "base/check.hpp"
#include "base/content_hash.hpp"
#include "history/content_text.hpp"
#include "history/packed_text.hpp"
#include "history/run_document.hpp"
#include "report/runs_comparison.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto unpacked = unpacked_text(text))
    POLYFLEET_CHECK(unpacked->size() <= kMostUnpacked, "no more than its head allows");
  POLYFLEET_CHECK(bytes_of_base64(base64_of(text)) == std::string(text), "base 64 loses nothing");
  if (const auto bytes = bytes_of_base64(text))
    POLYFLEET_CHECK(base64_of(*bytes) == text, "one text for the same bytes");
  // What counts as UTF-8 has to be a JSON text that reads back as the same bytes.
  if (is_utf8(text)) {
    const Result<Value> back = parse_json(to_json(Value(std::string(text))), "text");
    POLYFLEET_CHECK(back.has_value() && *back->text() == text, "UTF-8 comes back as it was");
  }
  const Result<Value> document = parse_json(text, "x");
  if (!document) return 0;
  POLYFLEET_CHECK(document_changes(*document, *document).empty(), "nothing differs from itself");
  const Result<std::vector<RunRecord>> runs = runs_from_value(*document);
  if (!runs) {
    POLYFLEET_CHECK(!runs.problems().empty(), "a refusal says why");
    return 0;
  }
  const std::string printed = to_json(runs_value(*runs));
  const Result<Value> read = parse_json(printed, "printed");
  POLYFLEET_CHECK(read.has_value(), "what is printed is JSON");
  const Result<std::vector<RunRecord>> again = runs_from_value(*read);
  POLYFLEET_CHECK(again.has_value() && to_json(runs_value(*again)) == printed,
                  "read(print(x)) = x");
  for (const RunRecord& run : *runs) {
    const RunsComparison same = compare_runs(run, run);
    POLYFLEET_CHECK(same.same_question() && same.same_result(), "a run is the same as itself");
    (void)compare_runs(runs->front(), run);
    for (const InputFile& file : run.files.value_or(std::vector<InputFile>{})) {
      if (!file.content) continue;
      POLYFLEET_CHECK(content_hash(*file.content) == file.hash, "a content is that of its hash");
      POLYFLEET_CHECK(file.content->size() == file.bytes, "and as long as is said");
    }
    const Result<Question> question = question_from_value(run.question);
    if (question)
      POLYFLEET_CHECK(question_from_value(question_value(*question)).has_value(),
                      "what was written is read");
  }
  return 0;
}
