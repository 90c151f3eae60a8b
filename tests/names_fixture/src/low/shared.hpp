// Functions that the files of `room` share.
#pragma once
#include <string>
namespace polyfleet {
using Ticks = std::int64_t;
using Steps = std::int64_t;
struct Given {};
std::string path_of(const std::string& name);  // found by no argument: hidden by room/hides.cpp
std::string name_of(const Given& given);       // its argument finds it: hidden by nobody
double length_of(Steps steps);
inline constexpr double kWhole = 1;
}  // namespace polyfleet
