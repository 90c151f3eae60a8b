// Epoch AI's gigawatt (data insight of 2026-05-14, CC-BY): IT of GB200 racks, 38 billion USD of
// capital, 0.9 billion USD a year of operation of which 0.6 energy; published cost of ownership 12,
// 8.5 and 7 billion USD a year at IT lives of 3, 5 and 7 years, facility 14. The split of the
// capital and the rate are not published: they are derived here from the three totals (25.5 and
// 12.5 billion USD at 7 %); by straight line the totals cannot be met.
#pragma once

#include "capital/cost_of_ownership.hpp"

namespace polyfleet {

/// Its inputs with another life of the IT.
OwnershipInputs epoch_gigawatt(Seconds it_life);

}  // namespace polyfleet
