#include "history/run_document.hpp"

#include <map>
#include <memory>

#include "base/content_hash.hpp"
#include "history/content_text.hpp"

namespace polyfleet {
namespace {

constexpr std::string_view kFormat = "polyfleet runs";
constexpr std::int64_t kRunsSchema = 2;

using Contents = std::map<std::string, std::shared_ptr<const std::string>>;

const Value& member(const Value& document, std::string_view key) {
  static const Value kAbsent;
  const Value* found = document.find(key);
  return found == nullptr ? kAbsent : *found;
}

void read_text(const Value& run, const char* key, std::string& into, Diagnostics& problems) {
  const Value& value = member(run, key);
  if (value.text() != nullptr) {
    into = *value.text();
    return;
  }
  const Position& where = value.is_null() ? run.where() : value.where();
  problems.push_back(
      problem_at(where, std::string("a run whose ") + key + " is " + std::string(value.kind()),
                 "it has to be text"));
}

bool is_hash(std::string_view text) {
  return text.size() == content_hash({}).size() &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

InputFile read_input(const Value& document, const Contents& contents, Diagnostics& problems) {
  InputFile file;
  const auto fault = [&](const char* what, const char* wanted) {
    problems.push_back(problem_at(document.where(), std::string("a file of a run ") + what,
                                  std::string("it has to be ") + wanted));
  };
  const std::string* name = member(document, "name").text();
  const bool* sent = member(document, "sent").boolean();
  const std::int64_t* bytes = member(document, "bytes").integer();
  const Value& hash = member(document, "sha256");
  if (name == nullptr || name->empty()) fault("has no name", "text");
  if (sent == nullptr) fault("does not say whether it was sent", "true or false");
  if (bytes == nullptr || *bytes < 0) fault("has no size", "bytes, as an integer");
  const bool hashed = hash.text() != nullptr && is_hash(*hash.text());
  if (!hashed && !hash.is_null()) fault("has a sha256 that is none", "64 digits, or null");
  if (name != nullptr) file.name = *name;
  if (sent != nullptr) file.sent = *sent;
  if (bytes != nullptr && *bytes >= 0) file.bytes = static_cast<std::uint64_t>(*bytes);
  if (!hashed) return file;
  file.hash = *hash.text();
  const auto found = contents.find(file.hash);
  if (found == contents.end()) return file;
  if (found->second->size() != file.bytes) fault("is not as long as its content", "the same size");
  file.content = found->second;
  file.kept = true;
  return file;
}

void read_inputs(const Value& list, const Contents& contents, RunRecord& run,
                 Diagnostics& problems) {
  if (list.is_null()) return;
  if (list.array() == nullptr) {
    problems.push_back(problem_at(list.where(),
                                  "the files of a run are " + std::string(list.kind()),
                                  "they have to be a list, or null"));
    return;
  }
  run.files.emplace();
  for (const Value& each : *list.array())
    run.files->push_back(read_input(each, contents, problems));
}

/// The bytes of a content, where it is one and its hash is right.
std::optional<std::string> read_content(const Value& document) {
  const std::string* hash = member(document, "sha256").text();
  const std::string *text = member(document, "text").text(),
                    *base64 = member(document, "base64").text();
  if (hash == nullptr || (text == nullptr) == (base64 == nullptr)) return std::nullopt;
  auto bytes = text != nullptr ? std::optional(*text) : bytes_of_base64(*base64);
  const bool right = bytes && bytes->size() <= kMostKeptOfFile && content_hash(*bytes) == *hash;
  return right ? bytes : std::nullopt;
}

Contents read_contents(const Value& list, Diagnostics& problems) {
  Contents contents;
  if (list.is_null()) return contents;
  if (list.array() == nullptr) {
    problems.push_back(problem_at(list.where(), "contents are " + std::string(list.kind()),
                                  "they have to be a list"));
    return contents;
  }
  for (const Value& each : *list.array()) {
    if (auto bytes = read_content(each)) {
      contents.emplace(*member(each, "sha256").text(),
                       std::make_shared<const std::string>(*std::move(bytes)));
    } else {
      problems.push_back(problem_at(each.where(), "a content that is not what its sha256 says",
                                    "export the runs again by polyfleet runs export"));
    }
  }
  return contents;
}

RunRecord read_run(const Value& document, const Contents& contents, Diagnostics& problems) {
  RunRecord run;
  if (document.table() == nullptr) {
    problems.push_back(problem_at(document.where(), "a run that is " + std::string(document.kind()),
                                  "it has to be a table, as polyfleet runs export writes it"));
    return run;
  }
  RunSummary& s = run.summary;
  if (const std::int64_t* id = member(document, "id").integer()) s.id = *id;
  read_text(document, "begun", s.begun, problems);
  read_text(document, "command", s.command, problems);
  read_text(document, "title", s.title, problems);
  read_text(document, "verdict", s.verdict, problems);
  read_text(document, "program", s.program, problems);
  read_text(document, "data", s.data, problems);
  s.seconds = member(document, "seconds").number().value_or(0);
  run.question = member(document, "question");
  run.result = member(document, "result");
  run.page = member(document, "page");
  read_inputs(member(document, "files"), contents, run, problems);
  if (run.question.table() == nullptr)
    problems.push_back(problem_at(document.where(), "a run without its question",
                                  "export it again by polyfleet runs export"));
  return run;
}

Value inputs_value(const std::optional<std::vector<InputFile>>& files) {
  if (!files) return {};
  Value list{Array{}};
  for (const InputFile& file : *files) {
    Value entry{Table{}};
    entry.set("name", file.name);
    entry.set("sent", file.sent);
    entry.set("bytes", static_cast<std::int64_t>(file.bytes));
    entry.set("sha256", file.hash.empty() ? Value() : Value(file.hash));
    entry.set("kept", file.kept);
    list.push(std::move(entry));
  }
  return list;
}

Value contents_value(const Contents& contents) {
  Value list{Array{}};
  for (const auto& [hash, content] : contents) {
    Value entry{Table{}};
    entry.set("sha256", hash);
    if (is_utf8(*content)) {
      entry.set("text", *content);
    } else {
      entry.set("base64", base64_of(*content));
    }
    list.push(std::move(entry));
  }
  return list;
}

}  // namespace

Value summary_value(const RunSummary& run) {
  Value document{Table{}};
  document.set("id", run.id);
  document.set("begun", run.begun);
  document.set("seconds", run.seconds);
  document.set("command", run.command);
  document.set("title", run.title);
  document.set("verdict", run.verdict);
  document.set("program", run.program);
  document.set("data", run.data);
  return document;
}

Value run_value(const RunRecord& run) {
  Value document = summary_value(run.summary);
  document.set("question", run.question);
  document.set("result", run.result);
  document.set("page", run.page);
  document.set("files", inputs_value(run.files));
  return document;
}

Value runs_value(const std::vector<RunRecord>& runs) {
  Value list{Array{}};
  Contents contents;
  for (const RunRecord& run : runs) {
    list.push(run_value(run));
    for (const InputFile& file : run.files.value_or(std::vector<InputFile>{})) {
      if (file.content) contents.emplace(file.hash, file.content);
    }
  }
  Value document{Table{}};
  document.set("format", kFormat);
  document.set("schema", kRunsSchema);
  document.set("runs", std::move(list));
  document.set("contents", contents_value(contents));
  return document;
}

Result<std::vector<RunRecord>> runs_from_value(const Value& document) {
  const std::string* format = member(document, "format").text();
  const std::int64_t* schema = member(document, "schema").integer();
  const Array* list = member(document, "runs").array();
  if (format == nullptr || *format != kFormat || schema == nullptr || list == nullptr)
    return problem_at(document.where(), "is no file of runs",
                      "give one that polyfleet runs export wrote");
  if (*schema > kRunsSchema)
    return problem_at(member(document, "schema").where(), "is a file of runs of a later polyfleet",
                      "import it with that polyfleet");
  std::vector<RunRecord> runs;
  Diagnostics problems;
  const Contents contents = read_contents(member(document, "contents"), problems);
  for (const Value& run : *list) runs.push_back(read_run(run, contents, problems));
  if (!problems.empty()) return problems;
  return runs;
}

}  // namespace polyfleet
