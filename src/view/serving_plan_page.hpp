// The fleet that serves a stream of requests, as pictures: the chosen plan's pools and vendors, its
// simulated check, other plans and the front of cost, energy and latency, and what was refused.
#pragma once

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "report/serving_plan_answer.hpp"

namespace polyfleet {

/// Where nothing meets the targets the page says what is within reach and what binds.
FigurePage serving_plan_page(const ServingPlanAnswer& answer, const Catalogue& catalogue);

/// Proposed plans, the front, and refused configurations (view/serving_plan_figures.cpp).
FigureSection plan_choice_section(const ServingPlanAnswer& answer);
FigureSection plan_refusal_section(const ServingPlanAnswer& answer);

/// "prefill: 8 x mi355x sglang TP 1 fp8; decode: ...".
std::string serving_plan_name(const ServingPlanQuestion& question, const ServingPlan& plan);

}  // namespace polyfleet
