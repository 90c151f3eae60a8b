// What every test includes: the standard headers of the program and doctest.
#pragma once
#include <doctest/doctest.h>

#include "../cmake/precompiled.hpp"
