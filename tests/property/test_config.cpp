#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/csv.hpp"
#include "config/value.hpp"

namespace polyfleet {
namespace {

rc::Gen<std::string> printable_text() {
  return rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
}

/// A random document of at most `depth` levels with distinct keys.
Value random_document(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 7 : 5)) {
    case 0:
      return Value();
    case 1:
      return Value(*rc::gen::arbitrary<bool>());
    case 2:
      return Value(*rc::gen::arbitrary<std::int64_t>());
    case 3:
      return Value(*rc::gen::inRange(-1'000'000, 1'000'000) * 0.001);
    case 4:
      return Value(*printable_text());
    case 5: {
      Value list{Array{}};
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) list.push(random_document(depth - 1));
      return list;
    }
    default: {
      Value table{Table{}};
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        table.set(*printable_text(), random_document(depth - 1));
      return table;
    }
  }
}

}  // namespace

TEST_CASE("print(parse(print(document))) = print(document)") {
  CHECK(rc::check("JSON round trip, one line and indented", [] {
    const Value document = random_document(4);
    for (const int indent : {-1, 0, 2}) {
      const Result<Value> read = parse_json(to_json(document, indent), "x.json");
      RC_ASSERT(read.has_value());
      RC_ASSERT(to_json(*read, -1) == to_json(document, -1));
    }
  }));
}

TEST_CASE("any bytes give a document or a diagnostic") {
  CHECK(rc::check("TOML and JSON readers", [](const std::string& text) {
    for (const Result<Value>& read : {parse_toml(text, "x"), parse_json(text, "x")}) {
      if (!read) RC_ASSERT(!read.problems().empty());
    }
  }));
}

TEST_CASE("any byte string survives as JSON text") {
  CHECK(rc::check("to_json prints valid JSON", [](const std::string& text) {
    const std::string printed = to_json(Value(text));
    RC_PRE(text.find('\0') == std::string::npos);
    RC_ASSERT(parse_json(printed, "x").has_value());
  }));
}

TEST_CASE("cells written as CSV are read back") {
  CHECK(rc::check("CSV round trip", [] {
    const auto alphabet = rc::gen::element('a', ',', '"', '\n', '\r', ' ', '#');
    const auto cells =
        *rc::gen::container<std::vector<std::string>>(3, rc::gen::container<std::string>(alphabet));
    std::string text = "x,y,z\n";
    for (std::size_t i = 0; i < cells.size(); ++i) text += (i > 0 ? "," : "") + csv_cell(cells[i]);
    const Result<CsvTable> table = CsvTable::parse(text + "\n", "x.csv");
    RC_ASSERT(table.has_value());
    RC_ASSERT(table->rows().size() == 1u);
    RC_ASSERT(table->rows()[0].cells == cells);
  }));
}

}  // namespace polyfleet
