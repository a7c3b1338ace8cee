// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/resolve.hpp"

#include <map>

#include "support/catch.hpp"
#include "trowel/auth/describe.hpp"

namespace trowel::auth {

namespace {

using Values = std::map<std::string, std::string>;

constexpr const char* kFile =
    "[__settings__]\n"                       // 1
    "default_profile = work\n"               // 2
    "[DEFAULT]\n"                            // 3
    "host = https://default.example\n"       // 4
    "token = default-token\n"                // 5
    "[work]\n"                               // 6
    "host = https://work.example/?o=7\n"     // 7
    "token = work-token\n"                   // 8
    "cluster_id = work-cluster\n"            // 9
    "[cli]\n"                                // 10
    "host = cli.example\n"                   // 11
    "auth_type = databricks-cli\n"           // 12
    "account_id = acc\n"                     // 13
    "[half]\n"                               // 14
    "host = https://half.example\n"          // 15
    "client_id = half-id\n"                  // 16
    "[twins-a]\n"                            // 17
    "host = https://twins.example\n"         // 18
    "token = a-token\n"                      // 19
    "workspace_id = 1\n"                     // 20
    "[twins-b]\n"                            // 21
    "host = https://twins.example/\n"        // 22
    "token = b-token\n"                      // 23
    "workspace_id = 2\n"                     // 24
    "[tokenless]\n"                          // 25
    "[google]\n"                             // 26
    "host = https://1.gcp.databricks.com\n"  // 27
    "google_service_account = g@x\n"         // 28
    "[broken]\n"                             // 29
    "what is this\n"                         // 30
    "[plain]\n"                              // 31
    "host = http://plain.example\n"          // 32
    "token = s3cret\n";                      // 33

struct Row {
  const char* name;
  Overlay overlay = Overlay::Sdk;
  Values given = {};
  Values environment = {};
  Values expected = {};    // all that comes out, by key
  const char* error = "";  // begins so
  std::string_view file = kFile;
};

Attribute attributeOf(std::string_view key) {
  for (const auto& info : attributes())
    if (info.key == key) return info.attribute;
  FAIL(key);
  return {};
}

core::Result<Config> run(const Row& row) {
  Request request;
  request.overlay = row.overlay;
  for (const auto& [key, value] : row.given) request.given.set(attributeOf(key), value, "--" + key);
  return resolve(
      request,
      [&](const std::string& name) {
        auto it = row.environment.find(name);
        return it == row.environment.end() ? std::nullopt : std::optional(it->second);
      },
      ConfigFile(row.file, "~/.databrickscfg"));
}

void check(const Row& row) {
  INFO(row.name);
  auto config = run(row);
  if (*row.error) {
    REQUIRE_FALSE(config);
    INFO(config.error().message);
    CHECK(config.error().message.starts_with(row.error));
    CHECK(config.error().message.find("s3cret") == std::string::npos);
    bool endsWithWhatIsSet = config.error().message.find("Set are: ") != std::string::npos ||
                             config.error().message.ends_with("Nothing is set.");
    CHECK(endsWithWhatIsSet);
    return;
  }
  if (!config) FAIL(row.name << ": " << config.error().message);
  Values found;
  for (const auto& [attribute, value] : config->values()) found.emplace(infoOf(attribute).key, config->get(attribute));
  auto shown = [](const Values& values) {
    std::string text;
    for (const auto& [key, value] : values) text += key + " = " + value + "\n";
    return text;
  };
  CHECK(shown(found) == shown(row.expected));
}

const Values kWork = {{"host", "https://work.example"},
                      {"token", "work-token"},
                      {"cluster_id", "work-cluster"},
                      {"workspace_id", "7"},
                      {"profile", "work"}};
const Values kDefault = {{"host", "https://default.example"}, {"token", "default-token"}, {"profile", "DEFAULT"}};

}  // namespace

TEST_CASE("what is given comes before the environment, and that before the file") {
  for (const auto& row : {
           Row{.name = "nothing anywhere", .expected = {}, .file = ""},
           Row{.name = "the default profile of the settings", .expected = kWork},
           Row{.name = "DEFAULT where the settings name none",
               .expected = kDefault,
               .file = "[DEFAULT]\nhost = https://default.example\ntoken = default-token\n"},
           Row{.name = "keys above the first section are DEFAULT's",
               .expected = kDefault,
               .file = "host = https://default.example\ntoken = default-token\n"},
           Row{.name = "an empty DEFAULT is none", .expected = {}, .file = "[DEFAULT]\n[a]\nhost = h\n"},
           Row{.name = "no DEFAULT is none", .expected = {}, .file = "[a]\nhost = h\n"},
           Row{.name = "a profile of the environment",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "DEFAULT"}},
               .expected = kDefault},
           Row{.name = "a given profile before that of the environment",
               .given = {{"profile", "work"}},
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "DEFAULT"}},
               .expected = kWork},
           Row{.name = "host and token of the environment; the file is not asked",
               .environment = {{"DATABRICKS_HOST", "https://e.example"}, {"DATABRICKS_TOKEN", "t"}},
               .expected = {{"host", "https://e.example"}, {"token", "t"}}},
           Row{.name = "a host alone keeps the file away, the default profile too",
               .environment = {{"DATABRICKS_HOST", "e.example"}},
               .expected = {{"host", "https://e.example"}}},
           Row{.name = "a token alone keeps the file away",
               .environment = {{"DATABRICKS_TOKEN", "t"}},
               .expected = {{"token", "t"}}},
           Row{.name = "a method that is off does not", .environment = {{"ARM_USE_MSI", "false"}}, .expected = kWork},
           Row{.name = "an Azure resource keeps the file away",
               .environment = {{"DATABRICKS_AZURE_RESOURCE_ID", "/subscriptions/s"}},
               .expected = {{"azure_workspace_resource_id", "/subscriptions/s"}}},
           Row{.name = "a cluster of the environment does not keep the file away, and comes before the profile's",
               .environment = {{"DATABRICKS_CLUSTER_ID", "c"}},
               .expected = {{"host", "https://work.example"},
                            {"token", "work-token"},
                            {"cluster_id", "c"},
                            {"workspace_id", "7"},
                            {"profile", "work"}}},
           Row{.name = "a token of the environment before that of a profile, as the SDKs have it",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "DEFAULT"}, {"DATABRICKS_TOKEN", "t"}},
               .expected = {{"host", "https://default.example"}, {"token", "t"}, {"profile", "DEFAULT"}}},
           Row{.name = "what is given before the environment",
               .given = {{"host", "https://g.example"}, {"token", "g"}},
               .environment = {{"DATABRICKS_HOST", "https://e.example"}, {"DATABRICKS_TOKEN", "t"}},
               .expected = {{"host", "https://g.example"}, {"token", "g"}}},
           Row{.name = "an empty variable is none",
               .environment = {{"DATABRICKS_HOST", ""}, {"DATABRICKS_TOKEN", ""}},
               .expected = kWork},
           Row{.name = "no inheritance from DEFAULT",
               .given = {{"profile", "tokenless"}},
               .expected = {{"profile", "tokenless"}}},
           Row{.name = "a second spelling of a variable",
               .environment = {{"DATABRICKS_OIDC_TOKEN_FILE", "/x"}},
               .expected = {{"databricks_id_token_filepath", "/x"}}},
           Row{.name = "a profile that is asked for without a file, where nothing of it is needed",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "x"}, {"DATABRICKS_HOST", "https://e.example"}},
               .expected = {{"host", "https://e.example"}, {"profile", "x"}},
               .file = ""},
           Row{.name = "ids of the host's link do not replace what is said",
               .environment = {{"DATABRICKS_HOST", "https://e.example/?o=5&a=acc"}, {"DATABRICKS_WORKSPACE_ID", "6"}},
               .expected = {{"host", "https://e.example"}, {"workspace_id", "6"}, {"account_id", "acc"}}},
           Row{.name = "a host and a token of the environment need nothing of the profile",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "DEFAULT"},
                               {"DATABRICKS_HOST", "https://e.example"},
                               {"DATABRICKS_TOKEN", "t"}},
               .expected = {{"host", "https://e.example"}, {"token", "t"}, {"profile", "DEFAULT"}}},
           Row{.name = "the same host from two places is no conflict",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "work"}, {"DATABRICKS_HOST", "WORK.example"}},
               .expected = {{"host", "https://work.example"},
                            {"token", "work-token"},
                            {"cluster_id", "work-cluster"},
                            {"workspace_id", "7"},
                            {"profile", "work"}}},
       })
    check(row);
}

