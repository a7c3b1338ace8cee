// SPDX-License-Identifier: Apache-2.0
// What *Open from Workspace* shows, and files on their way there and back, however large.
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
  daemon.folder.write("huge.csv", std::string(33 * kMiB, 'x'));
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

  daemon.request("workspace/executeCommand", opening("large.csv"));
  CHECK((shown["content"] == large));
  CHECK(shown["title"] == "large.csv");
  CHECK(shown["language"] == "plaintext");
  daemon.request("workspace/executeCommand", opening("empty.json"));
  CHECK(shown["content"] == "");
  CHECK(shown["language"] == "json");
  daemon.request("workspace/executeCommand", opening("nb"));
  CHECK(shown["content"].get<std::string>().starts_with("# Databricks notebook source"));
  CHECK(shown["language"] == "python");

  auto refusal = [&](const char* name) {
    return daemon.failure("workspace/executeCommand", opening(name))["message"].get<std::string>();
  };
  CHECK(refusal("huge.csv") ==
        std::string(kTarget) +
            "/huge.csv is larger than the 32 MiB that are shown as text. Download it in the browser.");
  for (const char* name : {"data.bin", "latin.md"})
    CHECK(refusal(name) == std::string(kTarget) + "/" + name + " is not text, so it cannot be shown.");
}

}  // namespace trowel::test
