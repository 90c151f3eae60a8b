#include <heavy/part.hpp>
#include <units/quantity.hpp>
#include <vector>

#include "nowhere.hpp"
#include "units/quantity.hpp"  // upward on purpose: the guard must refuse it
