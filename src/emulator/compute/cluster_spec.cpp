// SPDX-License-Identifier: Apache-2.0
// Facts: rest-api.md 7.2 and 7.3. Where the service's wording is not known, the sentence is ours and names the field.
#include "emulator/compute/cluster_spec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster_catalog.hpp"
#include "emulator/compute/pools.hpp"
#include "emulator/server/message.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxTags = 45;
constexpr std::size_t kMaxKeys = 10;
constexpr std::size_t kMaxScripts = 10;

MessageField destination(std::string_view name) {
  return {.name = name, .type = ValueType::Object, .members = {{"destination", ValueType::Text}}};
}

MessageField s3() {
  return {.name = "s3",
          .type = ValueType::Object,
          .members = {{"destination", ValueType::Text},
                      {"region", ValueType::Text},
                      {"endpoint", ValueType::Text},
                      {"enable_encryption", ValueType::Flag},
                      {"encryption_type", ValueType::Text},
                      {"kms_key", ValueType::Text},
                      {"canned_acl", ValueType::Text}}};
}

std::vector<MessageField> cloudFields() {
  return {
      {.name = "azure_attributes",
       .type = ValueType::Object,
       .members = {{"availability", ValueType::Choice, {"ON_DEMAND_AZURE", "SPOT_AZURE", "SPOT_WITH_FALLBACK_AZURE"}},
                   {"first_on_demand", ValueType::Number},
                   {"spot_bid_max_price", ValueType::Real},
                   {.name = "log_analytics_info",
                    .type = ValueType::Object,
                    .members = {{"log_analytics_workspace_id", ValueType::Text},
                                {"log_analytics_primary_key", ValueType::Text}}}}},
      {.name = "aws_attributes",
       .type = ValueType::Object,
       .members = {{"availability", ValueType::Choice, {"ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK"}},
                   {"first_on_demand", ValueType::Number},
                   {"zone_id", ValueType::Text},
                   {"instance_profile_arn", ValueType::Text},
                   {"spot_bid_price_percent", ValueType::Number},
                   {"ebs_volume_type", ValueType::Choice, {"GENERAL_PURPOSE_SSD", "THROUGHPUT_OPTIMIZED_HDD"}},
                   {"ebs_volume_count", ValueType::Number},
                   {"ebs_volume_size", ValueType::Number},
                   {"ebs_volume_iops", ValueType::Number},
                   {"ebs_volume_throughput", ValueType::Number}}},
      {.name = "gcp_attributes",
       .type = ValueType::Object,
       .members = {{"availability",
                    ValueType::Choice,
                    {"ON_DEMAND_GCP", "PREEMPTIBLE_GCP", "PREEMPTIBLE_WITH_FALLBACK_GCP"}},
                   {"boot_disk_size", ValueType::Number},
                   {"first_on_demand", ValueType::Number},
                   {"google_service_account", ValueType::Text},
                   {"local_ssd_count", ValueType::Number},
                   {"use_preemptible_executors", ValueType::Flag},
                   {"zone_id", ValueType::Text}}},
  };
}

std::vector<MessageField> makeFields() {
  std::vector<MessageField> fields = {
      {"cluster_name", ValueType::Text},
      {"spark_version", ValueType::Text},
      {"node_type_id", ValueType::Text},
      {"driver_node_type_id", ValueType::Text},
      {"instance_pool_id", ValueType::Text},
      {"driver_instance_pool_id", ValueType::Text},
      {"policy_id", ValueType::Text},
      {"single_user_name", ValueType::Text},
      {"num_workers", ValueType::Number},
      {"autotermination_minutes", ValueType::Number},
      {"remote_disk_throughput", ValueType::Number},
      {"total_initial_remote_disk_size", ValueType::Number},
      {"enable_elastic_disk", ValueType::Flag},
      {"enable_local_disk_encryption", ValueType::Flag},
      {"is_single_node", ValueType::Flag},
      {"use_ml_runtime", ValueType::Flag},
      {"spark_conf", ValueType::TextMap},
      {"spark_env_vars", ValueType::TextMap},
      {"custom_tags", ValueType::TextMap},
      {"ssh_public_keys", ValueType::TextList},
      {"kind", ValueType::Choice, {"CLASSIC_PREVIEW"}},
      {"runtime_engine", ValueType::Choice, {"NULL", "STANDARD", "PHOTON"}},
      {"data_security_mode",
       ValueType::Choice,
       {"NONE", "SINGLE_USER", "USER_ISOLATION", "LEGACY_TABLE_ACL", "LEGACY_PASSTHROUGH", "LEGACY_SINGLE_USER",
        "LEGACY_SINGLE_USER_STANDARD", "DATA_SECURITY_MODE_AUTO", "DATA_SECURITY_MODE_STANDARD",
        "DATA_SECURITY_MODE_DEDICATED"}},
      {.name = "autoscale",
       .type = ValueType::Object,
       .members = {{"min_workers", ValueType::Number}, {"max_workers", ValueType::Number}}},
      {.name = "driver_node_type_flexibility",
       .type = ValueType::Object,
       .members = {{"alternate_node_type_ids", ValueType::TextList}}},
      {.name = "worker_node_type_flexibility",
       .type = ValueType::Object,
       .members = {{"alternate_node_type_ids", ValueType::TextList}}},
      {.name = "workload_type",
       .type = ValueType::Object,
       .members = {{.name = "clients",
                    .type = ValueType::Object,
                    .members = {{"jobs", ValueType::Flag}, {"notebooks", ValueType::Flag}}}}},
      // Without basic_auth: its password would come back to everybody who may see the cluster.
      {.name = "docker_image", .type = ValueType::Object, .members = {{"url", ValueType::Text}}},
      {.name = "cluster_log_conf",
       .type = ValueType::Object,
       .members = {destination("dbfs"), destination("volumes"), s3()}},
      {.name = "init_scripts",
       .type = ValueType::ObjectList,
       .members = {destination("workspace"), destination("volumes"), destination("dbfs"), destination("file"),
                   destination("abfss"), destination("gcs"), s3()}},
  };
  for (auto& field : cloudFields()) fields.push_back(std::move(field));
  return fields;
}

