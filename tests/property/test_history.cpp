#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "app/run_record.hpp"
#include "history/run_document.hpp"
#include "history/run_history.hpp"

namespace polyfleet {
namespace {

/// Few keys, few values, so that two documents share some; names and ids among them.
Value random_leaf() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return Value();
    case 1:
      return Value(*rc::gen::arbitrary<bool>());
    case 2:
      return Value(*rc::gen::inRange(-3, 4));
    case 3:
      return Value(*rc::gen::inRange(-3, 4) * 0.5);
    default:
      return Value(*rc::gen::element<std::string>("", "x", "y z"));
  }
}

Value random_run_document(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 5 : 1);
  if (kind == 0) return random_leaf();
  if (kind == 1) {
    Value list{Array{}};
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) list.push(random_run_document(depth - 1));
    return list;
  }
  if (kind == 2) {  // a list whose entries have names of their own
    Value list{Array{}};
    const char* key = *rc::gen::element("id", "name");
    std::vector<std::string> names{"a", "b.c", "[d]", "7"};
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
      const auto at = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, names.size()));
      Value entry{Table{}};
      entry.set(key, names[static_cast<std::size_t>(at)]);
      entry.set("v", random_run_document(depth - 1));
      list.push(std::move(entry));
      names.erase(names.begin() + at);
    }
    return list;
  }
  Value table{Table{}};
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    table.set(*rc::gen::element<std::string>("a", "b", "c.d", "", "\"e", "[0]", "f=1"),
              random_run_document(depth - 1));
  return table;
}

/// A place in a document: a key of a table, the name of a list's entry, or its place.
struct Step {
  enum class Kind { key, name, place } kind = Kind::key;
  std::string text;
  std::size_t place = 0;
};

/// "a[x].\"b.c\"[0]" as steps.
std::vector<Step> steps_of(const std::string& path) {
  std::vector<Step> steps;
  std::size_t i = 0;
  // A word up to one of `ends`, or a quoted one.
  const auto word = [&](const char* ends) {
    std::size_t end = i;
    if (path[i] == '"') {
      for (end = i + 1; path[end] != '"'; ++end) end += path[end] == '\\';
      ++end;
      const auto read = parse_json(path.substr(i, end - i), "path");
      RC_ASSERT(read.has_value());
      i = end;
      return *read->text();
    }
    end = std::min(path.find_first_of(ends, i), path.size());
    const std::string text = path.substr(i, end - i);
    i = end;
    return text;
  };
  while (i < path.size()) {
    if (path[i] == '.') ++i;
    if (path[i] != '[') {
      steps.push_back({Step::Kind::key, word(".["), 0});
      continue;
    }
    const bool quoted = path[++i] == '"';
    const std::string text = word("]");
    const bool number = !quoted && text.find_first_not_of("0123456789") == std::string::npos;
    ++i;
    steps.push_back(number ? Step{Step::Kind::place, text, std::stoul(text)}
                           : Step{Step::Kind::name, text, 0});
  }
  return steps;
}

bool is_named(const Value& entry, const std::string& name) {
  for (const char* key : {"id", "name"}) {
    const Value* found = entry.find(key);
    if (found != nullptr && found->text() != nullptr && *found->text() == name) return true;
  }
  return false;
}

/// Writes `value` at the end of the steps, making what is missing on the way.
Value with(const Value& document, const std::vector<Step>& steps, std::size_t at,
           const Value& value) {
  if (at == steps.size()) return value;
  const Step& step = steps[at];
  if (step.kind == Step::Kind::key) {
    Value table = document.table() != nullptr ? document : Value(Table{});
    const Value* inner = table.find(step.text);
    table.set(step.text, with(inner == nullptr ? Value() : *inner, steps, at + 1, value));
    return table;
  }
  Array list = document.array() != nullptr ? *document.array() : Array{};
  std::size_t place = step.place;
  if (step.kind == Step::Kind::name) {
    place = static_cast<std::size_t>(
        std::find_if(list.begin(), list.end(),
                     [&](const Value& entry) { return is_named(entry, step.text); }) -
        list.begin());
    if (place == list.size()) list.push_back(Value(Table{}));
  }
  if (place >= list.size()) list.resize(place + 1);
  list[place] = with(list[place], steps, at + 1, value);
  return Value(std::move(list));
}

/// What goes, from the back, so that an entry keeps its name to the last; then what comes.
Value applied(Value document, const std::vector<DocumentChange>& changes) {
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (change->after.is_null()) document = with(document, steps_of(change->path), 0, {});
  }
  for (const DocumentChange& change : changes) {
    if (!change.after.is_null()) document = with(document, steps_of(change.path), 0, change.after);
  }
  return document;
}

