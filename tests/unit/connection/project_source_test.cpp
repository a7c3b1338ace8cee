// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "connection/sources/bundle_file.hpp"
#include "support/temp_dir.hpp"
#include "unit/connection/offer_fixture.hpp"

namespace trowel::connection {

namespace {

constexpr const char* kProfiles =
    "[dev]\nhost = https://dev.example\ntoken = of-dev\n"
    "[prod]\nhost = https://prod.example\ntoken = of-prod\ncluster_id = of-profile\n";

OfferFixture withBundle(std::string text) {
  OfferFixture f;
  f.configFile = kProfiles;
  f.project.bundle = {{"databricks.yml", std::move(text)}};
  return f;
}

}  // namespace

TEST_CASE("a bundle's default target by the rules of the CLI") {
  struct Row {
    const char* targets;
    const char* asked;
    const char* variable;
    const char* id;
    const char* problem;
  };
  constexpr const char* kTwo = "targets:\n  dev:\n    default: true\n  prod: {}\n";
  for (const auto& row : {
           Row{"", "", "", "project:default", ""},
           Row{"targets:\n  only:\n", "", "", "project:only", ""},
           Row{kTwo, "", "", "project:dev", ""},
           Row{kTwo, "prod", "", "project:prod", ""},
           Row{kTwo, "", "prod", "project:prod", ""},
           Row{kTwo, "dev", "prod", "project:dev", ""},
           Row{"environments:\n  old: {}\n", "", "", "project:old", ""},
           Row{kTwo, "test", "", "project:default",
               "The bundle has no target 'test'; it has dev, prod. Choose one of them."},
           Row{kTwo, "", "test", "project:default",
               "The bundle has no target 'test' (DATABRICKS_BUNDLE_TARGET); it has dev, prod. Choose one of them."},
           Row{"targets:\n  a: {}\n  b: {}\n", "", "", "project:default",
               "The bundle has the targets a, b and none of them is the default. Mark one with 'default: true', or set "
               "DATABRICKS_BUNDLE_TARGET."},
           Row{"targets:\n  a: {default: true}\n  b: {default: true}\n", "", "", "project:default",
               "The bundle has several default targets: a, b. Leave 'default: true' at one of them."},
       }) {
    INFO(row.targets << row.asked << row.variable);
    auto f = withBundle("workspace:\n  host: https://dev.example\n" + std::string(row.targets));
    f.target = row.asked;
    if (*row.variable) f.environment["DATABRICKS_BUNDLE_TARGET"] = row.variable;
    auto offers = f.gather();
    CHECK(offers.at(0).id == row.id);
    CHECK(offers.at(0).problem == row.problem);
  }
}

TEST_CASE("a bundle's host, profile and cluster, the target's before the bundle's") {
  auto f = withBundle(R"(
bundle:
  name: shop
  cluster_id: of-bundle
workspace:
  host: https://dev.example
  root_path: /x/${bundle.name}
targets:
  dev:
    default: true
  prod:
    cluster_id: of-target
    workspace:
      host: https://prod.example/?o=9
  by-profile:
    workspace:
      host: https://prod.example
      profile: prod
  old:
    compute_id: of-compute
)");
  auto dev = f.get("project:dev");
  CHECK(dev.name == "shop (dev)");
  CHECK(dev.host == "https://dev.example");
  CHECK(tokenOf(dev) == "of-dev");
  CHECK(dev.config.sourceOf(auth::Attribute::Host) == "databricks.yml:6");
  CHECK(dev.config.get(auth::Attribute::Profile) == "dev");
  CHECK(dev.clusterId == "of-bundle");
  CHECK(dev.localSyncFolder == "/home/me/Databricks-VSCode/shop (dev)");
  f.target = "prod";
  auto prod = f.get("project:prod");
  CHECK(prod.host == "https://prod.example");
  CHECK(prod.config.get(auth::Attribute::WorkspaceId) == "9");
  CHECK(prod.clusterId == "of-target");
  f.target = "by-profile";
  CHECK(tokenOf(f.get("project:by-profile")) == "of-prod");
  f.target = "old";
  CHECK(f.get("project:old").clusterId == "of-compute");
}

TEST_CASE("the official extension's choices come before the bundle") {
  auto f = withBundle("bundle:\n  name: shop\n  cluster_id: c\ntargets:\n  dev:\n    default: true\n  prod: {}\n");
  f.project.rootOverrides = {".databricks/bundle/vscode.overrides.json", R"({"authProfile":"dev"})"};
  f.project.overrides["prod"] = {".databricks/bundle/prod/vscode.overrides.json",
                                 R"({"authProfile":"prod","clusterId":"chosen"})"};
  CHECK(f.get("project:dev").host == "https://dev.example");
  CHECK(f.get("project:dev").clusterId == "c");
  f.target = "prod";
  auto prod = f.get("project:prod");
  CHECK(prod.host == "https://prod.example");
  CHECK(tokenOf(prod) == "of-prod");
  CHECK(prod.clusterId == "chosen");
  CHECK(prod.config.sourceOf(auth::Attribute::ClusterId) == ".databricks/bundle/prod/vscode.overrides.json");
  f.project.overrides["prod"].text = R"({"authProfile":"dev","serverless":true})";
  prod = f.get("project:prod");
  CHECK(prod.serverless);
  CHECK(prod.clusterId.empty());
  f.project.overrides["prod"].text = "not json";
  CHECK(f.get("project:prod").notes ==
        std::vector<std::string>{".databricks/bundle/prod/vscode.overrides.json is passed over, for it is no "
                                 "JSON object."});
}

TEST_CASE("what a project says about signing in and cannot be is a problem with its place") {
  struct Row {
    const char* text;
    const char* problem;
  };
  for (const auto& row : {
           Row{"workspace:\n  host: ${var.host}\n",
               "databricks.yml:2: 'host' is computed from a variable, which cannot be done before signing in. Write "
               "the "
               "value itself, or leave it out and set DATABRICKS_HOST."},
           Row{"workspace:\n  host: https://dev.example\ntargets:\n  t:\n    workspace:\n      profile: "
               "p-${bundle.target}\n",
               "databricks.yml:6: 'profile' is computed from a variable, which cannot be done before signing in. Write "
               "the value itself, or leave it out and set DATABRICKS_CONFIG_PROFILE."},
           Row{"workspace:\n  host: https://dev.example\n  profile: prod\n",
               "The host is https://dev.example by databricks.yml:2, but the profile prod (~/.databrickscfg:5) is for "
               "https://prod.example"},
           Row{"workspace:\n  profile: gone\n", "There is no profile [gone] (databricks.yml:2) in ~/.databrickscfg"},
           Row{"bundle:\n  name: x\n", "The target 'default' of databricks.yml names no host."},
           Row{"workspace: [\n", "databricks.yml:2 is no YAML: "},
           Row{"- a\n- b\n", "databricks.yml is no bundle: it holds no 'key: value' at its top."},
       }) {
    INFO(row.text);
    auto offer = withBundle(row.text).gather().at(0);
    INFO(offer.problem);
    CHECK(offer.problem.starts_with(row.problem));
  }
  auto offer = withBundle("bundle:\n  cluster_id: ${var.c}\nworkspace:\n  host: https://dev.example\n").gather().at(0);
  CHECK(offer.problem.empty());
  CHECK(offer.clusterId.empty());
  CHECK(offer.notes == std::vector<std::string>{
                           "databricks.yml:2: the cluster is computed from a variable, so Trowel does not know it."});
}

TEST_CASE("a project does not say where tokens are fetched, nor what on this machine is one") {
  auto [key, attribute] = GENERATE(table<std::string, auth::Attribute>({
      {"discovery_url", auth::Attribute::DiscoveryUrl},
      {"oidc_token_env", auth::Attribute::OidcTokenEnv},
      {"databricks_id_token_filepath", auth::Attribute::OidcTokenFile},
      {"actions_id_token_request_url", auth::Attribute::ActionsIdTokenRequestUrl},
      {"metadata_service_url", auth::Attribute::MetadataServiceUrl},
      {"cloud", auth::Attribute::Cloud},
      {"token", auth::Attribute::Token},
  }));
  auto offer = withBundle("workspace:\n  host: https://dev.example\n  " + key + ": x\n").gather().at(0);
  CHECK(offer.host == "https://dev.example");
  CHECK(offer.config.get(attribute) != "x");
  REQUIRE_FALSE(offer.notes.empty());
  CHECK(offer.notes.front() ==
        "databricks.yml:3: '" + key + "' is passed over, for a project may not say that. Set it in a profile.");
}

TEST_CASE("an older project of the official extension") {
  OfferFixture f;
  f.configFile = kProfiles;
  f.project.legacy = {".databricks/project.json",
                      R"({"host":"https://prod.example/","authType":"profile","profile":"prod","clusterId":"c"})"};
  auto offer = f.get("project:default");
  CHECK(offer.host == "https://prod.example");
  CHECK(tokenOf(offer) == "of-prod");
  CHECK(offer.clusterId == "c");
  f.project.legacy.text = R"({"host":"https://adb-1.2.azuredatabricks.net","authType":"azure-cli"})";
  CHECK(f.get("project:default").config.get(auth::Attribute::AuthType) == "azure-cli");
  f.project.legacy.text = "{";
  CHECK(f.get("project:default").problem == ".databricks/project.json is no JSON object. Correct or remove it.");
  // A bundle has taken its place.
  f.project.bundle = {{"databricks.yml", "workspace:\n  host: https://dev.example\n"}};
  CHECK(f.get("project:default").host == "https://dev.example");
}

TEST_CASE("YAML's own ways of sharing values are followed, and nonsense is no crash") {
  auto bundle = parseBundle(R"(
shared: &shared
  host: https://h.example
  profile: p
targets:
  a:
    workspace:
      <<: *shared
      profile: own
  b: &b
    workspace: *shared
    default: yes
  c:
    <<: *b
)",
                            "databricks.yml");
  REQUIRE(bundle);
  REQUIRE(bundle->targets.size() == 3);
  CHECK(bundle->targets[0].workspace.at("host").text == "https://h.example");
  CHECK(bundle->targets[0].workspace.at("profile").text == "own");
  CHECK(bundle->targets[1].workspace.at("profile").place == "databricks.yml:4");
  CHECK(bundle->targets[2].workspace.at("host").text == "https://h.example");
  for (const std::string& text :
       {std::string(), std::string("# nothing\n"), std::string("bundle: 7\ntargets: 7\nworkspace: []\ninclude: {}\n"),
        std::string("targets:\n  - a\n"), std::string("? [a, b]\n: c\n"), std::string("targets:\n  ? [a]\n  : {}\n"),
        std::string("a: &a [*a]\n"), std::string("<<: 7\n"), std::string("\xFF\xFE\x01"), std::string(100000, '['),
        std::string("a: *nobody\n"), std::string(2U << 20U, ' ')}) {
    INFO(text.substr(0, 40));
    static_cast<void>(parseBundle(text, "databricks.yml"));
  }
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'z'; ++c) {
    bomb += std::string{c} + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) bomb += std::string(i ? ", " : "") + "*" + std::string{static_cast<char>(c - 1)};
    bomb += "]\n";
  }
  CHECK(parseBundle(bomb + "bundle:\n  name: fine\n", "databricks.yml")->name == "fine");
}