TEST_CASE("a profile that was asked for comes before the environment") {
  constexpr auto kOverlay = Overlay::CliProfile;
  for (const auto& row : {
           Row{.name = "nothing of another host",
               .overlay = kOverlay,
               .given = {{"profile", "work"}},
               .environment = {{"DATABRICKS_HOST", "https://e.example"}, {"DATABRICKS_TOKEN", "t"}},
               .expected = kWork},
           Row{.name = "what is not about signing in still comes from the environment",
               .overlay = kOverlay,
               .given = {{"profile", "work"}},
               .environment = {{"DATABRICKS_CLUSTER_ID", "c"}, {"DATABRICKS_CLI_PATH", "/x"}},
               .expected = {{"host", "https://work.example"},
                            {"token", "work-token"},
                            {"cluster_id", "c"},
                            {"databricks_cli_path", "/x"},
                            {"workspace_id", "7"},
                            {"profile", "work"}}},
           Row{.name = "the environment fills the gap of the profile's own method only",
               .overlay = kOverlay,
               .given = {{"profile", "half"}},
               .environment = {{"DATABRICKS_CLIENT_SECRET", "s"}, {"DATABRICKS_TOKEN", "t"}},
               .expected = {{"host", "https://half.example"},
                            {"client_id", "half-id"},
                            {"client_secret", "s"},
                            {"profile", "half"}}},
           Row{.name = "and not where it speaks of another host",
               .overlay = kOverlay,
               .given = {{"profile", "half"}},
               .environment = {{"DATABRICKS_CLIENT_SECRET", "s"}, {"DATABRICKS_HOST", "https://e.example"}},
               .expected = {{"host", "https://half.example"}, {"client_id", "half-id"}, {"profile", "half"}}},
           Row{.name = "a profile without anything is filled",
               .overlay = kOverlay,
               .given = {{"profile", "tokenless"}},
               .environment = {{"DATABRICKS_HOST", "https://e.example"}, {"DATABRICKS_TOKEN", "t"}},
               .expected = {{"host", "https://e.example"}, {"token", "t"}, {"profile", "tokenless"}}},
           Row{.name = "never account, workspace, auth_type, discovery, audience and cloud",
               .overlay = kOverlay,
               .given = {{"profile", "DEFAULT"}},
               .environment = {{"DATABRICKS_WORKSPACE_ID", "1"},
                               {"DATABRICKS_ACCOUNT_ID", "a"},
                               {"DATABRICKS_AUTH_TYPE", "azure-cli"},
                               {"DATABRICKS_DISCOVERY_URL", "https://d.example"},
                               {"DATABRICKS_TOKEN_AUDIENCE", "u"},
                               {"DATABRICKS_CLOUD", "GCP"}},
               .expected = kDefault},
           Row{.name = "what is given comes before the profile",
               .overlay = kOverlay,
               .given = {{"profile", "work"}, {"cluster_id", "g"}},
               .expected = {{"host", "https://work.example"},
                            {"token", "work-token"},
                            {"cluster_id", "g"},
                            {"workspace_id", "7"},
                            {"profile", "work"}}},
           Row{.name = "without one it is as the SDKs do", .overlay = kOverlay, .expected = kWork},
       })
    check(row);
}

