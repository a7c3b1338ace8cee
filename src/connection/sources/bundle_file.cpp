// SPDX-License-Identifier: Apache-2.0
// yaml-cpp throws from everywhere; all of it is caught here. A text of 1 MiB with aliases stays small, because its
// nodes are shared; but merge keys of merge keys lead to the same few nodes in any number of ways, so they are counted.
#include "connection/sources/bundle_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "trowel/core/text.hpp"

namespace trowel::connection {

namespace {

constexpr std::size_t kMostBytes = 1024UL * 1024;
constexpr int kDeepestMerge = 8;     // merge keys behind merge keys
constexpr int kMostMerges = 10'000;  // followed for one file

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  Bundle read(const YAML::Node& root) {
    Bundle bundle;
    auto about = member(root, "bundle");
    bundle.name = value(member(about, "name")).text;
    bundle.clusterId = cluster(about);
    bundle.workspace = workspace(root);
    auto targets = member(root, "targets");
    if (!targets) targets = member(root, "environments");  // their first name
    if (targets && targets.IsMap())
      for (const auto& each : targets) bundle.targets.push_back(target(each.first.Scalar(), each.second));
    auto includes = member(root, "include");
    if (includes && includes.IsSequence())
      for (const auto& each : includes)
        if (each.IsScalar()) bundle.includes.push_back(each.Scalar());
    return bundle;
  }

  // Not all merge keys were followed.
  bool gaveUp() const { return merges_ > kMostMerges; }

 private:
  // The member, looked for behind merge keys as well.
  YAML::Node member(const YAML::Node& map, const std::string& key, int depth = 0) {
    if (!map.IsMap() || !follow(depth)) return YAML::Node(YAML::NodeType::Undefined);
    if (auto own = map[key]) return own;
    auto merged = map["<<"];
    if (!merged) return YAML::Node(YAML::NodeType::Undefined);
    if (merged.IsMap()) return member(merged, key, depth + 1);
    if (merged.IsSequence())
      for (const auto& each : merged)
        if (auto found = member(each, key, depth + 1)) return found;
    return YAML::Node(YAML::NodeType::Undefined);
  }

  bool follow(int depth) {
    if (depth > 0) ++merges_;
    return depth <= kDeepestMerge && !gaveUp();
  }

  BundleValue value(const YAML::Node& node) const {
    if (!node || !node.IsScalar()) return {};
    return {node.Scalar(), fmt::format("{}:{}", path_, node.Mark().line + 1)};
  }

  BundleValue cluster(const YAML::Node& map) {
    auto found = value(member(map, "cluster_id"));
    return found.text.empty() ? value(member(map, "compute_id")) : found;
  }

  void collect(const YAML::Node& map, std::map<std::string, BundleValue>& into, int depth = 0) {
    if (!map || !map.IsMap() || !follow(depth)) return;
    for (const auto& each : map) {
      if (!each.first.IsScalar()) continue;
      if (each.second.IsScalar()) into.try_emplace(each.first.Scalar(), value(each.second));
    }
    auto merged = map["<<"];
    if (!merged) return;
    if (merged.IsMap()) collect(merged, into, depth + 1);
    if (merged.IsSequence())
      for (const auto& each : merged) collect(each, into, depth + 1);
  }

  std::map<std::string, BundleValue> workspace(const YAML::Node& map) {
    std::map<std::string, BundleValue> fields;
    collect(member(map, "workspace"), fields);
    return fields;
  }

  BundleTarget target(std::string name, const YAML::Node& node) {
    BundleTarget target{.name = std::move(name)};
    if (!node || !node.IsMap()) return target;
    target.isDefault = core::equalsIgnoreCase(value(member(node, "default")).text, "true");
    target.workspace = workspace(node);
    target.clusterId = cluster(node);
    if (target.clusterId.text.empty()) target.clusterId = cluster(member(node, "bundle"));
    return target;
  }

  const std::string& path_;
  int merges_ = 0;
};

}  // namespace

core::Result<Bundle> parseBundle(std::string_view text, const std::string& path) {
  if (text.size() > kMostBytes)
    return core::fail(core::ErrorCode::InvalidParams, path + " is larger than 1 MiB; Trowel does not read it.");
  try {
    auto root = YAML::Load(std::string(text));
    if (root.IsNull()) return Bundle();
    if (root.IsMap()) {
      Reader reader(path);
      auto bundle = reader.read(root);
      if (!reader.gaveUp()) return bundle;
      return core::fail(core::ErrorCode::InvalidParams,
                        fmt::format("{} has merge keys (<<) that lead to more than {} maps; Trowel does not read it. "
                                    "Write out some of them.",
                                    path, kMostMerges));
    }
  } catch (const YAML::Exception& problem) {
    const bool hasPlace = !problem.mark.is_null();
    return core::fail(core::ErrorCode::InvalidParams,
                      fmt::format("{}{} is no YAML: {}. Correct it.", path,
                                  hasPlace ? fmt::format(":{}", problem.mark.line + 1) : "", problem.msg));
  }
  return core::fail(core::ErrorCode::InvalidParams, path + " is no bundle: it holds no 'key: value' at its top.");
}

void mergeBundle(Bundle included, Bundle& bundle) {
  auto over = [](BundleValue& from, BundleValue& to) {
    if (!from.text.empty()) to = std::move(from);
  };
  auto overAll = [](std::map<std::string, BundleValue>& from, std::map<std::string, BundleValue>& to) {
    from.merge(to);
    to = std::move(from);
  };
  if (!included.name.empty()) bundle.name = std::move(included.name);
  over(included.clusterId, bundle.clusterId);
  overAll(included.workspace, bundle.workspace);
  for (auto& target : included.targets) {
    auto it = std::ranges::find(bundle.targets, target.name, &BundleTarget::name);
    if (it == bundle.targets.end()) {
      bundle.targets.push_back(std::move(target));
      continue;
    }
    it->isDefault = it->isDefault || target.isDefault;
    over(target.clusterId, it->clusterId);
    overAll(target.workspace, it->workspace);
  }
}

}  // namespace trowel::connection
