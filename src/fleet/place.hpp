// Periods, sites, groups and offers are numbered with int, of which -1 means none; lists are not.
#pragma once

#include <cstddef>

namespace polyfleet {

/// A number as a place in a list. Precondition: not negative.
inline std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace polyfleet