const std::vector<MessageField>& clusterFields() {
  static const std::vector<MessageField> fields = makeFields();
  return fields;
}

bool hasText(const Json& spec, const char* field) { return !core::stringAt(spec, field).empty(); }

bool isSingleNode(const Json& spec) {
  return core::boolAt(spec, "is_single_node") ||
         core::stringAt(core::objectAt(spec, "spark_conf"), "spark.databricks.cluster.profile") == "singleNode";
}

Reply<void> checkMachines(const Json& spec, const Pools& pools) {
  if (hasText(spec, "instance_pool_id")) {
    for (const char* field : {"node_type_id", "driver_node_type_id"})
      if (hasText(spec, field))
        return invalidParameter("The field '" + std::string(field) +
                                "' cannot be supplied when an instance pool ID is provided.");
    for (const char* field : {"instance_pool_id", "driver_instance_pool_id"})
      if (hasText(spec, field) && !pools.find(core::stringAt(spec, field)))
        return invalidParameter("Instance pool " + core::stringAt(spec, field) + " does not exist.");
    return {};
  }
  if (hasText(spec, "driver_instance_pool_id"))
    return invalidParameter("driver_instance_pool_id needs instance_pool_id.");
  if (!hasText(spec, "node_type_id")) return missingField("node_type_id");
  for (const char* field : {"node_type_id", "driver_node_type_id"})
    if (hasText(spec, field) && !nodeTypeNamed(core::stringAt(spec, field)))
      return invalidParameter("Node type " + core::stringAt(spec, field) + " is not supported.");
  return {};
}

