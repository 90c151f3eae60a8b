// A region's electricity: carbon intensity and price. Carbon sets differ by method (the United
// Kingdom is 106 or 238 gCO2e/kWh depending on it), so a study keeps to one carbon_method.
#pragma once

#include <optional>
#include <string>

#include "catalogue/figure.hpp"
#include "config/fields.hpp"

namespace polyfleet {

struct Site {
  std::string id;
  std::string name;
  std::string carbon_method;
  std::optional<Figure<GramsCo2ePerJoule>> carbon_intensity;
  std::optional<Figure<UsdPerJoule>> electricity_price;
  std::optional<Figure<double>> carbon_free_share;  ///< of one operator's purchases there
};

/// Where nothing else is said: Ohio, the first of Google's American regions with both a sourced
/// carbon intensity and a sourced electricity price.
inline constexpr std::string_view kDefaultSite = "us-east5";

const FieldTable<Site>& site_fields();

}  // namespace polyfleet
