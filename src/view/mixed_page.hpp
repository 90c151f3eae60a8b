// A plan over several pools as pictures: what each pool does alone and in the mix, where each
// replica group's step goes, memory by stage, and the other ways to mix.
#pragma once

#include "chart/figure.hpp"
#include "report/mixed_answer.hpp"

namespace polyfleet {

FigurePage mixed_page(const MixedAnswer& answer);

}  // namespace polyfleet
