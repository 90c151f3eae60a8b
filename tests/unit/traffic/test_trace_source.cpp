#include "traffic_testing.hpp"

namespace polyfleet {
namespace {

std::vector<ServingRequest> read(std::string_view text, const TraceOptions& options = {}) {
  auto trace = trace_of(text, options);
  if (!trace) FAIL(to_text(trace.problems()));
  auto requests = drained(**trace);
  if (!requests) FAIL(to_text(requests.problems()));
  CHECK((*trace)->exhausted());
  return *std::move(requests);
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Azure 2023: dates relative to the first, exact to the digit, both line ends") {
  const auto requests = read(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
      "2023-11-16 18:17:03.9799600,4808,10\r\n"
      "2023-11-16 18:17:04.0319600,3180,8\n"
      "2023-11-17 00:00:00,1,1");
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].arrival == 0);
  CHECK(requests[1].arrival == 52'000'000'000);
  CHECK(requests[2].arrival == 20576LL * 1'000'000'000'000 + 20'040'000'000);
  CHECK(requests[0].input_tokens == 4808);
  CHECK(requests[1].output_tokens == 8);
  CHECK(requests[2].id == 2);
}

TEST_CASE("Azure 2024: dates with an offset") {
  const auto requests = read(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n"
      "2024-05-10 00:00:00.009930+00:00,2162,5\n"
      "2024-05-10 02:00:01.009930+02:00,2399,6\n");
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].arrival == 1'000'000'000'000);
}

TEST_CASE("Mooncake: milliseconds and hashes of blocks of 512") {
  const auto requests = read(
      "{\"timestamp\": 27, \"input_length\": 1030, \"output_length\": 5, \"hash_ids\": [0, 7, 9]}\n"
      "{\"timestamp\": 1027, \"input_length\": 3, \"output_length\": 5, \"hash_ids\": []}\n");
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].arrival == 27'000'000'000);
  CHECK(requests[0].prefix_blocks == std::vector<std::uint64_t>{0, 7, 9});
  CHECK(requests[0].prefix_block_tokens == 512);
  CHECK(requests[1].prefix_block_tokens == 0);
}

TEST_CASE("BurstGPT: both editions; models without names in the scenario are remarked on") {
  auto trace = trace_of(
      "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log "
      "Type\n5.5,17,0.2,GPT-4,472,18,490,Conversation log\n");
  REQUIRE(trace);
  const auto requests = drained(**trace);
  REQUIRE(requests);
  CHECK((*requests)[0].arrival == 5'500'000'000'000);
  CHECK((*requests)[0].session == 17);
  CHECK((*trace)->remarks().size() == 1);
  TraceOptions named;
  named.names.models = {"ChatGPT", "GPT-4"};
  const auto named_requests = read(
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
      "5,GPT-4,472,18,490,Conversation log\n",
      named);
  CHECK(named_requests[0].model == 1);
}

TEST_CASE("plain CSV: every column") {
  TraceOptions options;
  options.names = {{"llama", "qwen"}, {"chat", "batch"}};
  const auto requests = read(
      "\xEF\xBB\xBF"
      "arrival,input_tokens,output_tokens,model,class,priority,session,cancelled_after,"
      "prefix_block_tokens,prefix_hashes,frames,height,width,steps,guidance\n"
      "0.000000000001,100,20,qwen,batch,-2,conversation-a,1.5,64,18446744073709551615 3,,,,,\n"
      "\"1e-3\",7.0,2,0,1,,,,,,,,,,\n"
      "2,,,\"llama\",chat,,,,,,81,480,832,50,1\n",
      options);
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].arrival == 1);
  CHECK(requests[0].model == 1);
  CHECK(requests[0].slo_class == 1);
  CHECK(requests[0].priority == -2);
  CHECK(requests[0].session >= 0);
  CHECK(requests[0].cancelled_after == 1'500'000'000'000);
  CHECK(requests[0].prefix_blocks == std::vector<std::uint64_t>{18446744073709551615ULL, 3});
  CHECK(requests[1].arrival == 1'000'000'000);
  CHECK(requests[1].input_tokens == 7);
  CHECK(requests[1].cancelled_after == kNever);
  CHECK(requests[1].session == -1);
  CHECK_FALSE(requests[1].media);
  REQUIRE(requests[2].media);
  CHECK(requests[2].media->frames == 81);
  CHECK(requests[2].media->steps == 50);
  CHECK(requests[2].media->guidance_passes == 1);
}

