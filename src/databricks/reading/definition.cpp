// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/definition.hpp"

#include <nlohmann/json.hpp>

namespace trowel::databricks {

core::Json withId(const core::Json& definition, const char* field, std::string_view id) {
  core::Json whole = definition.is_object() ? definition : core::Json::object();
  whole[field] = id;
  return whole;
}

core::Result<std::string> newId(const core::Json& answer, const char* field) {
  auto id = core::stringAt(answer, field);
  if (id.empty())
    return core::fail(core::ErrorCode::DataLoss,
                      "The workspace's answer does not name what it has created. Look whether it is there before you "
                      "try again.",
                      field);
  return id;
}

}  // namespace trowel::databricks
