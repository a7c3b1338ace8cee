// SPDX-License-Identifier: Apache-2.0
#include "support/daemon_harness.hpp"

#include "support/catch.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::test {

using core::Json;

DaemonHarness::DaemonHarness(Options options)
    : options_(std::move(options)), input_(1024UL * 1024), output_(options_.pipe) {
  std::vector<Profile> profiles;
  if (options_.emulator) {
    auto started = emulator::Emulator::start(options_.emulation);
    if (!started) FAIL(started.error().message);
    emulator_ = *std::move(started);
    profiles.push_back({"EMULATOR", emulator_->host(), emulator_->token().reveal()});
  }
  if (options_.home.empty() || options_.emulator) writeProfiles(profiles);
  app::DaemonOptions daemon;
  daemon.demoFolder = home() + "/demo";
  daemon.stateFolder = home() + "/state";
  daemon.executable = "/nonexistent";
  daemon.home = home();
  daemon.configFile = home() + "/databrickscfg";
  daemon.keyring = &keyring_;
  daemon.clock = options_.clock;
  daemon.safeMode = options_.safeMode;
  daemon.environment = [this](const std::string& name) -> std::optional<std::string> {
    auto it = options_.variables.find(name);
    return it == options_.variables.end() ? std::nullopt : std::optional(it->second);
  };
  daemon_ = std::make_unique<app::Daemon>(streamsOver(input_, output_), std::move(daemon));
  editor_ = std::make_unique<ScriptedEditor>(input_, output_);
  editor_->on("workspace/configuration", [this](const Json& params) {
    Json values = Json::array();
    for (const auto& item : params.at("items"))
      values.push_back(item.at("section") == "trowel" ? options_.settings : Json());
    return values;
  });
  editor_->on("trowel/ui/secret/get", [](const Json&) { return Json::object(); });
  server_ = std::thread([this] {
    status_ = daemon_->run();
    output_.close();
  });
}

DaemonHarness::~DaemonHarness() {
  if (server_.joinable()) finish();
  for (const auto& id : editor_->unpaired()) FAIL_CHECK("not answered exactly once: request " << id.dump());
  for (const auto& text : takeErrors()) FAIL_CHECK("an error was shown that the test did not expect: " << text);
}

std::string DaemonHarness::folderUri() const { return core::pathToUri(folder.path()); }

void DaemonHarness::writeProfiles(const std::vector<Profile>& profiles) {
  std::string text;
  for (const auto& each : profiles)
    text += "[" + each.name + "]\nhost = " + each.host + "\ntoken = " + each.token + "\n";
  REQUIRE(os::replaceFile(home() + "/databrickscfg", text));
}

Json DaemonHarness::initialize() {
  auto result = request("initialize", {{"capabilities", Json::object()},
                                       {"workspaceFolders", Json::array({{{"uri", folderUri()}, {"name", "project"}}})},
                                       {"initializationOptions", options_.initializationOptions}});
  editor_->notify("initialized", Json::object());
  return result;
}

void DaemonHarness::connect() {
  initialize();
  auto status = request("trowel/connection/select", {{"id", "profile:EMULATOR"}});
  REQUIRE(status.at("state") == "ready");
}

Json DaemonHarness::request(const std::string& method, const Json& params) {
  auto message = editor_->reply(editor_->send(method, params));
  INFO(method << " " << message.dump());
  REQUIRE(message.contains("result"));
  return message.at("result");
}

Json DaemonHarness::failure(const std::string& method, const Json& params) {
  auto message = editor_->reply(editor_->send(method, params));
  INFO(method << " " << message.dump());
  REQUIRE(message.contains("error"));
  return message.at("error");
}

std::vector<std::string> DaemonHarness::takeErrors() {
  auto all = editor_->errorsShown();
  std::vector<std::string> fresh(all.begin() + static_cast<std::ptrdiff_t>(std::min(errorsTaken_, all.size())),
                                 all.end());
  errorsTaken_ = all.size();
  return fresh;
}

int DaemonHarness::wait() {
  if (server_.joinable()) server_.join();
  return status_;
}

int DaemonHarness::finish() {
  if (!server_.joinable()) return status_;
  editor_->send("shutdown", Json());
  editor_->notify("exit", Json::object());
  return wait();
}

}  // namespace trowel::test
