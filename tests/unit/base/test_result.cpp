#include <doctest/doctest.h>

#include <memory>

#include "base/result.hpp"

namespace polyfleet {

TEST_CASE("a diagnostic names its place, its problem and its fix") {
  CHECK(to_text(problem_at({"a.toml", 3, 7}, "unknown key 'tpp'", "did you mean 'tp'?")) ==
        "a.toml:3:7: unknown key 'tpp'\n  fix: did you mean 'tp'?");
  CHECK(to_text(problem_at({"a.toml", 3, 0}, "what")) == "a.toml:3: what");
  CHECK(to_text(problem_at({"a.toml", 0, 9}, "what")) == "a.toml: what");
  CHECK(to_text(problem("what")) == "what");
}

TEST_CASE("every diagnostic of a list is shown, each as an error") {
  CHECK(to_text(Diagnostics{problem("one"), problem("two", "do so")}) ==
        "error: one\nerror: two\n  fix: do so\n");
  CHECK(to_text(Diagnostics{}).empty());
}

TEST_CASE("foreign text cannot drive the terminal") {
  CHECK(to_text(problem("\x1b[2Jgone\n\x7f")) == "\\x1b[2Jgone\\n\\x7f");
  CHECK(to_text(problem("\xC2\xB5s")) == "\xC2\xB5s");
}

TEST_CASE("a result holds a value or every problem") {
  const Result<int> good = 3;
  REQUIRE(good);
  CHECK(*good == 3);
  const Result<int> bad = Diagnostics{problem("one"), problem("two")};
  CHECK_FALSE(bad.has_value());
  CHECK(bad.problems().size() == 2);
  Result<std::unique_ptr<int>> moved = std::make_unique<int>(4);
  CHECK(*std::move(moved).value() == 4);
}

}  // namespace polyfleet