TEST_CASE("a project finds the profile for its host") {
  constexpr auto kOverlay = Overlay::Project;
  for (const auto& row : {
           Row{.name = "its profile",
               .overlay = kOverlay,
               .given = {{"profile", "work"}},
               .environment = {{"DATABRICKS_HOST", "https://e.example"}, {"DATABRICKS_TOKEN", "t"}},
               .expected = kWork},
           Row{.name = "neither host nor profile: as the SDKs do", .overlay = kOverlay, .expected = kWork},
           Row{.name = "the one for its host",
               .overlay = kOverlay,
               .given = {{"host", "https://cli.example/"}},
               .expected = {{"host", "https://cli.example"},
                            {"auth_type", "databricks-cli"},
                            {"account_id", "acc"},
                            {"profile", "cli"}}},
           Row{.name = "none for its host",
               .overlay = kOverlay,
               .given = {{"host", "https://nobody.example"}},
               .expected = {{"host", "https://nobody.example"}}},
           Row{.name = "the environment comes before the search",
               .overlay = kOverlay,
               .given = {{"host", "https://work.example"}},
               .environment = {{"DATABRICKS_TOKEN", "t"}},
               .expected = {{"host", "https://work.example"}, {"token", "t"}}},
           Row{.name = "but not that of another host",
               .overlay = kOverlay,
               .given = {{"host", "https://work.example"}},
               .environment = {{"DATABRICKS_TOKEN", "t"}, {"DATABRICKS_HOST", "https://e.example"}},
               .expected = kWork},
           Row{.name = "of several the one with the workspace's id",
               .overlay = kOverlay,
               .given = {{"host", "https://twins.example"}, {"workspace_id", "2"}},
               .expected = {{"host", "https://twins.example"},
                            {"token", "b-token"},
                            {"workspace_id", "2"},
                            {"profile", "twins-b"}}},
           Row{.name = "the id in the host's link serves as well",
               .overlay = kOverlay,
               .given = {{"host", "https://twins.example/?o=1"}},
               .expected = {{"host", "https://twins.example"},
                            {"token", "a-token"},
                            {"workspace_id", "1"},
                            {"profile", "twins-a"}}},
           Row{.name = "several",
               .overlay = kOverlay,
               .given = {{"host", "https://twins.example"}},
               .error = "~/.databrickscfg has several profiles for https://twins.example: twins-a, twins-b. Choose one "
                        "with --profile or DATABRICKS_CONFIG_PROFILE. Set are: host = https://twins.example (--host)."},
           Row{.name = "several, and the environment chooses",
               .overlay = kOverlay,
               .given = {{"host", "https://twins.example"}},
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "twins-b"}},
               .expected = {{"host", "https://twins.example"},
                            {"token", "b-token"},
                            {"workspace_id", "2"},
                            {"profile", "twins-b"}}},
           Row{.name = "a profile for another host, even one without secrets",
               .overlay = kOverlay,
               .given = {{"host", "https://work.example"}, {"profile", "cli"}},
               .error =
                   "The host is https://work.example by --host, but the profile cli (~/.databrickscfg:11) is for "
                   "https://cli.example, and Trowel sends credentials only to the host that they belong to. Choose "
                   "another profile with --profile, or correct one of the two. Set are: "},
       })
    check(row);
}

