#include "units/quantity.hpp"  // upward on purpose: the guard must refuse it
