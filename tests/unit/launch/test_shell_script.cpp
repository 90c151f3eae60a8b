#include <doctest/doctest.h>

#include "launch/shell_script.hpp"

namespace polyfleet {
namespace {

ShellScript script_of(std::string_view text,
                      const std::map<std::string, std::string, std::less<>>& given = {}) {
  const Result<ShellScript> script = read_shell_script(text, "run.sh", given);
  REQUIRE(script.has_value());
  return *script;
}

/// The words of the last command, '|' between them.
std::string last_words(const ShellScript& script) {
  std::string words;
  if (script.commands.empty()) return "none";
  for (const ShellWord& word : script.commands.back())
    words += (words.empty() ? "" : "|") + word.text;
  return words;
}

}  // namespace

TEST_CASE("quotes, escapes, comments and continued lines as a shell reads them") {
  const ShellScript script = script_of(
      "# a comment --not-this\n"
      "run --a 1 \\\n"
      "    --b 'two words' \\\n"
      "    --c \"x y\"z # the rest\n");
  CHECK(last_words(script) == "run|--a|1|--b|two words|--c|x yz");
  CHECK(script.commands.back()[3].where.line == 3);
  CHECK(script.commands.back()[5].where.line == 4);
  CHECK(last_words(script_of("x '#no comment' a#b")) == "x|#no comment|a#b");
}

TEST_CASE("variables: assignments, defaults, sums, words split where unquoted") {
  CHECK(last_words(script_of("TP=8; PP=4\nrun $TP ${PP}x \"${TP} $PP\"")) == "run|8|4x|8 4");
  CHECK(last_words(script_of("run ${TP:-8} ${A-b} ${X:=\"c\"}")) == "run|8|b|c");
  CHECK(last_words(script_of("A=2\nrun $((A*3+${B:-4})) $(( (1+2)*3 )) $((17%5-9/2))")) ==
        "run|10|9|-2");
  CHECK(last_words(script_of("OPTS=\"--a 1\n  --b 2\"\nrun $OPTS")) == "run|--a|1|--b|2");
  CHECK(last_words(script_of("OPTS='--a 1'\nrun \"$OPTS\"")) == "run|--a 1");
  CHECK(last_words(script_of("export A=1 B=2\nrun $A$B")) == "run|12");
  // The word keeps the line of the text that it came from.
  const ShellScript script = script_of("OPTS=\"--a 1 \\\n --b 2\"\n\nrun $OPTS");
  CHECK(script.commands.back()[3].text == "--b");
  CHECK(script.commands.back()[3].where.line == 2);
}

TEST_CASE("arrays: words, comments, appending, expansion in order") {
  const ShellScript script = script_of(
      "ARGS=(\n  --a 1  # first\n  --b \"x y\"\n)\nARGS+=( --c )\nrun \"${ARGS[@]}\" ${ARGS[*]}");
  CHECK(last_words(script) == "run|--a|1|--b|x y|--c|--a|1|--b|x|y|--c");
  CHECK(script.arrays.size() == 2);
  CHECK(script.commands.back()[3].where.line == 3);
  // Elements that hold several words fall apart where the expansion is not quoted.
  CHECK(last_words(script_of("A=( \"--a 1\" )\nrun ${A[@]} \"${A[@]}\"")) == "run|--a|1|--a 1");
}

TEST_CASE("what only a running shell knows is reported once and stays as written") {
  const ShellScript script = script_of("A=$1\nrun --x $TP --y $TP --z $(nproc) ${OTHER[@]}");
  CHECK(last_words(script) == "run|--x|$TP|--y|$TP|--z|$(...)");
  REQUIRE(script.unresolved.size() == 4);
  CHECK(script.unresolved[0].what.find("$1") != std::string::npos);
  CHECK(script.unresolved[1].what == "$TP has no value in the file");
  CHECK(script.unresolved[1].where.line == 2);
  CHECK(script.unresolved[3].what.find("the array OTHER") != std::string::npos);
}

TEST_CASE("what the user defines wins over the script") {
  CHECK(last_words(script_of("TP=8\nrun $TP", {{"TP", "2"}})) == "run|2");
  CHECK(script_of("run $TP", {{"TP", "2"}}).unresolved.empty());
}

TEST_CASE("conditions on known values choose their branch") {
  const auto chosen = [](const std::string& value) {
    return last_words(script_of("A=" + value +
                                "\nif [ $A = 1 ]; then\n  T=one\nelif [[ \"$A\" -gt 5 ]]\nthen "
                                "T=many\nelse\n  T=other\nfi\nrun $T\n"));
  };
  CHECK(chosen("1") == "run|one");
  CHECK(chosen("9") == "run|many");
  CHECK(chosen("3") == "run|other");
  CHECK(script_of("A=1\nif [ $A = 2 ]; then B=$UNKNOWN; fi\nrun").unresolved.empty());
  CHECK(last_words(script_of("if [ 1 = 1 ]; then T=a; elif [ 2 = 2 ]; then T=b; fi\nrun $T")) ==
        "run|a");
  // Nested, joined and negated ones.
  CHECK(last_words(script_of("A=x\nif [[ $A == y ]] || [[ -z \"\" ]]; then T=1; fi\nrun $T")) ==
        "run|1");
  CHECK(last_words(script_of("T=0; A=x\nif [[ $A == x ]] && [ 1 -eq 2 ]; then T=1; fi\nrun $T")) ==
        "run|0");
  CHECK(last_words(script_of("T=0\nif ! [ a = b ]; then\n if [ 1 = 2 ]; then T=1; else T=2; fi\n"
                             "else T=3; fi\nrun $T")) == "run|2");
  CHECK(last_words(script_of("if [ a = b ]; then\n run wrong\nfi\nrun right")) == "run|right");
}

TEST_CASE("conditions that are not known are named, every branch counts") {
  const ShellScript script = script_of("if [ -f $FILE ]; then\n  T=2\nelse\n  T=4\nfi\nrun $T\n");
  CHECK(last_words(script) == "run|4");
  CHECK(script.unresolved.back().what.find("a condition or loop") != std::string::npos);
  CHECK(script.unresolved.back().where.line == 1);
}

TEST_CASE("redirections and here-documents are passed over") {
  CHECK(last_words(script_of("run a > log 2>&1 b")) == "run|a|2|b");
  CHECK(last_words(script_of("cat <<EOF\n--num-layers 3\nEOF\nrun b")) == "run|b");
}

TEST_CASE("lines of sbatch are kept apart") {
  const ShellScript script = script_of("#SBATCH --nodes=4\n#SBATCH -N 2\nrun\n");
  REQUIRE(script.batch_options.size() == 4);
  CHECK(script.batch_options[0].text == "--nodes");
  CHECK(script.batch_options[1].text == "4");
  CHECK(script.batch_options[3].where.line == 2);
}

TEST_CASE("open quotes and bombs are refused with their line") {
  const auto problem_of = [](std::string_view text) {
    const Result<ShellScript> script = read_shell_script(text, "run.sh", {});
    return script ? std::string() : to_text(script.problems());
  };
  CHECK(problem_of("a\nb \"open").find("run.sh:2: a quote is not closed") != std::string::npos);
  CHECK(problem_of("A=(\n1").find("run.sh:1: an array") != std::string::npos);
  std::string bomb = "A=0123456789\n";
  for (char c = 'B'; c < 'K'; ++c) {
    bomb += std::string(1, c) + "=";
    for (int i = 0; i < 10; ++i) bomb += "$" + std::string(1, static_cast<char>(c - 1));
    bomb += "\n";
  }
  CHECK(problem_of(bomb + "run $J").find("1 MiB") != std::string::npos);
  CHECK(problem_of(std::string_view("a\0b", 3)).find("binary") != std::string::npos);
}

TEST_CASE("a quoted word reads back as itself") {
  for (const char* word :
       {"plain", "with space", "([0]*3+[1]*58)", "Et*3|t*2L", "it's", "", "$A"}) {
    const ShellScript script = script_of("run " + shell_quoted(word));
    REQUIRE(script.commands.back().size() == 2);
    CHECK(script.commands.back()[1].text == word);
  }
}

}  // namespace polyfleet