Reply<void> checkSize(const Json& spec) {
  if (core::boolAt(spec, "is_single_node") && core::stringAt(spec, "kind") != "CLASSIC_PREVIEW")
    return invalidParameter("is_single_node can only be used when kind is CLASSIC_PREVIEW.");
  if (core::boolAt(spec, "use_ml_runtime") && core::stringAt(spec, "kind") != "CLASSIC_PREVIEW")
    return invalidParameter("use_ml_runtime can only be used when kind is CLASSIC_PREVIEW.");
  if (isSingleNode(spec)) {
    if (spec.contains("autoscale") || core::intAt(spec, "num_workers") != 0)
      return invalidParameter("A single node cluster must have num_workers set to 0 and no autoscale.");
    return {};
  }
  if (!spec.contains("num_workers") && !spec.contains("autoscale")) return missingField("size");
  if (core::intAt(spec, "num_workers") < 0) return invalidParameter("num_workers must not be negative.");
  if (core::intAt(spec, "num_workers") > 100'000) return invalidParameter("num_workers must be at most 100000.");
  if (!spec.contains("autoscale")) return {};
  const Json& autoscale = core::objectAt(spec, "autoscale");
  for (const char* field : {"min_workers", "max_workers"})
    if (!autoscale.contains(field)) return missingField("autoscale." + std::string(field));
  auto least = core::intAt(autoscale, "min_workers");
  auto most = core::intAt(autoscale, "max_workers");
  if (least < 0) return invalidParameter("autoscale.min_workers must not be negative.");
  if (most < least || most == 0 || most > 100'000)
    return invalidParameter("autoscale.max_workers must be at least 1 and not less than autoscale.min_workers.");
  return {};
}

// Each of them names exactly one place.
Reply<void> checkScripts(const Json& spec) {
  for (const auto& script : core::arrayAt(spec, "init_scripts")) {
    if (script.size() != 1) return invalidParameter("An init script must have exactly one destination.");
    if (core::stringAt(*script.begin(), "destination").empty()) return missingField("init_scripts.destination");
  }
  const Json& log = core::objectAt(spec, "cluster_log_conf");
  if (spec.contains("cluster_log_conf") && (log.size() != 1 || core::stringAt(*log.begin(), "destination").empty()))
    return invalidParameter("cluster_log_conf must have exactly one destination.");
  return {};
}

Reply<void> checkLimits(const Json& spec) {
  auto minutes = core::intAt(spec, "autotermination_minutes");
  if (minutes != 0 && (minutes < 10 || minutes > 10'000))
    return invalidParameter("autotermination_minutes must be 0 or between 10 and 10000, not " +
                            std::to_string(minutes) + ".");
  if (core::objectAt(spec, "custom_tags").size() > kMaxTags)
    return invalidParameter("At most 45 custom tags are allowed.");
  if (core::arrayAt(spec, "ssh_public_keys").size() > kMaxKeys)
    return invalidParameter("At most 10 SSH public keys are allowed.");
  if (core::arrayAt(spec, "init_scripts").size() > kMaxScripts)
    return invalidParameter("At most 10 init scripts are allowed.");
  return {};
}

}  // namespace

Reply<Json> readClusterSpec(const Json& params) { return readMessage(params, clusterFields()); }

bool isClusterField(const std::string& name) {
  return std::any_of(clusterFields().begin(), clusterFields().end(),
                     [&](const MessageField& field) { return field.name == name; });
}

Reply<void> checkClusterSpec(const Json& spec, const Pools& pools) {
  auto version = core::stringAt(spec, "spark_version");
  if (version.empty()) return missingField("spark_version");
  if (!isSparkVersion(version)) return invalidParameter("Spark version " + version + " is not supported.");
  if (auto checked = checkMachines(spec, pools); !checked) return checked;
  if (auto checked = checkSize(spec); !checked) return checked;
  if (auto checked = checkScripts(spec); !checked) return checked;
  return checkLimits(spec);
}

std::int64_t workersOf(const Json& spec) {
  const Json& autoscale = core::objectAt(spec, "autoscale");
  return autoscale.empty() ? core::intAt(spec, "num_workers") : core::intAt(autoscale, "min_workers", 1);
}

Json clusterSize(const Json& spec) {
  if (spec.contains("autoscale")) return {{"autoscale", spec["autoscale"]}};
  return {{"num_workers", core::intAt(spec, "num_workers")}};
}

Json clusterAttributes(const Json& spec) {
  Json attributes = spec;
  attributes.erase("num_workers");
  attributes.erase("autoscale");
  return attributes;
}

Json withDefaults(const Json& spec, const std::string& owner) {
  Json all = spec;
  auto standard = [&all](const char* field, Json value) {
    if (!all.contains(field)) all[field] = std::move(value);
  };
  standard("cluster_name", "");
  standard("autotermination_minutes", 0);
  standard("enable_elastic_disk", true);
  standard("enable_local_disk_encryption", false);
  standard("init_scripts_safe_mode", false);
  bool photon = core::stringAt(spec, "spark_version").find("-photon-") != std::string::npos;
  standard("runtime_engine", photon ? "PHOTON" : "STANDARD");
  auto mode = core::stringAt(spec, "data_security_mode");
  if (mode == "SINGLE_USER" || mode == "DATA_SECURITY_MODE_DEDICATED") standard("single_user_name", owner);
  if (core::boolAt(spec, "is_single_node")) {
    all["spark_conf"]["spark.databricks.cluster.profile"] = "singleNode";
    all["spark_conf"]["spark.master"] = "local[*]";
    all["custom_tags"]["ResourceClass"] = "SingleNode";
  }
  if (!spec.contains("aws_attributes") && !spec.contains("gcp_attributes")) {
    Json& azure = all["azure_attributes"];
    if (!azure.contains("first_on_demand")) azure["first_on_demand"] = 1;
    if (!azure.contains("availability")) azure["availability"] = "ON_DEMAND_AZURE";
    if (!azure.contains("spot_bid_max_price")) azure["spot_bid_max_price"] = -1.0;
  }
  return all;
}

}  // namespace trowel::emulator
