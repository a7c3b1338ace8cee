// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/scim.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

namespace trowel::databricks {

namespace {

constexpr Call kMe{Verb::Get, "/api/2.0/preview/scim/v2/Me", Safety::Safe};

}  // namespace

core::Result<Me> Scim::me(const CallOptions& options) const {
  http::Headers headers;
  auto json = TROWEL_TRY(rest_.call(kMe, {}, options, &headers));
  Me me;
  me.id = core::stringAt(json, "id");
  me.userName = core::stringAt(json, "userName");
  me.displayName = core::stringAt(json, "displayName");
  me.active = core::boolAt(json, "active");
  // No call tells the workspace's id; every answer carries it.
  auto id = http::headerOf(headers, "X-Databricks-Org-Id");
  std::from_chars(id.data(), id.data() + id.size(), me.workspaceId);
  return me;
}

}  // namespace trowel::databricks
