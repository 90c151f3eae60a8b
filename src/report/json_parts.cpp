#include "report/json_parts.hpp"

#include "capital/deal_value.hpp"
#include "workload/serving_layout.hpp"

namespace polyfleet {

Value json_table(std::initializer_list<std::pair<const char*, Value>> members) {
  Value table{Table{}};
  for (const auto& [key, value] : members) table.set(key, value);
  return table;
}

Value percentiles_json(const Percentiles& spread) {
  return json_table({{"p5", spread.p5},
                     {"p25", spread.p25},
                     {"p50", spread.p50},
                     {"p75", spread.p75},
                     {"p95", spread.p95}});
}

Value layout_json(const ServingLayout& layout) {
  return json_table({{"tensor", layout.tensor},
                     {"pipeline", layout.pipeline},
                     {"expert", layout.expert},
                     {"attention_data", layout.attention_data},
                     {"context", layout.context}});
}

}  // namespace polyfleet