TEST_CASE("plain JSONL: measured vLLM runs, null, nested members, any order of keys") {
  const auto requests = read(
      "{\"request_id\": \"a\", \"input_toks\": 2358, \"output_toks\": 531, \"arrival_time\": "
      "1787267980.0827403, \"queued_ts\": 2.5}\n"
      "{\"output_toks\": 3, \"arrival_time\": 1787267980.5, \"input_toks\": 4, \"model\": null, "
      "\"extra\": {\"b\": [1, \"}\"]}}\n");
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].arrival == 0);
  CHECK(requests[1].arrival == 417'259'700'000);
  CHECK(requests[1].input_tokens == 4);
}

TEST_CASE("every fault has its place and says what to do") {
  const std::string csv = "arrival,input_tokens,output_tokens\n";
  const std::string json = "{\"arrival\": 0, \"input_tokens\": 1, \"output_tokens\": 1}\n";
  const struct {
    std::string text, part;
  } cases[] = {
      {"", "t:1: is empty"},
      {"\n\n", "is empty"},
      {csv, "holds no requests"},
      {"arrival,input_tokens\n0,1\n",
       "t:1: the column 'output_tokens' or 'output_toks' is missing"},
      {"TIMESTAMP,ContextTokens\n", "'GeneratedTokens' is missing"},
      {"arrival,input_tokens,output_tokens,prioirty\n", "did you mean 'priority'?"},
      {"arrival,arrival,input_tokens,output_tokens\n", "names the column 'arrival' twice"},
      {csv + "1,2,3\n0.5,2,3\n",
       "t:3: arrives at 0.5 s, before the line above it (1 s)\n  fix: sort"},
      {csv + "-1,2,3\n", "t:2:1: the arrival -1 is before the start"},
      {csv + "0,0,3\n", "t:2: a request without input or output tokens"},
      {csv + "0,3,0\n", "skip_empty = true"},
      {csv + "0,-3,1\n", "t:2:3: -3 tokens cannot be"},
      {csv + "0,3,10000001\n", "t:2:5: 10000001 tokens are more than any model takes"},
      {csv + "0,1e300,1\n", "is not a whole number of tokens"},
      {csv + "nan,3,1\n", "t:2:1: 'nan' is not a number"},
      {csv + "inf,3,1\n", "'inf' is not a number"},
      {csv + "0,nan,1\n", "'nan' is not a whole number of tokens"},
      {csv + "0,3.5,1\n", "'3.5' is not a whole number of tokens"},
      {csv + ",3,1\n", "the arrival time is empty"},
      {csv + "0,,1\n", "the number of input tokens is empty"},
      {csv + "0,3\n", "t:2: has 2 cells where the header has 3"},
      {csv + "0,3", "the file seems cut off"},
      {csv + "0,3,1,9\n", "has 4 cells"},
      {csv + "0,\"3,1\n", "t:2:3: a quote opens and never closes"},
      {csv + "0,\"3\"x,1\n", "text after a closing quote"},
      {csv + "8640001,3,1\n", "more than 100 days"},
      {csv + std::string("0,3\0,1\n", 7), "binary data"},
      {"\x1f\x8b\x08 gzip", "is compressed"},
      {"\xff\xfe"
       "a",
       "UTF-16"},
      {"TIMESTAMP,ContextTokens,GeneratedTokens\n2023-13-16 18:17:03,1,1\n",
       "is not a time such as"},
      {json + "{\"arrival\": 1, \"input_tokens\": 1\n", "t:2:"},
      {json + "{\"arrival\": 1, \"input_tokens\": 1}\n",
       "t:2: the number of output tokens is empty"},
      {json + "{\"arrival\": \"x\", \"input_tokens\": 1, \"output_tokens\": 1}\n", "t:2:13: 'x'"},
      {json + "[1]\n", "'{' expected"},
      {json + "{\"arrival\": 1, \"arrival\": 2}\n", "is given twice"},
      {json + "{\"arrival\": 1, \"input_tokns\": 2}\n", "did you mean 'input_tokens'?"},
      {"arrival,input_tokens,output_tokens,prefix_hashes\n0,100,1,1 2\n", "no prefix_block_tokens"},
      {"arrival,input_tokens,output_tokens,prefix_block_tokens,prefix_hashes\n0,100,1,64,1 2 3\n",
       "3 prefix blocks of 64 tokens are more than the prompt's 100 tokens"},
      {"arrival,input_tokens,output_tokens,prefix_block_tokens,prefix_hashes\n0,100,1,64,1 x\n",
       "t:2:12: holds a block hash"},
      {"arrival,steps\n0,50\n", "needs frames, height and width"},
  };
  for (const auto& each : cases) {
    const std::string found = first_problem(each.text);
    INFO(found);
    INFO(each.part);
    CHECK(holds(found, each.part));
  }
}

