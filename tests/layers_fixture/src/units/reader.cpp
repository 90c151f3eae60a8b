#include <heavy/heavy.hpp>
