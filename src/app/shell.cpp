// SPDX-License-Identifier: Apache-2.0
#include "shell.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::app {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

// Which error the daemon answered: the codes are the wire's own.
ErrorCode codeOf(const Json& error) { return static_cast<ErrorCode>(core::intAt(error, "code")); }

// `name` is "sync.enabled": a member of a member.
void put(Json& section, std::string_view name, const Json& value) {
  auto* object = &section;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    object = &(*object)[std::string(name.substr(0, dot))];
    // Where people wrote something else there, the more exact name counts.
    if (!object->is_object()) *object = Json::object();
    name.remove_prefix(dot + 1);
  }
  (*object)[std::string(name)] = value;
}

// What the folder's own settings say about Trowel, as an editor would answer workspace/configuration.
Json trowelSettings(const Json& settings) {
  Json section = Json::object();
  for (const auto& [key, value] : settings.items()) {
    if (!key.starts_with("trowel.")) continue;
    put(section, key.substr(7), value);
  }
  // Only what is asked for is done.
  if (!section["sync"].is_object()) section["sync"] = Json::object();
  section["sync"]["enabled"] = false;
  return section;
}

}  // namespace

Result<std::unique_ptr<Shell>> Shell::start(const ShellOptions& options) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return core::fail(ErrorCode::Unavailable, "There are no file descriptors left.");
  std::unique_ptr<Shell> shell(new Shell(options, os::UniqueFd(ends[0]), os::UniqueFd(ends[1])));
  Json uri = core::pathToUri(options.folder);
  TROWEL_TRY(shell->request("initialize", {{"capabilities", Json::object()},
                                           {"workspaceFolders", Json::array({{{"uri", uri}, {"name", "folder"}}})}}));
  shell->send({{"jsonrpc", "2.0"}, {"method", "initialized"}, {"params", Json::object()}});
  return shell;
}

Shell::Shell(const ShellOptions& options, os::UniqueFd ours, os::UniqueFd theirs)
    : ours_(std::move(ours)),
      theirs_(std::move(theirs)),
      fileSettings_(std::make_unique<Json>(readFolderSettings(options.folder))),
      settings_(std::make_unique<Json>(trowelSettings(*fileSettings_))),
      stdio_(theirs_.get(), theirs_.get(), [this] { daemon_->stop(core::CancelReason::Shutdown); }) {
  if (options.withSignals) stdio_.watchSignals();
  auto system = systemOptions("trowel " + options.name + " (pid " + std::to_string(getpid()) + ")");
  connection_ = connectionOf(options.folder, options.profile, system);
  system.connection = connection_.id;
  daemon_ = std::make_unique<Daemon>(stdio_.streams(), std::move(system));
  server_ = std::thread([this] {
    daemon_->run();
    shutdown(theirs_.get(), SHUT_RDWR);
  });
}

Shell::~Shell() {
  static_cast<void>(request("shutdown", Json()));
  send({{"jsonrpc", "2.0"}, {"method", "exit"}});
  server_.join();
}

Result<Json> Shell::request(const std::string& method, const Json& params) {
  int id = nextId_++;
  send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
  Json reply = receiveUntil(id);
  if (reply.is_null()) return core::fail(ErrorCode::Cancelled, "Stopped.");
  if (auto result = reply.find("result"); result != reply.end()) return std::move(*result);
  const auto& error = core::objectAt(reply, "error");
  auto message = core::stringAt(error, "message");
  if (codeOf(error) == ErrorCode::NotConfigured) message += " " + adviceFor(connection_);
  return core::fail(codeOf(error), std::move(message));
}

void Shell::listen() { receiveUntil(-1); }

Json Shell::receiveUntil(int id) {
  std::string buffer(64UL * 1024, '\0');
  while (true) {
    while (auto frame = frames_.next()) {
      auto message = core::parseJson(frame->body);
      if (!message) continue;
      if (message->contains("method")) {
        handle(*message);
      } else if (message->value("id", Json()) == id) {
        return *std::move(message);
      }
    }
    auto got = ::read(ours_.get(), buffer.data(), buffer.size());
    if (got <= 0) return {};
    frames_.feed({buffer.data(), static_cast<std::size_t>(got)});
  }
}

void Shell::handle(const Json& message) {
  auto method = core::stringAt(message, "method");
  const auto& params = core::objectAt(message, "params");
  if (!message.contains("id")) {
    if (method == "$/progress") {
      if (auto text = core::stringAt(core::objectAt(params, "value"), "message"); !text.empty())
        std::fprintf(stderr, "%s\n", core::redact(text).c_str());
    } else if (onNotification) {
      onNotification(method, params);
    }
    return;
  }
  Json reply{{"jsonrpc", "2.0"}, {"id", message["id"]}};
  if (method == "workspace/configuration") {
    Json values = Json::array();
    for (const auto& item : core::arrayAt(params, "items"))
      values.push_back(core::stringAt(item, "section") == "trowel" ? *settings_ : Json());
    reply["result"] = std::move(values);
  } else if (method == "trowel/ui/settings") {
    Json values = Json::array();
    for (const auto& key : core::arrayAt(params, "keys")) {
      Json value{{"key", key}};
      if (auto found = fileSettings_->find(key.is_string() ? key.get<std::string>() : "");
          found != fileSettings_->end())
        value["folder"] = *found;
      values.push_back(std::move(value));
    }
    reply["result"] = {{"values", std::move(values)}};
  } else {
    reply["error"] = {{"code", static_cast<int>(ErrorCode::MethodNotFound)},
                      {"message", "A shell cannot do that: nobody is there to be asked."}};
  }
  send(reply);
}

void Shell::send(const Json& message) {
  auto bytes = rpc::encodeFrame(core::dumpJson(message));
  std::string_view rest = bytes;
  while (!rest.empty()) {
    auto sent = ::send(ours_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace trowel::app