TEST_CASE("a stated format is believed, unless the file is of another kind") {
  TraceOptions options;
  options.format = TraceFormat::mooncake;
  CHECK(holds(first_problem("arrival,input_tokens,output_tokens\n0,1,1\n", options),
              "is no mooncake trace: it begins like CSV"));
  options.format = TraceFormat::azure;
  CHECK(holds(first_problem("arrival,input_tokens,output_tokens\n0,1,1\n", options),
              "'TIMESTAMP' is missing"));
}

TEST_CASE("an unknown model is an error where the scenario has models") {
  TraceOptions options;
  options.names.models = {"llama", "qwen"};
  CHECK(holds(first_problem("arrival,input_tokens,output_tokens,model\n0,1,1,lama\n", options),
              "t:2:7: 'lama' is no model of the scenario (did you mean 'llama'?)"));
  CHECK(holds(first_problem("arrival,input_tokens,output_tokens,model\n0,1,1,2\n", options),
              "'2' is no model"));
}

TEST_CASE("lines that state no model or class are of the stated one, or an error") {
  TraceOptions options;
  options.names = {{"llama", "qwen"}, {"chat", "batch"}};
  const std::string text =
      "arrival,input_tokens,output_tokens,model,priority\n0,1,1,,\n1,1,1,llama,9\n";
  CHECK(holds(first_problem(text, options), "t:2: does not say which of the scenario's models"));
  options.model = "qwen";
  CHECK(holds(first_problem(text, options), "t:2: does not say which of the scenario's classes"));
  options.slo_class = "batch";
  options.priority = 3;
  const auto requests = read(text, options);
  CHECK(requests[0].model == 1);
  CHECK(requests[0].slo_class == 1);
  CHECK(requests[0].priority == 3);
  CHECK(requests[1].model == 0);
  CHECK(requests[1].priority == 9);
}

TEST_CASE("unordered traces are sorted on request; equal times keep the file's order") {
  TraceOptions options;
  options.sort = true;
  const auto requests = read(
      "arrival_time,input_tokens,output_tokens\n105,1,1\n100,2,1\n110,3,1\n105,4,1\n", options);
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].arrival == 0);
  CHECK(requests[0].input_tokens == 2);
  CHECK(requests[1].input_tokens == 1);
  CHECK(requests[2].input_tokens == 4);
  CHECK(requests[3].arrival == 10'000'000'000'000);
  CHECK(requests[3].id == 3);
}