TEST_CASE("of patterns every part is a place where others may come to match") {
  test::TempDir folder;
  folder.write("databricks.yml",
               "include: ['./a/*/x[12].yml', 'b/c.yml', '/d/*.yml', 'e/../f.yml', '../g.yml', '*/h/i.yml']\n");
  folder.write("a/one/other", "");
  folder.write("a/file", "");
  auto places = readProjectFiles(folder.path()).places;
  for (const char* name : {"databricks.yml", ".databricks/bundle/*", ".databricks/bundle/vscode.overrides.json",
                           ".databricks/project.json"})
    CHECK(places.erase(name) == 1);
  CHECK(places == std::set<std::string>{"a/*", "a/one/x[12].yml", "b/c.yml", "d/*.yml", "f.yml", "*", "a/h/i.yml"});
}

TEST_CASE("includes that nobody writes cost neither memory nor time") {
  test::TempDir folder;
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "a/";
  std::string includes = "include:\n  - " + deep + "x.yml\n";
  for (int i = 1; i <= 200; ++i) includes += fmt::format("  - {}.yml\n", i);
  folder.write("databricks.yml", includes);
  folder.write("199.yml", "bundle:\n  name: read\n");
  folder.write("200.yml", "bundle:\n  name: beyond\n");
  auto files = readProjectFiles(folder.path());
  REQUIRE(files.bundle.size() == 2);
  CHECK(files.bundle[1].path == "199.yml");
  CHECK(files.notes ==
        std::vector<std::string>{"Of the includes of databricks.yml only the first 200 are read.",
                                 "An include of databricks.yml is longer than 512 characters and is passed over."});
}

