#include "cli/ask_command.hpp"
#include "cli/commands.hpp"

namespace polyfleet {
namespace {

/// Looking something up is no run: it is kept only where a history is named.
CommandSpec look_up(const std::string& name, AskArguments& arguments) {
  arguments.store = "none";
  return ask_command(name, arguments, "", {});
}

}  // namespace

CommandSpec catalogue_list_command(AskArguments& arguments) {
  return look_up("catalogue list", arguments);
}

CommandSpec catalogue_show_command(AskArguments& arguments) {
  return look_up("catalogue show", arguments);
}

CommandSpec catalogue_compare_command(AskArguments& arguments) {
  return ask_command("catalogue compare", arguments, "", {});
}

}  // namespace polyfleet
