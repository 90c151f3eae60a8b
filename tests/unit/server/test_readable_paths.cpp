#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/readable_paths.hpp"

using namespace polyfleet;
namespace fs = std::filesystem;

namespace {

/// data/ and scenarios/ with a file each, a secret beside them and links to it.
class Tree {
 public:
  Tree() : root_(fs::temp_directory_path() / ("polyfleet_paths_" + std::to_string(getpid()))) {
    fs::create_directories(root_ / "data" / "traces");
    fs::create_directories(root_ / "scenarios");
    std::ofstream(root_ / "data" / "traces" / "azure.csv") << "x";
    std::ofstream(root_ / "scenarios" / "small.toml") << "x";
    std::ofstream(root_ / "secret.toml") << "x";
    fs::create_symlink(root_ / "secret.toml", root_ / "scenarios" / "link.toml");
    fs::create_directory_symlink(root_, root_ / "scenarios" / "up");
    fs::create_symlink(root_ / "data" / "traces" / "azure.csv", root_ / "scenarios" / "trace.csv");
    before_ = fs::current_path();
    fs::current_path(root_);
  }
  ~Tree() {
    fs::current_path(before_);
    fs::remove_all(root_);
  }
  ReadablePaths paths() const { return ReadablePaths({root_ / "data", root_ / "scenarios"}); }
  fs::path operator/(const std::string& name) const { return root_ / name; }

 private:
  fs::path root_, before_;
};

}  // namespace

TEST_CASE("values of scenarios are no paths") {
  const Tree tree;
  const ReadablePaths paths = tree.paths();
  for (const char* text :
       {"llama3.1-70b", "nv_h100_sxm@announced", "450 GB/s", "2.5 USD/h", "USD / h", "5 g/kWh",
        "2026-11-22", "fp8", "a..b", "1..3", "...", "no/such/file.csv", "50 USD/MWh at night",
        "data/traces/azure.csv", "scenarios/small.toml", "scenarios/trace.csv", "", "24/7"}) {
    CAPTURE(text);
    CHECK_FALSE(paths.leads_outside(text, tree / "scenarios"));
  }
  CHECK_FALSE(paths.leads_outside("small.toml", tree / "scenarios"));
  CHECK_FALSE(paths.leads_outside("../data/traces/azure.csv", tree / "scenarios"));
  CHECK_FALSE(paths.leads_outside((tree / "data/traces/azure.csv").string()));
}

TEST_CASE("paths out of the folders are seen, however they are written") {
  const Tree tree;
  const ReadablePaths paths = tree.paths();
  for (const char* text : {"/etc/passwd",
                           "/etc/shadow",
                           "/dev/stdin",
                           "/proc/self/environ",
                           "//etc/passwd",
                           "/no/such/file",
                           "../secret.toml",
                           "../../etc/passwd",
                           "data/../secret.toml",
                           "./secret.toml",
                           "secret.toml",
                           "secret.toml@v1",
                           "x,../secret.toml",
                           "a=/etc/passwd",
                           "../../../../../../../../etc/passwd",
                           "x/../../y",
                           "..\\..\\etc",
                           "..",
                           "scenarios/link.toml",
                           "scenarios/up/secret.toml",
                           "data/./../secret.toml",
                           "megatron = secret.toml"}) {
    CAPTURE(text);
    CHECK(paths.leads_outside(text, tree / "scenarios"));
  }
  CHECK(paths.leads_outside("link.toml", tree / "scenarios"));
  CHECK(paths.leads_outside("up/secret.toml", tree / "scenarios"));
  CHECK(paths.leads_outside(std::string("data/traces/azure.csv\0.toml", 27)));
}

TEST_CASE("every text of a document is looked at, and named by its place") {
  const Tree tree;
  const Result<Value> document = parse_toml(
      "model = \"llama\"\n[[series]]\nfile = \"/etc/passwd\"\nrates = [\"1 GB/s\", "
      "\"../../etc/shadow\"]\n",
      "mine.toml");
  REQUIRE(document);
  Diagnostics problems;
  tree.paths().check(*document, {}, problems);
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].where.line == 3);
  CHECK(problems[0].where.file == "mine.toml");
  CHECK(problems[1].where.line == 4);
  CHECK(problems[1].what.find("../../etc/shadow") != std::string::npos);
}