/// Without nulls and empty containers: what a removed leaf leaves behind.
Value pruned(const Value& document) {
  if (const Table* members = document.table()) {
    Value table{Table{}};
    for (const auto& [key, value] : *members) {
      if (Value inner = pruned(value); !inner.is_null()) table.set(key, std::move(inner));
    }
    return table.table()->empty() ? Value() : table;
  }
  if (const Array* entries = document.array()) {
    Value list{Array{}};
    for (const Value& entry : *entries) {
      if (Value inner = pruned(entry); !inner.is_null()) list.push(std::move(inner));
    }
    return list.array()->empty() ? Value() : list;
  }
  return document;
}

std::vector<std::string> changed_texts(const Value& before, const Value& after) {
  std::vector<std::string> texts;
  for (const DocumentChange& change : document_changes(before, after))
    texts.push_back(change.path + ' ' + to_json(change.before, -1) + ' ' +
                    to_json(change.after, -1));
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

TEST_CASE("a document does not differ from itself, also after it was printed and read") {
  CHECK(rc::check("changes(a, a) is empty", [] {
    const Value document = random_run_document(4);
    RC_ASSERT(document_changes(document, document).empty());
    const auto read = parse_json(to_json(document), "x");
    RC_ASSERT(read.has_value());
    RC_ASSERT(document_changes(document, *read).empty());
  }));
}

TEST_CASE("the changes turn the first document into the second") {
  CHECK(rc::check("apply(a, changes(a, b)) = b", [] {
    const Value a = random_run_document(4), b = random_run_document(4);
    const Value turned = applied(a, document_changes(a, b));
    RC_ASSERT(document_changes(pruned(turned), pruned(b)).empty());
  }));
}

TEST_CASE("the changes back are the changes forth, turned round") {
  CHECK(rc::check("changes(b, a) mirrors changes(a, b)", [] {
    const Value a = random_run_document(4), b = random_run_document(4);
    std::vector<std::string> mirrored;
    for (const DocumentChange& change : document_changes(b, a)) {
      mirrored.push_back(change.path + ' ' + to_json(change.after, -1) + ' ' +
                         to_json(change.before, -1));
      if (change.ratio) RC_ASSERT(change.before.number() && change.after.number());
    }
    std::sort(mirrored.begin(), mirrored.end());
    RC_ASSERT(mirrored == changed_texts(a, b));
  }));
}

TEST_CASE("a run survives its document") {
  CHECK(rc::check("runs_from_value(runs_value(runs)) = runs", [] {
    RunRecord run;
    const auto text = [] { return *rc::gen::element<std::string>("", "x", "\"\n\xC3\xA9"); };
    run.summary = {.id = *rc::gen::inRange(0, 1000),
                   .begun = text(),
                   .seconds = *rc::gen::inRange(0, 9) * 0.5,
                   .command = text(),
                   .title = text(),
                   .verdict = text(),
                   .program = text(),
                   .data = text()};
    run.question = Value(Table{{"command", text()}});
    run.result = random_run_document(3);
    run.page = random_run_document(3);
    if (*rc::gen::arbitrary<bool>()) {
      run.files.emplace();
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        run.files->push_back(input_of("f" + std::to_string(i), *rc::gen::arbitrary<std::string>()));
        run.files->back().sent = *rc::gen::arbitrary<bool>();
      }
    }
    const Value document = runs_value({run});
    const auto read = parse_json(to_json(document), "x");
    RC_ASSERT(read.has_value());
    const auto runs = runs_from_value(*read);
    RC_ASSERT(runs.has_value());
    RC_ASSERT(to_json(runs_value(*runs)) == to_json(document));
  }));
}

TEST_CASE("a question survives its document, also printed and read") {
  CHECK(rc::check("question_from_value(question_value(question)) = question", [] {
    const auto text = [] {
      return *rc::gen::element<std::string>("x", "a.b", "\"\n\xC3\xA9", "7");
    };
    Question question;
    question.command = text();
    if (*rc::gen::arbitrary<bool>()) question.scenario = ScenarioText{text(), text()};
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
      question.settings.push_back({text(), random_run_document(2), text()});
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
      question.options.set(text(), random_run_document(2));
    question.text_only = *rc::gen::arbitrary<bool>();
    const std::string written = to_json(question_value(question));
    const auto read = parse_json(written, "x");
    RC_ASSERT(read.has_value());
    const auto back = question_from_value(*read);
    RC_ASSERT(back.has_value());
    RC_ASSERT(to_json(question_value(*back)) == written);
    RC_ASSERT(back->settings.size() == question.settings.size());
  }));
}

}  // namespace polyfleet
