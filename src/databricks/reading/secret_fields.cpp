// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/secret_fields.hpp"

#include <nlohmann/json.hpp>

namespace trowel::databricks {

core::SecretString takeSecret(core::Json& object, const char* field) {
  if (!object.is_object()) return {};
  auto it = object.find(field);
  if (it == object.end() || !it->is_string()) return {};
  auto& text = it->get_ref<std::string&>();
  core::SecretString secret(text);
  core::wipe(text);
  return secret;
}

}  // namespace trowel::databricks
