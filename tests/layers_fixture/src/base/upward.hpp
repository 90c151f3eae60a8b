#include "units/quantity.hpp"  // upward on purpose: the guard must refuse it
#include <units/quantity.hpp>
#include "nowhere.hpp"
#include <heavy/part.hpp>
#include <vector>
