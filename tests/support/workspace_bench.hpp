// SPDX-License-Identifier: Apache-2.0
// The view Workspace over the whole daemon: both sides of it, its rows and its commands.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "support/answering_user.hpp"
#include "support/connecting.hpp"
#include "support/drawn.hpp"
#include "support/workspace_client.hpp"
#include "trowel/databricks/workspace.hpp"

namespace trowel::test {

namespace workspace_bench {

inline const std::string kHome = "/Users/ada@example.com";
inline const std::string kHeader = "# Databricks notebook source\n";

struct Bench {
  explicit Bench(DaemonHarness::Options options = {.emulation = {.userName = "ada@example.com"},
                                                   .settings = {{"workspace", {{"root", "/Users/{user}"}}}}})
      : daemon(std::move(options)) {
    for (const char* method : {"trowel/ui/openDocument", "trowel/ui/diff", "trowel/ui/copy", "trowel/ui/openUrl",
                               "trowel/ui/showInFolder", "trowel/ui/addFolder"})
      daemon.editor().on(method, [this, method](const Json& params) {
        asked[method] = params;
        return Json();
      });
    daemon.editor().on("trowel/ui/activeDocument", [](const Json&) { return Json::object(); });
    daemon.connect();
  }

  std::string local(const std::string& path) const {
    return daemon.home() + "/Databricks-VSCode/EMULATOR/Workspace/" + path;
  }
  void write(const std::string& path, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(local(path)).parent_path());
    std::ofstream(local(path), std::ios::binary | std::ios::trunc) << bytes;
  }
  std::string read(const std::string& path) const {
    std::ifstream file(local(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool isHere(const std::string& path) const { return std::filesystem::exists(local(path)); }
  bool isThere(const std::string& name) { return service.getStatus(kHome + "/" + name).has_value(); }
  void makeFolderOf(const std::string& name) {
    const auto path = kHome + "/" + name;
    REQUIRE(service.mkdirs(path.substr(0, path.rfind('/'))));
  }
  void notebook(const std::string& name, const std::string& text) {
    makeFolderOf(name);
    REQUIRE(service.importObject({.path = kHome + "/" + name,
                                  .content = kHeader + text,
                                  .format = "SOURCE",
                                  .language = "PYTHON",
                                  .overwrite = true}));
  }
  void file(const std::string& name, const std::string& text) {
    makeFolderOf(name);
    REQUIRE(service.importFile(kHome + "/" + name, text, true));
  }
  std::string textOf(const std::string& name) {
    return service.exportObject(kHome + "/" + name, "AUTO").value().content;
  }

  void refresh() { daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}}); }
  std::string rows(int depth = 0) { return drawn(daemon, view::kWorkspace, depth); }
  // Asks again until the background has found out what there is to find out; a test that waits in vain is ended by
  // ctest.
  std::string rowsAfter(const std::string& wanted, int depth = 0) {
    auto text = rows(depth);
    while (text != wanted && text.find("(…)") != std::string::npos) text = rows(depth);
    for (int i = 0; i < 2000 && text != wanted; ++i) text = rows(depth);
    return text;
  }
  void run(const std::string& verb, const std::vector<std::string>& names = {}) {
    runOn(daemon, "trowel.workspace." + verb, view::kWorkspace, paths(names));
  }
  std::string failureOf(const std::string& verb, const std::vector<std::string>& names = {}) {
    Json params{{"command", "trowel.workspace." + verb}};
    for (const auto& path : paths(names))
      params["arguments"].push_back({{"view", std::string(view::kWorkspace)}, {"node", path}});
    return daemon.failure("workspace/executeCommand", params).at("message");
  }
  // "" is the root of the view.
  static std::vector<std::string> paths(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    all.reserve(names.size());
    for (const auto& name : names) all.push_back(name.empty() ? kHome : kHome + "/" + name);
    return all;
  }
  std::string said() { return daemon.editor().await("window/showMessage").at("message"); }
  std::size_t calls(std::string_view method, std::string_view path) { return callsOf(daemon.emulator(), method, path); }

  std::map<std::string, Json> asked;
  DaemonHarness daemon;
  AnsweringUser user{daemon};
  WorkspaceClient client{daemon.emulator()};
  databricks::Workspace service{client.rest};
};

}  // namespace workspace_bench

}  // namespace trowel::test
