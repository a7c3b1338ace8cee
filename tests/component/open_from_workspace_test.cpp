// SPDX-License-Identifier: Apache-2.0
// What *Open from Workspace* shows, and files on their way there and back, however large.
#include "features/files/contents.hpp"
#include "support/connecting.hpp"

namespace trowel::test {

namespace {

constexpr const char* kTarget = "/Users/ada@example.com/shop";

Json opening(const std::string& name) {
  return {{"command", "trowel.workspace.open"},
          {"arguments",
           Json::array({{{"view", std::string(view::kWorkspace)}, {"node", std::string(kTarget) + "/" + name}}})}};
}

}  // namespace

TEST_CASE("a file beyond what an export carries goes up, and opens with all its bytes") {
  constexpr std::size_t kMiB = 1024UL * 1024;
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  std::string large;
  while (large.size() < 12 * kMiB) large += "line " + std::to_string(large.size()) + " ä\n";
  daemon.folder.write("large.csv", large);
  daemon.folder.write("data.bin", std::string("\0\1", 2));
  daemon.folder.write("latin.md", "B\xFCro");
  daemon.folder.write("empty.json", "");
  daemon.folder.write("nb.py", "# Databricks notebook source\nprint(1)\n");
  daemon.connect();
  CHECK(daemon.request("trowel/sync/run", {{"destination", kTarget}})["problems"].empty());
  Json shown;
  daemon.editor().on("trowel/ui/openDocument", [&](const Json& params) {
    shown = params;
    return Json();
  });

  const auto opened = [&](const std::string& name) {
    daemon.request("workspace/executeCommand", opening(name));
    return shown.value("uri", "");
  };
  const auto address = "wsfs:" + core::percentEncode(kTarget, "/") + "/";
  CHECK(opened("large.csv") == address + "large.csv");
  CHECK(opened("empty.json") == address + "empty.json");
  CHECK(opened("nb") == address + "nb.py");

  // What stands at that address has all its bytes, text or not.
  const auto bytesOf = [&](const std::string& name) {
    const auto read = daemon.request("trowel/fs/read", {{"uri", address + name}});
    return features::takeContents(
               read.contains("base64") ? std::optional(read["base64"].get<std::string>()) : std::nullopt,
               read.contains("path") ? std::optional(read["path"].get<std::string>()) : std::nullopt)
        .value();
  };
  CHECK((bytesOf("large.csv") == large));
  CHECK(bytesOf("empty.json").empty());
  CHECK(bytesOf("data.bin") == std::string("\0\1", 2));
  CHECK(bytesOf("latin.md") == "B\xFCro");
  CHECK(bytesOf("nb.py").starts_with("# Databricks notebook source"));
}

}  // namespace trowel::test
