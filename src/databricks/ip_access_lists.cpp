// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/ip_access_lists.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/ip-access-lists", Safety::Safe, inOnePage("ip_access_lists")};

IpAccessList readList(const core::Json& json) {
  IpAccessList list;
  list.id = core::stringAt(json, "list_id");
  list.label = core::stringAt(json, "label");
  list.type = core::stringAt(json, "list_type");
  list.addresses = textsAt(json, "ip_addresses");
  list.enabled = core::boolAt(json, "enabled");
  list.createdAt = core::intAt(json, "created_at");
  list.createdBy = core::intAt(json, "created_by");
  list.updatedAt = core::intAt(json, "updated_at");
  list.updatedBy = core::intAt(json, "updated_by");
  return list;
}

}  // namespace

Listing<IpAccessList> IpAccessLists::list(const CallOptions& options) const {
  return rest_.list(kList, {}, &readList, options);
}

}  // namespace trowel::databricks