TEST_CASE("links that lead in a circle do not multiply what a pattern matches") {
  test::TempDir folder;
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*/";
  folder.write("databricks.yml", "include: ['" + pattern + "*.yml', '*/*.yml']\n");
  folder.write("deep/found.yml", "bundle:\n  name: found\n");
  for (const char* link : {"a", "b", "c"}) std::filesystem::create_symlink(".", folder.path() + "/" + link);
  auto files = readProjectFiles(folder.path());
  REQUIRE(files.bundle.size() == 2);
  CHECK(files.bundle[1].path == "deep/found.yml");
}

TEST_CASE("merge keys that multiply are an error, and in time") {
  const std::string sentence =
      "databricks.yml has merge keys (<<) that lead to more than 10000 maps; Trowel does not read it. Write out some "
      "of "
      "them.";
  // Nine maps, each of which merges the one before a thousand times: 10^24 ways to look for what none of them has.
  std::string multiplied = "m0: &m0 {a: b}\n";
  for (int i = 1; i < 9; ++i) {
    multiplied += fmt::format("m{}: &m{}\n  <<: [", i, i);
    for (int k = 0; k < 1000; ++k) multiplied += fmt::format("*m{}, ", i - 1);
    multiplied += "]\n";
  }
  CHECK(parseBundle(multiplied + "bundle: *m8\n", "databricks.yml").error().message == sentence);
  CHECK(parseBundle(multiplied + "workspace: *m8\n", "databricks.yml").error().message == sentence);
  CHECK(parseBundle("workspace: &w\n  <<: [*w, *w, *w, *w, *w, *w, *w, *w, *w, *w, *w, *w]\n", "databricks.yml")
            .error()
            .message == sentence);
}