TEST_CASE("what cannot be is said with its place and with what is set") {
  for (const auto& row : {
           Row{.name = "no such profile",
               .given = {{"profile", "gone"}},
               .error =
                   "There is no profile [gone] (--profile) in ~/.databrickscfg, which has DEFAULT, work, cli, half, "
                   "twins-a, twins-b, tokenless, google, broken, plain. Set are: profile = gone (--profile)."},
           Row{.name = "no such profile, by the environment",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "gone"}},
               .error = "There is no profile [gone] (the variable DATABRICKS_CONFIG_PROFILE) in ~/.databrickscfg"},
           Row{.name = "no file at all",
               .given = {{"profile", "gone"}},
               .error = "There is no profile [gone] (--profile) in ~/.databrickscfg, which has none. Set are: ",
               .file = ""},
           Row{.name = "a default profile that is not there",
               .error =
                   "There is no profile [gone] (default_profile in ~/.databrickscfg) in ~/.databrickscfg, which has "
                   "a. Nothing is set.",
               .file = "[__settings__]\ndefault_profile = gone\n[a]\nhost = h\n"},
           Row{.name = "names count letter by letter", .given = {{"profile", "WORK"}}, .error = "There is no profile"},
           Row{.name = "the reserved section",
               .given = {{"profile", "__settings__"}},
               .error =
                   "'__settings__' (--profile) holds settings of the Databricks CLI and cannot be used as a profile."},
           Row{.name = "a line that cannot be understood",
               .given = {{"profile", "broken"}},
               .error = "~/.databrickscfg:30 cannot be understood: it is no 'key = value'"},
           Row{.name = "a profile that stands twice",
               .given = {{"profile", "a"}},
               .error = "The profile [a] stands twice in ~/.databrickscfg, in lines 1 and 3. Remove one.",
               .file = "[a]\nhost = h.example\n[a]\ntoken = s3cret\n"},
           Row{.name = "http",
               .given = {{"profile", "plain"}},
               .error =
                   "The host from the profile plain in ~/.databrickscfg:32 cannot be used. The address of the "
                   "workspace begins with http://, so your token would travel unencrypted. Write https:// "
                   "instead. Set are: token = ******** (the profile plain in ~/.databrickscfg:33), profile = plain "
                   "(--profile)."},
           Row{.name = "a password in the host",
               .environment = {{"DATABRICKS_HOST", "https://me:s3cret@h.example"}},
               .error = "The host from the variable DATABRICKS_HOST cannot be used."},
           Row{.name = "a password in the host, where something else is wrong first",
               .given = {{"profile", "gone"}},
               .environment = {{"DATABRICKS_HOST", "https://me:s3cret@h.example"}},
               .error = "There is no profile"},
           Row{.name = "the secrets of a profile with another host",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "work"}, {"DATABRICKS_HOST", "https://e.example"}},
               .error = "The host is https://e.example by the variable DATABRICKS_HOST, but the profile work "
                        "(~/.databrickscfg:7) is for https://work.example"},
           Row{.name = "the sign-in of a profile with another host",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "cli"}, {"DATABRICKS_HOST", "https://e.example"}},
               .error = "The host is https://e.example by the variable DATABRICKS_HOST, but the profile cli "
                        "(~/.databrickscfg:11) is for https://cli.example"},
           Row{.name = "the way of signing in of a profile with another host and another token",
               .environment = {{"DATABRICKS_CONFIG_PROFILE", "cli"},
                               {"DATABRICKS_HOST", "https://e.example"},
                               {"DATABRICKS_TOKEN", "s3cret"}},
               .error = "The host is https://e.example by the variable DATABRICKS_HOST, but the profile cli"},
           Row{.name = "no file, and a profile before the environment",
               .overlay = Overlay::CliProfile,
               .given = {{"profile", "x"}, {"host", "https://h.example"}},
               .error = "There is no profile [x] (--profile) in ~/.databrickscfg, which has none.",
               .file = ""},
           Row{.name = "two methods",
               .environment = {{"DATABRICKS_HOST", "h.example"},
                               {"DATABRICKS_TOKEN", "s3cret"},
                               {"ARM_CLIENT_ID", "i"},
                               {"ARM_CLIENT_SECRET", "s3cret"}},
               .error =
                   "More than one way of signing in is configured: azure and pat. Remove all but one, or choose one "
                   "with auth_type (DATABRICKS_AUTH_TYPE). Set are: host = https://h.example (the variable "
                   "DATABRICKS_HOST), token = ******** (the variable DATABRICKS_TOKEN), azure_client_id = i (the "
                   "variable ARM_CLIENT_ID), azure_client_secret = ******** (the variable ARM_CLIENT_SECRET)."},
           Row{.name = "Google by a profile",
               .given = {{"profile", "google"}},
               .error = "This signs in with a Google service account, which Trowel cannot do yet."},
           Row{.name = "Google by auth_type",
               .environment = {{"DATABRICKS_HOST", "h.example"}, {"DATABRICKS_AUTH_TYPE", "google-id"}},
               .error = "This signs in with a Google service account, which Trowel cannot do yet."},
           Row{.name = "Google by the environment",
               .environment = {{"DATABRICKS_HOST", "1.gcp.databricks.com"}, {"DATABRICKS_GOOGLE_SERVICE_ACCOUNT", "g"}},
               .error = "This signs in with a Google service account, which Trowel cannot do yet."},
           Row{.name = "a yes or no that is neither",
               .environment = {{"DATABRICKS_HOST", "h.example"}, {"ARM_USE_MSI", "maybe"}},
               .error = "The value of azure_use_msi from the variable ARM_USE_MSI cannot be understood; true and false "
                        "can. Set are: "},
           Row{.name = "a port that is none",
               .environment = {{"DATABRICKS_HOST", "h.example"}, {"DATABRICKS_OAUTH_CALLBACK_PORT", "80 20"}},
               .error = "The value of oauth_callback_port from the variable DATABRICKS_OAUTH_CALLBACK_PORT"},
           Row{.name = "a cloud that is none",
               .environment = {{"DATABRICKS_HOST", "h.example"}, {"ARM_ENVIRONMENT", "GERMAN"}},
               .error =
                   "The value of azure_environment from the variable ARM_ENVIRONMENT cannot be understood; PUBLIC, "
                   "USGOVERNMENT and CHINA can."},
       })
    check(row);
}

