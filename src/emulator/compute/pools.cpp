// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/pools.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster_catalog.hpp"
#include "emulator/server/message.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::unexpected<ApiError> notFound(const std::string& id) {
  return doesNotExist("Can't find an instance pool with id: " + core::toValidUtf8(id) + ".");
}

const std::vector<MessageField>& poolFields() {
  static const std::vector<MessageField> fields = {
      {"instance_pool_name", ValueType::Text},
      {"node_type_id", ValueType::Text},
      {"min_idle_instances", ValueType::Number},
      {"max_capacity", ValueType::Number},
      {"idle_instance_autotermination_minutes", ValueType::Number},
      {"enable_elastic_disk", ValueType::Flag},
      {"remote_disk_throughput", ValueType::Number},
      {"total_initial_remote_disk_size", ValueType::Number},
      {"custom_tags", ValueType::TextMap},
      {"preloaded_spark_versions", ValueType::TextList},
      {.name = "preloaded_docker_images", .type = ValueType::ObjectList, .members = {{"url", ValueType::Text}}},
      {.name = "azure_attributes",
       .type = ValueType::Object,
       .members = {{"availability", ValueType::Choice, {"ON_DEMAND_AZURE", "SPOT_AZURE"}},
                   {"spot_bid_max_price", ValueType::Real}}},
      {.name = "aws_attributes",
       .type = ValueType::Object,
       .members = {{"availability", ValueType::Choice, {"ON_DEMAND", "SPOT"}},
                   {"instance_profile_arn", ValueType::Text},
                   {"spot_bid_price_percent", ValueType::Number},
                   {"zone_id", ValueType::Text}}},
      {.name = "gcp_attributes",
       .type = ValueType::Object,
       .members = {{"gcp_availability",
                    ValueType::Choice,
                    {"ON_DEMAND_GCP", "PREEMPTIBLE_GCP", "PREEMPTIBLE_WITH_FALLBACK_GCP"}},
                   {"local_ssd_count", ValueType::Number},
                   {"zone_id", ValueType::Text}}},
      {.name = "disk_spec",
       .type = ValueType::Object,
       .members = {
           {"disk_count", ValueType::Number},
           {"disk_iops", ValueType::Number},
           {"disk_size", ValueType::Number},
           {"disk_throughput", ValueType::Number},
           {.name = "disk_type",
            .type = ValueType::Object,
            .members = {
                {"azure_disk_volume_type", ValueType::Choice, {"PREMIUM_LRS", "STANDARD_LRS"}},
                {"ebs_volume_type", ValueType::Choice, {"GENERAL_PURPOSE_SSD", "THROUGHPUT_OPTIMIZED_HDD"}}}}}}};
  return fields;
}

}  // namespace

Pools::Pools(World& world) : world_(world), pools_(world.state, "instance-pool") {}

