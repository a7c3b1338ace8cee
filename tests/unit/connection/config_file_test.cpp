// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/config_file.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "trowel/connection/offer.hpp"

using trowel::connection::gatherOffers;
using trowel::connection::parseConfigFile;
using trowel::connection::Source;
using trowel::core::Json;

TEST_CASE("profiles are read as the CLI writes them") {
  auto profiles = parseConfigFile(
      "\xEF\xBB\xBF; a comment\r\n"
      "[DEFAULT]\r\n"
      "\r\n"
      "[dev]\r\n"
      "host  = https://adb-1.2.azuredatabricks.net\r\n"
      "token = dapi-secret = with an equals sign\r\n"
      "# another\r\n"
      "[prod eu]\n"
      "HOST=https://x.cloud.databricks.com\n"
      "token=t\n"
      "[__settings__]\n"
      "default_profile = dev\n");
  REQUIRE(profiles.size() == 2);
  CHECK(profiles[0].name == "dev");
  CHECK(profiles[0].host == "https://adb-1.2.azuredatabricks.net");
  CHECK(profiles[0].token.reveal() == "dapi-secret = with an equals sign");
  CHECK(profiles[0].problem.empty());
  CHECK(profiles[1].name == "prod eu");
  CHECK(profiles[1].host == "https://x.cloud.databricks.com");
}

TEST_CASE("what is wrong with a profile is said with its line") {
  auto problemOf = [](std::string_view text) { return parseConfigFile(text).at(0).problem; };
  CHECK(problemOf("\n[a]\ntoken=t\n") == "Profile [a] (line 2) has no host. Add a line 'host = https://…'.");
  CHECK(problemOf("[a]\nhost=h\n") == "Profile [a] (line 1) has no token. Add a line 'token = …'.");
  CHECK(problemOf("[a]\nhost=h\nauth_type=azure-cli\n").find("signs in with 'auth_type'") != std::string::npos);
  CHECK(problemOf("[a\nhost=h\ntoken=t\n").find("']' is missing") != std::string::npos);
  auto twice = parseConfigFile("[a]\nhost=h\ntoken=t\n[b]\nhost=h\ntoken=t\n[a]\nhost=i\ntoken=u\n");
  REQUIRE(twice.size() == 3);
  CHECK(twice[0].problem.empty());
  CHECK(twice[2].problem == "Profile [a] stands twice, in lines 1 and 7. Remove one.");
}

TEST_CASE("nonsense is no profile and no crash") {
  CHECK(parseConfigFile("").empty());
  CHECK(parseConfigFile("key=value without a section\n====\n").empty());
  CHECK(parseConfigFile(std::string(100000, '[')).size() == 1);
}

TEST_CASE("offers come from the file, then from settings, and the demo is always there") {
  auto settings = Json::parse(R"([{"name":"mine","host":"https://h"},{"name":"odd"},{"host":"nameless"},7])");
  auto offers = gatherOffers("[dev]\nhost=h\ntoken=t\n", settings);
  REQUIRE(offers.size() == 4);
  CHECK(offers[0].id == "profile:dev");
  CHECK(offers[1].id == "settings:mine");
  CHECK(offers[1].source == Source::Settings);
  CHECK_FALSE(offers[2].problem.empty());
  CHECK(offers[3].id == "demo");
  CHECK(gatherOffers("", Json()).size() == 1);
}
