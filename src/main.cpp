#include "cli/commands.hpp"

int main(int argc, char** argv) { return polyfleet::run_command_line(argc, argv); }