Reply<Json> Pools::read(const Json& params) const {
  Json pool = TROWEL_TRY(readMessage(params, poolFields()));
  for (const char* field : {"instance_pool_name", "node_type_id"})
    if (core::stringAt(pool, field).empty()) return missingField(field);
  if (!nodeTypeNamed(core::stringAt(pool, "node_type_id")))
    return invalidParameter("Node type " + core::stringAt(pool, "node_type_id") + " is not supported.");
  auto idle = core::intAt(pool, "min_idle_instances");
  if (idle < 0) return invalidParameter("min_idle_instances must not be negative.");
  if (pool.contains("max_capacity") && core::intAt(pool, "max_capacity") < std::max<std::int64_t>(1, idle))
    return invalidParameter("max_capacity must be at least 1 and not less than min_idle_instances.");
  auto minutes = core::intAt(pool, "idle_instance_autotermination_minutes");
  if (minutes < 0 || minutes > 10'000)
    return invalidParameter("idle_instance_autotermination_minutes must be between 0 and 10000.");
  for (const auto& version : core::arrayAt(pool, "preloaded_spark_versions"))
    if (!isSparkVersion(version.get_ref<const std::string&>()))
      return invalidParameter("Spark version " + version.get<std::string>() + " is not supported.");
  return pool;
}

Reply<std::string> Pools::create(const Json& params, const std::string& owner) {
  Json pool = TROWEL_TRY(read(params));
  std::lock_guard lock(mutex_);
  const auto name = core::stringAt(pool, "instance_pool_name");
  for (const auto& [id, other] : pools_.all())
    if (core::stringAt(other, "instance_pool_name") == name)
      return invalidParameter("Instance pool with name " + name + " already exists.");
  std::string id = world_.ids.cluster(world_.now()) + "-pool-" + world_.ids.cluster(world_.now()).substr(12);
  if (!pool.contains("enable_elastic_disk")) pool["enable_elastic_disk"] = true;
  if (!pool.contains("idle_instance_autotermination_minutes")) pool["idle_instance_autotermination_minutes"] = 60;
  if (!pool.contains("aws_attributes") && !pool.contains("gcp_attributes")) {
    Json& azure = pool["azure_attributes"];
    if (!azure.contains("availability")) azure["availability"] = "ON_DEMAND_AZURE";
    if (!azure.contains("spot_bid_max_price")) azure["spot_bid_max_price"] = -1.0;
  }
  pool["default_tags"] = {
      {"Vendor", "Databricks"}, {"DatabricksInstancePoolCreatorId", owner}, {"DatabricksInstancePoolId", id}};
  pools_.put(id, pool);
  return id;
}

Reply<void> Pools::edit(const Json& params) {
  auto id = core::stringAt(params, "instance_pool_id");
  Json wanted = TROWEL_TRY(read(params));
  std::lock_guard lock(mutex_);
  for (const auto& [otherId, other] : pools_.all())
    if (otherId != id && core::stringAt(other, "instance_pool_name") == core::stringAt(wanted, "instance_pool_name"))
      return invalidParameter("Instance pool with name " + core::stringAt(wanted, "instance_pool_name") +
                              " already exists.");
  return pools_.change(id, [&](Json& pool) -> Reply<void> {
    if (pool.is_null()) return notFound(id);
    if (core::stringAt(pool, "node_type_id") != core::stringAt(wanted, "node_type_id"))
      return invalidParameter("The node type of an instance pool cannot be changed.");
    // Only these can be edited; what is left out goes back to its default.
    for (const char* field : {"min_idle_instances", "max_capacity", "idle_instance_autotermination_minutes",
                              "custom_tags", "instance_pool_name"}) {
      pool.erase(field);
      if (wanted.contains(field)) pool[field] = wanted[field];
    }
    return {};
  });
}

Reply<void> Pools::remove(const std::string& id) {
  if (!pools_.remove(id)) return notFound(id);
  return {};
}

Reply<Json> Pools::describe(const std::string& id) const {
  auto pool = pools_.find(id);
  if (!pool) return notFound(id);
  (*pool)["instance_pool_id"] = id;
  (*pool)["state"] = "ACTIVE";
  (*pool)["status"] = Json::object();
  if (!pool->contains("min_idle_instances")) (*pool)["min_idle_instances"] = 0;
  return *std::move(pool);
}

Json Pools::describeAll() const {
  std::vector<Json> all;
  for (const auto& [id, stored] : pools_.all())
    if (auto pool = describe(id)) all.push_back(*std::move(pool));
  std::sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return core::stringAt(a, "instance_pool_name") < core::stringAt(b, "instance_pool_name");
  });
  return all;
}

std::optional<Json> Pools::find(const std::string& id) const { return pools_.find(id); }

std::string Pools::nodeType(const std::string& id) const {
  auto pool = pools_.find(id);
  return pool ? core::stringAt(*pool, "node_type_id") : "";
}

}  // namespace trowel::emulator
