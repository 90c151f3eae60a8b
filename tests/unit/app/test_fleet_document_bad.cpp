// Every fault of a scenario of a fleet is named with its place and a remedy.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "fleet_document_fixture.hpp"

using namespace polyfleet;

namespace {

void refuses(const std::string& part, const std::string& with, const std::string& says) {
  CAPTURE(part);
  CAPTURE(with);
  const std::string problems = problems_of(replaced(kFleet, part, with));
  CHECK_MESSAGE(problems.find(says) != std::string::npos, problems);
  CHECK(problems.find("fleet.toml:") != std::string::npos);
}

/// Appended to the whole.
void refuses_beside(const std::string& more, const std::string& says) {
  CAPTURE(more);
  const std::string problems = problems_of(kFleet + more);
  CHECK_MESSAGE(problems.find(says) != std::string::npos, problems);
}

const char kPartner[] =
    "[[phase]]\nid = \"a\"\nsite = \"here\"\nsystem = \"hgx_h100\"\naccelerators = 80\n"
    "first_delivery = \"2027-08-01\"\nlast_delivery = \"2027-08-01\"\nownership = "
    "\"take_or_pay\"\npartner = \"P\"\n";
/// The same under another id; not a constant, as checks do not work before main.
std::string other_contract() { return replaced(kPartner, "\"a\"", "\"b\""); }

}  // namespace

TEST_CASE("names that nothing has get the nearest") {
  refuses("site = \"here\"\nsystem = \"mi355x_8oam\"", "site = \"hree\"\nsystem = \"mi355x_8oam\"",
          "'new': no site is named 'hree'\n  fix: did you mean 'here'?");
  refuses("region = \"us-east5\"", "region = \"us-eest5\"", "did you mean 'us-east5'?");
  refuses("system = \"hgx_h100\"", "system = \"hgx_h10\"", "did you mean 'hgx_h100'?");
  refuses("model = \"llama3.1-8b\"", "model = \"lama3.1-8b\"", "did you mean 'llama3.1-8b'?");
  refuses("shape = \"office\"", "shape = \"ofice\"", "did you mean 'office'?");
  refuses("precisions = [\"bf16\"]", "precisions = [\"bf17\"]", "unknown precision recipe 'bf17'");
  refuses("tpot = \"30 ms\"", "tpot = \"30 ms\"\nformats = [\"fp8_blok\"]",
          "did you mean 'fp8_block'?");
  refuses("tpot = \"30 ms\"", "vendors = [\"AMDD\"]", "no phase or pool is of vendor 'AMDD'");
  refuses("facility_cost", "facility_costs", "unknown key 'facility_costs'");
}

TEST_CASE("a phase needs a site, one size, an order of days") {
  refuses("program = \"p\"\nsite = \"here\"\n", "program = \"p\"\n", "site");
  refuses("power = \"20 MW\"", "power = \"0 MW\"", "power");
  refuses("power = \"20 MW\"", "power = \"-1 GW\"", "power");
  refuses("power = \"20 MW\"", "power = \"20 MW\"\naccelerators = 8", "states both power and");
  refuses("power = \"20 MW\"\n", "", "states neither power nor");
  refuses("ordered = \"2027-01-01\"", "ordered = \"2027-09-01\"",
          "first_delivery on 2027-08-01 is before ordered on 2027-09-01");
  refuses("last_delivery = \"2027-10-01\"", "last_delivery = \"2027-07-02\"",
          "last_delivery on 2027-07-02 is before first_delivery");
  refuses("delay_quarters = [0.5, 0.5]", "delay_quarters = [0.5, 0.4]", "sum to 0.9");
  refuses("price = \"35000 USD\"", "rental = \"2 USD/h\"", "no price of");
  refuses("id = \"new\"", "id = \"old\"", "the id 'old' of a phase stands twice");
  refuses("retirement = \"2028-02-29\"", "rate = \"2 USD/h\"", "rate has no meaning where it is");
}

TEST_CASE("power beyond the interconnection is named with its day and its phases") {
  refuses("limit = \"30 MW\"", "limit = \"20 MW\"",
          "site 'here' has 20 MW on 2027-10-01, and 21.29 MW of accelerators stand there: old");
  CHECK(problems_of(kFleet).empty());
}

TEST_CASE("days and horizons") {
  refuses("end = \"2029-07-01\"", "end = \"2027-07-01\"", "not after its begin");
  refuses("end = \"2029-07-01\"", "end = \"2127-07-01\"", "a study of 100 years");
  refuses("end = \"2029-07-01\"", "end = \"2029-02-29\"", "end:");
  refuses("[[site]]", "period = \"30 h\"\n[[site]]", "whole days");
  refuses("utc_offset = \"-05:00\"", "utc_offset = \"America/New_York\"", "is no offset from UTC");
}

