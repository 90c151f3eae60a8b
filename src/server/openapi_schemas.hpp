// JSON schemas (draft 2020-12, as OpenAPI 3.1 has them) of what the API takes and gives.
#pragma once

#include <string>

#include "app/question.hpp"
#include "config/value.hpp"

namespace polyfleet {

/// The schemas that answers refer to by name: Problems, Job, Page, Run, ...
Value answer_schemas();

/// The body of a question of this kind.
Value body_schema(const QuestionKind& kind);

/// {"$ref": "#/components/schemas/NAME"}
Value schema_named(const std::string& name);

}  // namespace polyfleet
