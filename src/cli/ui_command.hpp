// `polyfleet ui`: the web page and the JSON API on a port of this machine, until Ctrl-C.
#pragma once

#include <cstdint>
#include <string>

#include "cli/command_table.hpp"

namespace polyfleet {

struct UiArguments {
  std::int64_t port = 8765;
  std::string address = "127.0.0.1";
  std::string store;  ///< run history; empty = the usual one, "none" = none
  bool open = false, no_open = false;
  bool openapi = false;
};

CommandSpec ui_command(UiArguments&);

}  // namespace polyfleet