TEST_CASE("one method at a time, unless auth_type chooses") {
  for (const auto& row : {
           Row{.name = "auth_type chooses",
               .environment = {{"DATABRICKS_HOST", "h.example"},
                               {"DATABRICKS_TOKEN", "t"},
                               {"DATABRICKS_USERNAME", "u"},
                               {"DATABRICKS_AUTH_TYPE", "pat"}},
               .expected = {{"host", "https://h.example"}, {"token", "t"}, {"username", "u"}, {"auth_type", "pat"}}},
           Row{.name = "Google's account is no matter where another way is configured",
               .environment = {{"DATABRICKS_HOST", "h.example"},
                               {"DATABRICKS_TOKEN", "t"},
                               {"DATABRICKS_GOOGLE_SERVICE_ACCOUNT", "g"}},
               .expected = {{"host", "https://h.example"}, {"token", "t"}}},
           Row{.name = "Google's account is no matter where another way is chosen",
               .environment = {{"DATABRICKS_HOST", "h.example"},
                               {"DATABRICKS_AUTH_TYPE", "databricks-cli"},
                               {"DATABRICKS_GOOGLE_SERVICE_ACCOUNT", "g"}},
               .expected = {{"host", "https://h.example"}, {"auth_type", "databricks-cli"}}},
           Row{.name = "two values of one method",
               .environment = {{"DATABRICKS_HOST", "h.example"},
                               {"DATABRICKS_USERNAME", "u"},
                               {"DATABRICKS_PASSWORD", "p"}},
               .expected = {{"host", "https://h.example"}, {"username", "u"}, {"password", "p"}}},
           Row{.name = "no to managed identity is no method",
               .environment = {{"DATABRICKS_HOST", "h.example"}, {"DATABRICKS_TOKEN", "t"}, {"ARM_USE_MSI", "0"}},
               .expected = {{"host", "https://h.example"}, {"token", "t"}}},
           Row{.name = "yes in another spelling",
               .environment = {{"DATABRICKS_HOST", "h.example"}, {"ARM_USE_MSI", "T"}},
               .expected = {{"host", "https://h.example"}, {"azure_use_msi", "true"}}},
           Row{.name = "the cloud of Azure is no method",
               .environment = {{"DATABRICKS_HOST", "h.example"},
                               {"DATABRICKS_TOKEN", "t"},
                               {"ARM_ENVIRONMENT", "China"}},
               .expected = {{"host", "https://h.example"}, {"token", "t"}, {"azure_environment", "China"}}},
       })
    check(row);
}

