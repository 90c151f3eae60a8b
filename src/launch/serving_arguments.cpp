#include "launch/serving_arguments.hpp"

#include <fmt/format.h>

#include "launch/shell_script.hpp"

namespace polyfleet {
namespace {

bool is_narrow(Dtype dtype) { return bytes_per_element(dtype) < 2 * byte; }

}  // namespace

bool ServingArguments::push_name(std::string_view concept_id, const std::string& value) {
  if (const std::string* name = table_.name_of(concept_id)) {
    words_.push_back({*name, false});
    return true;
  }
  leave_out(std::string(concept_id), value, fmt::format("{} has no option for it", table_.tool()));
  return false;
}

void ServingArguments::option(std::string_view concept_id, const std::string& value) {
  if (push_name(concept_id, value)) word(value);
}
void ServingArguments::shell_option(std::string_view concept_id, const std::string& value) {
  if (push_name(concept_id, value)) shell(value);
}
void ServingArguments::flag(std::string_view concept_id) { push_name(concept_id, "on"); }
void ServingArguments::off(std::string_view concept_id) {
  if (const std::string* name = table_.off_name_of(concept_id))
    words_.push_back({*name, false});
  else
    leave_out(std::string(concept_id), "off",
              fmt::format("{} cannot switch it off", table_.tool()));
}

void ServingArguments::leave_out(std::string setting, std::string value, std::string why) {
  unexpressed_.push_back(
      {fmt::format("{}: {}", pool_.name, setting), std::move(value), std::move(why)});
}

void ServingArguments::limits() {
  const EngineSettings& settings = pool_.settings;
  option("max_sequences", fmt::format("{}", settings.max_sequences));
  option("token_budget", fmt::format("{}", settings.token_budget));
  option("memory_fraction", fmt::format("{:.4g}", pool_.memory_fraction));
  if (settings.max_model_length > 0)
    option("max_model_length", fmt::format("{}", settings.max_model_length));
}

void ServingArguments::formats() {
  const InferenceFormats& formats = pool_.formats;
  const std::string cache(name_of(formats.cache));
  if (const std::string* dtype = table_text(table_, "cache_dtypes", cache))
    option("cache_dtype", *dtype);
  else
    leave_out("cache", cache, fmt::format("{} keeps no cache in it", table_.tool()));
  const bool narrow = is_narrow(formats.mlp.stored) || is_narrow(formats.experts.stored) ||
                      is_narrow(formats.attention_projections.stored);
  if (!narrow) return option("dtype", "bfloat16");
  // The name of a set may go on with the cache: "fp8 cache fp8".
  const std::string set = formats.name.substr(0, formats.name.find(' '));
  if (const std::string* method = table_text(table_, "online_quantization", set)) {
    option("quantization", *method);
    leave_out("formats", set,
              "the weights are quantised as they are loaded; for a checkpoint that is quantised "
              "already leave the option out");
  } else {
    leave_out("formats", set, "comes with the checkpoint: give one that is quantised so");
  }
}

const std::string* table_text(const ToolTable& table, std::string_view section,
                              std::string_view key) {
  const Value* found = table.section(section);
  if (found != nullptr) found = found->find(key);
  return found == nullptr ? nullptr : found->text();
}

HealthCheck health_of(const ToolTable& table) {
  HealthCheck health{"/health", 8000};
  if (const std::string* path = table_text(table, "health", "path")) health.path = *path;
  const Value* section = table.section("health");
  const Value* port = section == nullptr ? nullptr : section->find("port");
  if (port != nullptr && port->integer() != nullptr)
    health.port = static_cast<int>(*port->integer());
  return health;
}

std::string shell_lines(const std::vector<CommandWord>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool begins = words[i].text.starts_with("--");
    if (i > 0) text += begins ? " \\\n  " : " ";
    text += words[i].verbatim ? words[i].text : shell_quoted(words[i].text);
  }
  return text + "\n";
}

}  // namespace polyfleet
