#include <doctest/doctest.h>

#include "run_binary.hpp"

TEST_CASE("help, version and the bare command succeed") {
  for (const char* arguments :
       {"", "--help", "--version", "catalogue --help", "estimate --help", "estimate train --help",
        "estimate run --help", "estimate serve --help", "simulate --help", "simulate serve --help",
        "plan --help", "plan serve --help", "plan train --help", "plan size --help",
        "export --help", "import --help", "validate --help", "bench --help", "main-job --help"}) {
    CAPTURE(arguments);
    const Outcome outcome = polyfleet_run(arguments);
    CHECK(outcome.code == 0);
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("every command's help has examples") {
  for (const char* command : {"", "catalogue", "estimate train", "estimate run", "estimate serve",
                              "simulate serve", "plan serve", "plan train", "plan size", "export",
                              "import", "validate", "bench", "main-job"}) {
    CAPTURE(command);
    CHECK(polyfleet_run(std::string(command) + " --help").says("Examples:"));
  }
}

TEST_CASE("an unknown command is answered with the nearest one") {
  const Outcome outcome = polyfleet_run("estmate");
  CHECK(outcome.code == 2);
  CHECK(outcome.err == "error: unknown command 'estmate'\n  fix: did you mean 'estimate'?\n");
}

TEST_CASE("an unknown option is answered with the nearest one") {
  const Outcome outcome = polyfleet_run("estimate train --modle llama3.1-8b");
  CHECK(outcome.code == 2);
  CHECK(outcome.err == "error: unknown option '--modle'\n  fix: did you mean '--model'?\n");
}

TEST_CASE("of a repeated flag the last one wins") {
  const Outcome outcome = polyfleet_run(small_estimate("--devices 16 --devices 12 --json"));
  CHECK(outcome.code == 2);
  CHECK(outcome.says("data parallel 12"));
}

TEST_CASE("an unknown validation is refused") {
  const Outcome outcome = polyfleet_run("validate trian");
  CHECK(outcome.code == 2);
  CHECK(outcome.says("trian"));
}

TEST_CASE("output that cannot be written is an error") {
  const std::string command = std::string(POLYFLEET_BINARY) + " --help >/dev/full 2>/dev/null";
  const int status = std::system(command.c_str());
  CHECK(WEXITSTATUS(status) == 3);
}