// Each pair of methods, from every mix of places: one works alone, two together are refused, auth_type settles it.
TEST_CASE("every pair of methods is refused, whatever the places that they come from") {
  const std::vector<std::pair<std::string, const AttributeInfo*>> samples = [] {
    std::vector<std::pair<std::string, const AttributeInfo*>> found;
    for (const auto& info : attributes())
      if (!info.method.empty() && !info.variable.empty() && info.attribute != Attribute::AzureUseMsi)
        found.emplace_back(info.method, &info);
    return found;
  }();
  REQUIRE(samples.size() > 10);
  for (const auto& [method, info] : samples) {
    for (const auto& [otherMethod, other] : samples) {
      Row row{.name = "a pair"};
      row.environment = {
          {"DATABRICKS_HOST", "h.example"}, {"DATABRICKS_CONFIG_PROFILE", "p"}, {std::string(info->variable), "v"}};
      const auto file = "[p]\nhost = h.example\n" + std::string(other->key) + " = v\n";
      row.file = file;
      INFO(info->key << " and " << other->key);
      CHECK(run(row).has_value() == (method == otherMethod));
      row.environment["DATABRICKS_AUTH_TYPE"] = "pat";
      CHECK(run(row).has_value());
      row.environment.erase("DATABRICKS_AUTH_TYPE");
      row.environment.erase("DATABRICKS_CONFIG_PROFILE");
      auto alone = run(row);
      REQUIRE(alone);
      CHECK_FALSE(alone->has(Attribute::Profile));
    }
  }
}

TEST_CASE("each value says where it came from, secrets are masked") {
  auto config = run({.name = "",
                     .overlay = Overlay::CliProfile,
                     .given = {{"profile", "work"}},
                     .environment = {{"DATABRICKS_CLUSTER_ID", "c"}}});
  REQUIRE(config);
  std::vector<std::string> lines;
  for (const auto& value : describe(*config)) lines.push_back(value.key + "|" + value.text + "|" + value.source);
  CHECK(lines == std::vector<std::string>{"host|https://work.example|the profile work in ~/.databrickscfg:7",
                                          "workspace_id|7|the profile work in ~/.databrickscfg:7",
                                          "cluster_id|c|the variable DATABRICKS_CLUSTER_ID",
                                          "token|********|the profile work in ~/.databrickscfg:8",
                                          "profile|work|--profile"});
  CHECK(whatIsSet(Config()) == "Nothing is set.");
}

}  // namespace trowel::auth
