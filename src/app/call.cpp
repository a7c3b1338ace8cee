// SPDX-License-Identifier: Apache-2.0
// The shell as an editor: a daemon on one end of a socket pair, and on the other end a client that initializes, asks
// one thing and leaves. So a shell user and an editor get the same answers by the same path.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "options.hpp"
#include "stdio.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/places.hpp"
#include "trowel/rpc/framing.hpp"

namespace trowel::app {

namespace {

using core::Json;

// What the folder's own settings say about Trowel, as an editor would answer workspace/configuration.
Json folderSettings(const std::string& folder, const std::string& profile) {
  Json section = Json::object();
  auto text = os::readFile(folder + "/.vscode/settings.json", 1024UL * 1024);
  // The file may hold comments.
  Json settings = text ? Json::parse(*text, nullptr, false, true) : Json();
  if (settings.is_object()) {
    for (const auto& [key, value] : settings.items()) {
      if (!key.starts_with("trowel.")) continue;
      Json::json_pointer place("/" + core::replaceAll(key.substr(7), ".", "/"));
      section[place] = value;
    }
  }
  if (!profile.empty()) section["connection"] = "profile:" + profile;
  if (core::stringAt(section, "connection").empty()) section["connection"] = "profile:DEFAULT";
  // A single question must not start a sync.
  section["sync"]["enabled"] = false;
  return section;
}

class ShellClient {
 public:
  ShellClient(int socket, Json settings) : socket_(socket), settings_(std::move(settings)) {}

  // The result or error of request `id`; null where the daemon ended first.
  Json awaitReply(int id) {
    std::string buffer(64UL * 1024, '\0');
    while (true) {
      while (auto frame = frames_.next()) {
        auto message = core::parseJson(frame->body);
        if (!message) continue;
        if (message->contains("method")) {
          answer(*message);
        } else if (message->value("id", Json()) == id) {
          return *message;
        }
      }
      auto got = ::read(socket_, buffer.data(), buffer.size());
      if (got <= 0) return {};
      frames_.feed({buffer.data(), static_cast<std::size_t>(got)});
    }
  }

  void send(const Json& message) {
    auto bytes = rpc::encodeFrame(core::dumpJson(message));
    std::string_view rest = bytes;
    while (!rest.empty()) {
      auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

 private:
  void answer(const Json& message) {
    auto method = core::stringAt(message, "method");
    if (method == "$/progress") {
      const auto& value = core::objectAt(core::objectAt(message, "params"), "value");
      if (auto text = core::stringAt(value, "message"); !text.empty()) std::fprintf(stderr, "%s\n", text.c_str());
    }
    if (!message.contains("id")) return;
    Json reply{{"jsonrpc", "2.0"}, {"id", message["id"]}};
    if (method == "workspace/configuration") {
      Json values = Json::array();
      for (std::size_t i = 0; i < core::arrayAt(core::objectAt(message, "params"), "items").size(); ++i)
        values.push_back(settings_);
      reply["result"] = std::move(values);
    } else {
      reply["error"] = {{"code", -32601}, {"message", "A shell cannot do that: nobody is there to be asked."}};
    }
    send(reply);
  }

  int socket_;
  Json settings_;
  rpc::FrameReader frames_;
};

}  // namespace

int call(const CommonOptions& common, const CallOptions& options) {
  Json params;
  if (!options.params.empty()) {
    auto parsed = core::parseJson(options.params);
    if (!parsed || !parsed->is_object()) {
      complain("The parameters must be a JSON object, as in '{\"path\":\"/\"}'.");
      return 2;
    }
    params = *std::move(parsed);
  }
  auto folder = os::realPath(options.folder.empty() ? "." : options.folder);
  if (!folder) {
    complain(folder.error().message);
    return 2;
  }
  if (!startLog(common, false)) return 2;

  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    complain("There are no file descriptors left.");
    return 1;
  }
  os::UniqueFd ours(ends[0]);
  os::UniqueFd theirs(ends[1]);
  Stdio stdio(theirs.get(), theirs.get(), [] {});
  auto daemonOptions = systemOptions("trowel call (pid " + std::to_string(getpid()) + ")");
  Daemon daemon(stdio.streams(), std::move(daemonOptions));
  std::thread server([&] {
    daemon.run();
    shutdown(theirs.get(), SHUT_RDWR);
  });

  ShellClient client(ours.get(), folderSettings(*folder, options.profile));
  Json uri = core::pathToUri(*folder);
  client.send(
      {{"jsonrpc", "2.0"},
       {"id", 0},
       {"method", "initialize"},
       {"params",
        {{"capabilities", Json::object()}, {"workspaceFolders", Json::array({{{"uri", uri}, {"name", "folder"}}})}}}});
  Json reply = client.awaitReply(0);
  // The settings are there, and the connection under way, when this is answered: connection state is asked first.
  client.send({{"jsonrpc", "2.0"}, {"method", "initialized"}, {"params", Json::object()}});
  if (!params.is_null()) params.emplace("workDoneToken", "call");
  client.send({{"jsonrpc", "2.0"},
               {"id", 1},
               {"method", options.method},
               {"params", params.is_null() ? Json::object() : params}});
  reply = client.awaitReply(1);
  client.send({{"jsonrpc", "2.0"}, {"id", 2}, {"method", "shutdown"}});
  client.awaitReply(2);
  client.send({{"jsonrpc", "2.0"}, {"method", "exit"}});
  server.join();

  if (reply.contains("result")) {
    std::printf("%s\n", core::dumpJsonPretty(reply["result"]).c_str());
    return 0;
  }
  complain(core::stringAt(core::objectAt(reply, "error"), "message", "The daemon ended without an answer."));
  return 1;
}

}  // namespace trowel::app
