// SPDX-License-Identifier: Apache-2.0
// What a bundle's file (databricks.yml) says about where to connect to. Pure; the one place that reads YAML.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"

namespace trowel::connection {

struct BundleValue {
  std::string text = {};
  std::string place = {};  // "databricks.yml:7"
};

struct BundleTarget {
  std::string name = {};
  bool isDefault = false;
  std::map<std::string, BundleValue> workspace = {};  // host, profile, azure_tenant_id, …: all that are plain values
  BundleValue clusterId = {};                         // cluster_id, or compute_id as it was called before
};

struct Bundle {
  std::string name = {};
  std::map<std::string, BundleValue> workspace = {};
  BundleValue clusterId = {};
  std::vector<BundleTarget> targets = {};  // in the order of the file
  std::vector<std::string> includes = {};  // patterns, relative to the bundle
};

// InvalidParams with file and line where the text is no YAML, or where its merge keys (<<) multiply beyond all measure.
// Whatever has another shape than expected is passed over, as are fields that have nothing to do with the connection.
// Merge keys (<<) are followed.
core::Result<Bundle> parseBundle(std::string_view text, const std::string& path);

// As the CLI reads an included file: its values come over those of `bundle`, targets by name.
void mergeBundle(Bundle included, Bundle& bundle);

}  // namespace trowel::connection
