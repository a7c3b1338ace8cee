// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "trowel/auth/resolve.hpp"

namespace trowel::auth {

TEST_CASE("where the configuration file cannot be read, whatever needs it says so, and nothing else") {
  const std::string problem = "~/.databrickscfg is a folder. Remove it.";
  const auto file = ConfigFile::unreadable(problem, "~/.databrickscfg");
  struct Row {
    Overlay overlay;
    std::optional<Attribute> given;
    const char* variable;
    const char* host;  // where it needs no file
  };
  for (const auto& row : {
           Row{Overlay::CliProfile, Attribute::Profile, "", ""},
           Row{Overlay::Sdk, std::nullopt, "DATABRICKS_CONFIG_PROFILE", ""},
           Row{Overlay::Sdk, std::nullopt, "", ""},
           Row{Overlay::Project, Attribute::Profile, "", ""},
           Row{Overlay::Sdk, std::nullopt, "DATABRICKS_HOST", "https://h.example"},
           Row{Overlay::Project, Attribute::Host, "", "https://h.example"},
       }) {
    INFO(row.variable << " " << row.host);
    Request request{.overlay = row.overlay};
    if (row.given) request.given.set(*row.given, "h.example", "the test");
    auto config = resolve(
        request,
        [&](const std::string& name) { return name == row.variable ? std::optional("h.example") : std::nullopt; },
        file);
    if (*row.host) {
      REQUIRE(config);
      CHECK(config->get(Attribute::Host) == row.host);
    } else {
      REQUIRE_FALSE(config);
      CHECK(config.error().message.starts_with(problem));
    }
  }
}

}  // namespace trowel::auth
