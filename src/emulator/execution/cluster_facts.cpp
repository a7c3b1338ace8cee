// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/cluster_facts.hpp"

#include <nlohmann/json.hpp>

#include "emulator/compute/cluster_catalog.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kReference = "{{secrets/";

struct Resolver {
  const SecretOfCluster& secret;
  const std::string owner;
  Json values = Json::array();

  std::string operator()(const std::string& text) {
    std::string resolved;
    std::size_t at = 0;
    while (true) {
      auto begin = text.find(kReference, at);
      auto end = begin == std::string::npos ? begin : text.find("}}", begin);
      if (end == std::string::npos) return resolved + text.substr(at);
      resolved += text.substr(at, begin - at) + read(text.substr(begin, end + 2 - begin));
      at = end + 2;
    }
  }

  // `reference` with its braces.
  std::string read(const std::string& reference) {
    auto name = reference.substr(kReference.size(), reference.size() - kReference.size() - 2);
    auto slash = name.find('/');
    if (slash == std::string::npos || !secret) return reference;
    auto value = secret(owner, name.substr(0, slash), name.substr(slash + 1));
    if (!value) return reference;
    values.push_back(*value);
    return *value;
  }

  Json all(const Json& settings) {
    Json resolved = Json::object();
    for (const auto& [name, value] : settings.items())
      if (value.is_string()) resolved[name] = (*this)(value.get<std::string>());
    return resolved;
  }
};

}  // namespace

std::string clusterFacts(Clusters& clusters, const std::string& clusterId, const SecretOfCluster& secret) {
  auto cluster = clusters.describe(clusterId);
  if (!cluster) return "";
  auto owner = core::stringAt(*cluster, "creator_user_name");
  auto version = core::stringAt(*cluster, "spark_version");
  Resolver resolve{secret, owner};
  Json facts{{"name", core::stringAt(*cluster, "cluster_name")}, {"owner", owner}, {"sparkVersion", version}};
  if (auto runtime = runtimeOf(version)) {
    facts["runtime"] = runtime->number;
    facts["spark"] = runtime->spark;
  }
  facts["conf"] = resolve.all(core::objectAt(*cluster, "spark_conf"));
  facts["environment"] = resolve.all(core::objectAt(*cluster, "spark_env_vars"));
  facts["secrets"] = std::move(resolve.values);
  return core::dumpJson(facts);
}

}  // namespace trowel::emulator
