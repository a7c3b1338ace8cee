// SPDX-License-Identifier: Apache-2.0
#include "protocol/generator/model.hpp"

#include <functional>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace fs = std::filesystem;
using trowel::generator::Json;
using trowel::generator::loadModel;
using trowel::test::TempDir;

namespace {

// What loadModel says about the real model with one file changed; empty where it takes it.
std::string complaint(const std::string& file, const std::function<void(Json&)>& change) {
  TempDir dir;
  fs::copy(TROWEL_PROTOCOL, dir.path(), fs::copy_options::recursive);
  auto json = Json::parse(dir.read(file));
  change(json);
  dir.write(file, json.dump());
  try {
    loadModel(dir.path());
    return {};
  } catch (const std::exception& e) {
    return e.what();
  }
}

}  // namespace

TEST_CASE("the model as it is loads, and every generator has something to say") {
  auto model = loadModel(TROWEL_PROTOCOL);
  CHECK(model.hash.size() >= 16);
  CHECK(trowel::generator::generateCpp(model).size() > 5);
  CHECK(trowel::generator::generateTypeScript(model).content.find("trowel/tree/children") != std::string::npos);
  CHECK(trowel::generator::generateMarkdown(model).content.find("trowel/tree/children") != std::string::npos);
}

TEST_CASE("a type that nobody defines is refused by name") {
  auto said = complaint("areas/tree.json", [](Json& area) { area["requests"][0]["params"] = "NoSuchThing"; });
  CHECK(said.find("NoSuchThing") != std::string::npos);
  said = complaint("areas/tree.json", [](Json& area) { area["structures"][0]["properties"][0]["type"] = "Nothing[]"; });
  CHECK(said.find("Nothing") != std::string::npos);
}

TEST_CASE("a method that stands twice is refused") {
  auto said = complaint("areas/tree.json", [](Json& area) { area["requests"].push_back(area["requests"][0]); });
  CHECK(said.find("trowel/tree/children") != std::string::npos);
  said = complaint("areas/tree.json", [](Json& area) { area["requests"][0]["method"] = "trowel/debug/echo"; });
  CHECK(said.find("trowel/debug/echo") != std::string::npos);
}

TEST_CASE("what has no words is refused") {
  CHECK_FALSE(complaint("areas/tree.json", [](Json& area) { area["requests"][0].erase("doc"); }).empty());
  CHECK_FALSE(complaint("areas/tree.json", [](Json& area) { area["structures"][0].erase("doc"); }).empty());
  CHECK_FALSE(
      complaint("areas/tree.json", [](Json& area) { area["structures"][0]["properties"][0]["doc"] = ""; }).empty());
  CHECK_FALSE(complaint("commands.json", [](Json& commands) { commands["commands"][0].erase("title"); }).empty());
}

TEST_CASE("a request needs a lane that exists") {
  CHECK_FALSE(complaint("areas/tree.json", [](Json& area) { area["requests"][0]["lane"] = "somewhere"; }).empty());
  CHECK_FALSE(complaint("areas/tree.json", [](Json& area) { area["requests"][0].erase("lane"); }).empty());
  CHECK_FALSE(complaint("areas/tree.json", [](Json& area) { area["requests"][0]["lane"] = "serial:nothing"; }).empty());
}

TEST_CASE("error codes and command ids are unique") {
  CHECK_FALSE(complaint("errors.json", [](Json& errors) {
                errors["errors"][1]["code"] = errors["errors"][0]["code"];
              }).empty());
  CHECK_FALSE(complaint("commands.json", [](Json& commands) {
                commands["commands"].push_back(commands["commands"][0]);
              }).empty());
}

TEST_CASE("what both sides must agree on changes the hash") {
  auto hashAfter = [](const std::function<void(Json&)>& change) {
    TempDir dir;
    fs::copy(TROWEL_PROTOCOL, dir.path(), fs::copy_options::recursive);
    auto json = Json::parse(dir.read("areas/tree.json"));
    change(json);
    dir.write("areas/tree.json", json.dump());
    return loadModel(dir.path()).hash;
  };
  auto hash = loadModel(TROWEL_PROTOCOL).hash;
  CHECK(hashAfter([](Json&) {}) == hash);
  CHECK(hashAfter([](Json& area) { area["requests"][0]["method"] = "trowel/tree/offspring"; }) != hash);
}