TEST_CASE("a project's files are read where they are, includes among them") {
  test::TempDir folder;
  CHECK(readProjectFiles(folder.path()).empty());
  folder.write("databricks.yml", "bundle:\n  name: shop\ninclude:\n  - targets/*.yml\n  - ../outside.yml\n  - '['\n");
  folder.write("targets/a.yml", "targets:\n  a:\n    workspace:\n      host: https://a.example\n");
  folder.write("targets/b.yml", "targets:\n  b:\n    default: true\n    workspace:\n      host: https://b.example\n");
  folder.write(".databricks/bundle/b/vscode.overrides.json", R"({"clusterId":"c"})");
  folder.write(".databricks/bundle/vscode.overrides.json", R"({"authProfile":"x"})");
  folder.write(".databricks/project.json", "{}");
  std::filesystem::create_symlink("/etc/hostname", folder / "targets/c.yml");
  auto files = readProjectFiles(folder.path());
  REQUIRE(files.bundle.size() == 3);
  CHECK(files.bundle[0].path == "databricks.yml");
  CHECK(files.bundle[1].path == "targets/a.yml");
  CHECK(files.bundle[2].path == "targets/b.yml");
  CHECK(files.overrides.at("b").text == R"({"clusterId":"c"})");
  CHECK(files.rootOverrides.text == R"({"authProfile":"x"})");
  CHECK(files.legacy.text == "{}");
  CHECK(files.notes.empty());
  // Whatever decides about it, there or not.
  CHECK(files.places == std::set<std::string>{"databricks.yml", "targets/*.yml", "targets/a.yml", "targets/b.yml", "[",
                                              ".databricks/bundle/*", ".databricks/bundle/b/vscode.overrides.json",
                                              ".databricks/bundle/vscode.overrides.json", ".databricks/project.json"});
  OfferFixture f;
  f.project = files;
  auto offer = f.get("project:b");
  CHECK(offer.name == "shop (b)");
  CHECK(offer.host == "https://b.example");
  CHECK(offer.config.sourceOf(auth::Attribute::Host) == "targets/b.yml:5");
  CHECK(offer.clusterId == "c");
}

}  // namespace trowel::connection
