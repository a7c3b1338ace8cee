// SPDX-License-Identifier: Apache-2.0
// Any bytes as a bundle's file, merged with itself, and as a path in settings.
#include <cstdlib>
#include <optional>
#include <string>

#include "connection/sources/bundle_file.hpp"
#include "connection/sources/expand.hpp"

using namespace trowel::connection;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::optional<std::string> environment(const std::string& name) {
  if (name == "A") return "/a";
  if (name == "B") return "$A";
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto bundle = parseBundle(text, "databricks.yml")) {
    auto merged = *bundle;
    mergeBundle(*bundle, merged);
    require(merged.name == bundle->name && merged.workspace.size() == bundle->workspace.size());
  }
  if (auto path = expandPath(text, "/home/fuzz", environment)) require(path->starts_with('/'));
  return 0;
}
