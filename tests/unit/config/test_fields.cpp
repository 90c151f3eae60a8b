#include <doctest/doctest.h>

#include "config/fields.hpp"

namespace polyfleet {
namespace {

enum class Colour { red, green };
struct Inner {
  int degree = 1;
  double share = 0.5;
};
struct Thing {
  std::string name = "none";
  std::int64_t count = 1;
  std::uint8_t small = 0;
  bool on = false;
  Bytes memory = 1.0 * gigabyte;
  Colour colour = Colour::red;
  Inner inner;
  std::vector<int> split;
  std::vector<std::string> tags;
};

FieldTable<Thing> thing_fields() {
  const FieldTable<Inner> inner = {
      integer_field("degree", &Inner::degree, {1, 64}, "a degree"),
      number_field("share", &Inner::share, {0, 1}, "a share"),
  };
  return {
      required(text_field("name", &Thing::name, "the name")),
      integer_field("count", &Thing::count, {}, "how many"),
      integer_field("small", &Thing::small, {}, "a small number"),
      bool_field("on", &Thing::on, "whether it runs"),
      quantity_field("memory", &Thing::memory, {0, 1e12}, "its memory"),
      choice_field<Thing, Colour>("colour", &Thing::colour,
                                  {{"red", Colour::red}, {"green", Colour::green}}, "its colour"),
      table_field("inner", &Thing::inner, inner, "nested"),
      integer_list_field("split", &Thing::split, {0, 9}, "a split"),
      text_list_field("tags", &Thing::tags, "tags"),
  };
}

std::string problems_of(std::string_view text, Thing* into = nullptr) {
  const Result<Value> document = parse_toml(text, "t.toml");
  REQUIRE(document);
  Thing thing;
  Diagnostics problems;
  read_fields(*document, thing_fields(), into != nullptr ? *into : thing, "thing", problems);
  return to_text(problems);
}
std::string set_problems(Thing& thing, std::string_view key, std::string_view text) {
  Diagnostics problems;
  set_field(thing_fields(), thing, key, text, problems);
  return to_text(problems);
}

}  // namespace

TEST_CASE("a table is read into its object") {
  Thing thing;
  CHECK(problems_of("name = 'x'\ncount = 12\non = true\nmemory = '2 GiB'\ncolour = 'green'\n"
                    "split = [1, 2]\ntags = ['a']\n[inner]\ndegree = 8\n",
                    &thing)
            .empty());
  CHECK(thing.name == "x");
  CHECK(thing.count == 12);
  CHECK(thing.on);
  CHECK(thing.memory == 2.0 * gibibyte);
  CHECK(thing.colour == Colour::green);
  CHECK(thing.inner.degree == 8);
  CHECK(thing.inner.share == 0.5);
  CHECK(thing.split == std::vector<int>{1, 2});
  CHECK(thing.tags == std::vector<std::string>{"a"});
}

TEST_CASE("every problem of a document is reported, each with its place") {
  CHECK(
      problems_of("nam = 'x'\ncount = 1.5\nmemory = 80\ncolour = 'gren'\n[inner]\ndegree = 0\n") ==
      "error: t.toml:1:1: unknown key 'nam'\n  fix: did you mean 'name'?\n"
      "error: t.toml:2:1: count = 1.5 must be a whole number\n"
      "error: t.toml:3:1: memory must be text, not an integer\n"
      "  fix: write it in quotes, with its unit if it has one\n"
      "error: t.toml:4:1: unknown value 'gren' of colour\n  fix: did you mean 'green'?\n"
      "error: t.toml:6:1: degree = 0 must be between 1 and 64\n"
      "error: t.toml:1:1: thing lacks the key 'name'\n  fix: add name = ... (text)\n");
}

TEST_CASE("ranges: of the field and of the type") {
  CHECK(problems_of("name = ''\nsmall = 255\n").empty());
  CHECK(problems_of("name = ''\nsmall = 256\n") ==
        "error: t.toml:2:1: small = 256 must be between 0 and 255\n");
  CHECK(problems_of("name = ''\ncount = 1e300\n") ==
        "error: t.toml:2:1: count = 1e+300 must be a whole number\n");
  CHECK(problems_of("name = ''\ncount = nan\n").find("whole number") != std::string::npos);
  Thing thing;
  CHECK(problems_of("name = ''\ncount = 9007199254740993\n", &thing).empty());
  CHECK(thing.count == 9007199254740993);  // 2^53 + 1, not rounded through a double
  CHECK(problems_of("name = ''\nmemory = '2 TB'\n") ==
        "error: t.toml:2:1: memory = \"2 TB\" must be between 0 B and 1 TB\n");
  CHECK(problems_of("name = ''\nmemory = '-1 B'\n").find("between") != std::string::npos);
  CHECK(problems_of("name = ''\nmemory = '1 kg'\n")
            .starts_with("error: t.toml:2:1: memory: unknown unit"));
  CHECK(problems_of("name = ''\n[inner]\nshare = inf\n") ==
        "error: t.toml:3:1: share must be a number, not infinite or undefined\n");
}

TEST_CASE("wrong kinds") {
  CHECK(problems_of("name = ''\non = 1\n") ==
        "error: t.toml:2:1: on must be true or false, not an integer\n");
  CHECK(problems_of("name = ''\ninner = 3\n") ==
        "error: t.toml:2:1: inner must be a table, not an integer\n");
  CHECK(
      problems_of("name = ''\nsplit = 3\n").starts_with("error: t.toml:2:1: split must be a list"));
  CHECK(problems_of("name = ''\nsplit = [1,\n 'x', 99]\n") ==
        "error: t.toml:3:2: split must be a whole number, not text\n"
        "error: t.toml:3:7: split = 99 must be between 0 and 9\n");
}

TEST_CASE("--set reaches every field, nested ones by a dotted path") {
  Thing thing;
  CHECK(set_problems(thing, "count", "7").empty());
  CHECK(set_problems(thing, "memory", "3 GB").empty());
  CHECK(set_problems(thing, "inner.degree", "4").empty());
  CHECK(set_problems(thing, "name", "405").empty());
  CHECK(set_problems(thing, "on", "true").empty());
  CHECK(thing.count == 7);
  CHECK(thing.memory == 3.0 * gigabyte);
  CHECK(thing.inner.degree == 4);
  CHECK(thing.name == "405");
  CHECK(thing.on);
  CHECK(set_problems(thing, "count", "x") == "error: count must be a whole number, not text\n");
  CHECK(
      set_problems(thing, "memory", "3") ==
      "error: memory must be text, not an integer\n  fix: write it in quotes, with its unit if it "
      "has one\n");
  CHECK(set_problems(thing, "inner.degre", "4") ==
        "error: unknown key 'degre'\n  fix: did you mean 'degree'?\n");
  CHECK(set_problems(thing, "count.x", "4").starts_with("error: unknown key 'count.x'"));
  CHECK(set_problems(thing, "", "4").starts_with("error: unknown key ''"));
  CHECK(set_problems(thing, "inner", "4") == "error: inner must be a table, not an integer\n");
}

TEST_CASE("what is printed is read back") {
  Thing thing;
  thing.name = "x";
  thing.count = -5;
  thing.memory = 1.0 / 3 * gigabyte;
  thing.colour = Colour::green;
  thing.inner.share = 0.1;
  thing.split = {3, 1};
  thing.tags = {"b", "a"};
  const Value printed = print_fields(thing_fields(), thing);
  const auto document = parse_json(to_json(printed), "t.json");
  REQUIRE(document);
  Thing read;
  Diagnostics problems;
  read_fields(*document, thing_fields(), read, "thing", problems);
  CHECK(problems.empty());
  CHECK(to_json(print_fields(thing_fields(), read)) == to_json(printed));
  CHECK(read.memory == thing.memory);
}

TEST_CASE("the reference page names key, type, default and meaning") {
  const std::string page = reference_page(thing_fields(), Thing{});
  CHECK(page.find("| `name` | text | (required) | the name |\n") != std::string::npos);
  CHECK(page.find("| `count` | integer | 1 | how many |\n") != std::string::npos);
  CHECK(page.find("| `colour` | one of: red green | \"red\" | its colour |\n") !=
        std::string::npos);
  CHECK(page.find("| `inner` | table | {\"degree\": 1, \"share\": 0.5} | nested |\n") !=
        std::string::npos);
}

}  // namespace polyfleet
