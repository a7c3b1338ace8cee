// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/config.hpp"

#include <set>

#include "support/catch.hpp"

namespace trowel::auth {

TEST_CASE("every attribute stands in the table once, with a key of its own") {
  std::set<Attribute> seen;
  std::set<std::string_view> keys;
  for (const auto& info : attributes()) {
    CHECK(seen.insert(info.attribute).second);
    CHECK(keys.insert(info.key).second);
    CHECK(infoOf(info.attribute).key == info.key);
  }
  CHECK(seen.size() == static_cast<std::size_t>(Attribute::ConfigFile) + 1);
}

TEST_CASE("a configuration remembers where a value came from, and an empty one is none") {
  Config config;
  config.set(Attribute::Host, "https://a", "the variable DATABRICKS_HOST");
  CHECK(config.get(Attribute::Host) == "https://a");
  CHECK(config.sourceOf(Attribute::Host) == "the variable DATABRICKS_HOST");
  config.set(Attribute::Host, "", "");
  CHECK_FALSE(config.has(Attribute::Host));
  CHECK(config.get(Attribute::Host).empty());
}

}  // namespace trowel::auth