TEST_CASE("a window may begin beyond 100 days, ordered or not") {
  const std::string text =
      "arrival,input_tokens,output_tokens\n0,1,1\n8000000,2,1\n9000000.25,3,1\n9000001,4,1\n";
  CHECK(holds(first_problem(text), "t:4: the arrival is more than 100 days from the start"));
  TraceOptions options;
  options.start = 8e6 * second;
  const auto requests = read(text, options);
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].arrival == 0);
  CHECK(requests[0].id == 0);
  CHECK(requests[1].arrival == 1'000'000'250'000'000'000);
  options.sort = true;
  options.start = 102 * second;
  const auto sorted =
      read("arrival_time,input_tokens,output_tokens\n300,1,1\n200,2,1\n302.5,3,1\n", options);
  REQUIRE(sorted.size() == 1);
  CHECK(sorted[0].arrival == 500'000'000'000);
  options.start = 1000 * second;
  CHECK(read("arrival,input_tokens,output_tokens\n1,1,1\n", options).empty());
}

TEST_CASE("empty requests are left out on request, and counted") {
  TraceOptions options;
  options.skip_empty = true;
  auto trace = trace_of("arrival,input_tokens,output_tokens\n0,1,0\n1,2,2\n2,0,5\n", options);
  REQUIRE(trace);
  const auto requests = drained(**trace);
  REQUIRE(requests);
  CHECK(requests->size() == 1);
  CHECK((*requests)[0].id == 0);
  const auto remarks = (*trace)->remarks();
  REQUIRE(remarks.size() == 1);
  CHECK(holds(remarks[0], "2 requests of the trace"));
}

TEST_CASE("unknown columns that are no misspelling are named") {
  auto trace = trace_of("arrival,region,input_tokens,output_tokens\n0,\"a,b\",1,1\n");
  REQUIRE(trace);
  CHECK(drained(**trace).has_value());
  CHECK((*trace)->remarks() ==
        std::vector<std::string>{"columns of the trace that are not read: region"});
}

TEST_CASE("the traces in data/ hold what their page says") {
  const struct {
    const char* file;
    std::size_t requests;
    double seconds, input, output;
  } traces[] = {
      {"AzureLLMInferenceTrace_code.csv", 8819, 3435.9, 2047.8, 27.9},
      {"AzureLLMInferenceTrace_conv.csv", 19366, 3501.7, 1154.7, 211.1},
      {"mooncake_conversation_trace.jsonl", 12031, 3537.0, 12035.1, 342.6},
      {"mooncake_synthetic_trace.jsonl", 3993, 1022.0, 15325.3, 149.0},
      {"measured_vllm_RTX4090_Llama-3.1-8B.requests.jsonl", 300, 0, 0, 0},
      {"measured_vllm_RTXPRO6000_Qwen3-32B.requests.jsonl", 300, 0, 0, 0},
  };
  for (const auto& expected : traces) {
    auto trace = open_trace(data_trace(expected.file), {});
    REQUIRE(trace);
    const auto requests = drained(**trace);
    if (!requests) FAIL(to_text(requests.problems()));
    double input = 0, output = 0;
    for (const ServingRequest& each : *requests) {
      input += static_cast<double>(each.input_tokens);
      output += static_cast<double>(each.output_tokens);
    }
    const auto count = static_cast<double>(requests->size());
    CHECK(requests->size() == expected.requests);
    if (expected.input == 0) continue;
    CHECK(seconds_of_picos(requests->back().arrival) / second ==
          doctest::Approx(expected.seconds).epsilon(1e-3));
    CHECK(input / count == doctest::Approx(expected.input).epsilon(1e-3));
    CHECK(output / count == doctest::Approx(expected.output).epsilon(1e-3));
  }
}

}  // namespace polyfleet