TEST_CASE("campaigns") {
  refuses("deadline = \"2028-06-01\"", "deadline = \"2027-12-01\"", "not after its start");
  refuses("deadline = \"2028-06-01\"", "deadline = \"2030-06-01\"", "reaches beyond the study");
  refuses_beside(
      "[[workload.campaign]]\nid = \"second\"\nstart = \"2028-05-01\"\ndeadline = "
      "\"2028-12-01\"\namount = \"1 Ttokens\"\n",
      "before the deadline of 'first' on 2028-06-01");
  refuses("amount = \"1 Ttokens\"", "amount = \"1 Mvideos\"", "is not understood");
  refuses("rate = \"86.4 Gtokens/day\"", "rate = \"86.4 Gtokens\"", "is not understood");
  refuses("sequence = 4096\n", "frames = 4\n", "frames has no meaning with kind = \"pretraining\"");
  refuses("sequence = 4096\n", "", "sequence");
}

TEST_CASE("contracts of one partner for the same machines do not overlap") {
  refuses_beside(kPartner + other_contract(),
                 "contract 'b' with P begins on 2027-08-01, while 'a'");
  CHECK(problems_of(kFleet + kPartner + other_contract() + "capacity = \"other\"\n").empty());
  CHECK(problems_of(kFleet + kPartner + "contract_end = \"2028-01-01\"\n" + other_contract() +
                    "contract_begin = \"2028-01-01\"\n")
            .empty());
  refuses_beside(
      std::string(kPartner) + "contract_begin = \"2028-01-01\"\ncontract_end = \"2027-12-01\"\n",
      "contract_end on 2027-12-01 is before contract_begin");
}

TEST_CASE("shares of vendors") {
  refuses_beside(
      "[policy]\n[[policy.share]]\nvendor = \"AMD\"\nleast = 0.7\n[[policy.share]]\n"
      "vendor = \"NVIDIA\"\nleast = 0.5\n",
      "the least shares of all vendors sum to 1.2");
  refuses_beside("[policy]\n[[policy.share]]\nvendor = \"Intel\"\nmost = 0.5\n",
                 "no phase or pool is of vendor 'Intel'");
}

TEST_CASE("carbon of one method in a study, unless it says otherwise") {
  const std::string other =
      "[[site]]\nid = \"there\"\nregion = \"DE\"\nprice = \"90 USD/MWh\"\n[[site.power]]\nfrom = "
      "\"2027-07-01\"\nlimit = \"1 MW\"\n";
  refuses_beside(other, "carbon of region 'DE' is by the method 'country, life cycle'");
  CHECK(problems_of(replaced(kFleet, "[[site]]", "carbon_set = \"mixed\"\n[[site]]") + other)
            .empty());
}

TEST_CASE("a system without power figures cannot stand in a fleet") {
  refuses("system = \"hgx_h100\"", "system = \"trn2_48xlarge\"", "no power figure is published");
}

TEST_CASE("hours that a price file lacks are named, negative prices are legal") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "polyfleet_fleet_document";
  fs::create_directories(folder);
  const auto with_file = [&](bool gap) {
    std::ofstream file(folder / "prices.csv");
    file << "time,price [USD/MWh]\n";
    for (int h = 0; h < 48; ++h) {
      if (gap && h == 30) continue;
      file << "2027-07-0" << 1 + h / 24 << "T" << (h % 24 < 10 ? "0" : "") << h % 24 << ":00Z,"
           << (h == 3 ? -20 : 40) << '\n';
    }
    file.close();
    std::string text = replaced(kFleet, "end = \"2029-07-01\"", "end = \"2027-07-03\"");
    text = text.substr(0, text.find("[[workload]]\nid = \"run\""));
    return replaced(text, "price = \"-5 USD/MWh\"", "price = { file = \"prices.csv\" }");
  };
  const std::string whole = with_file(false);
  CHECK(problems_of(whole, folder.string()) == "");
  const auto read = read_fleet(whole, folder.string());
  REQUIRE(read.has_value());
  CHECK(read->model.sites[0].price.at(3) == doctest::Approx(-20 / 3.6e9));
  const std::string problems = problems_of(with_file(true), folder.string());
  CHECK_MESSAGE(problems.find("2027-07-02T06:00") != std::string::npos, problems);
  fs::remove_all(folder);
}
