// SPDX-License-Identifier: Apache-2.0
// Kills the emulator in the middle of writes and looks whether everything that it had acknowledged is there afterwards.
// The emulator runs in a second process: this very program with the hidden test case that serves.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <random>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "trowel/os/process.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

// The emulator of the other process. What it prints first is its host and token.
struct Victim {
  os::Process process;
  std::string host;
  std::string token;

  explicit Victim(const std::filesystem::path& data) : process(spawn(data)) {
    std::string line;  // behind what the test framework itself prints
    for (char c = 0; ::read(process.out.get(), &c, 1) == 1 && !(c == '\n' && line.starts_with("http"));)
      c == '\n' ? line.clear() : line.push_back(c);
    auto space = line.find(' ');
    REQUIRE(space != std::string::npos);
    host = line.substr(0, space);
    token = line.substr(space + 1);
  }
  static os::Process spawn(const std::filesystem::path& data) {
    os::SpawnOptions options;
    options.argv = {std::filesystem::read_symlink("/proc/self/exe").string(), "serves until it is killed"};
    options.environment = {{"EMULATOR_TEST_DATA", data.string()}};
    options.in = os::Stream::Pipe;
    options.out = os::Stream::Pipe;
    return os::Process::spawn(options).value();
  }
  void kill() {
    process.kill(SIGKILL);
    process.wait(os::kForever);
  }
};

// Writes one thing after the other until the server is gone, and remembers what was acknowledged.
struct Writer {
  httplib::Client client;
  std::map<std::string, std::string> contents = {};  // by the path of the GET that shows it

  explicit Writer(const Victim& victim) : client(victim.host) {
    client.set_bearer_token_auth(victim.token);
    client.set_tcp_nodelay(true);
    client.set_keep_alive(true);
  }
  bool post(const std::string& path, const Json& body) {
    auto reply = client.Post(path, body.dump(), "application/json");
    return reply && reply->status == 200;
  }
  bool write(int number) {
    const std::string name = "n" + std::to_string(number % 40);
    const std::string content = "content " + std::to_string(number);
    const std::string home = "/Users/demo@example.com/";
    switch (number % 4) {
      case 0: {
        if (!post("/api/2.0/workspace/import",
                  {{"path", home + name}, {"content", encode(content)}, {"language", "PYTHON"}, {"overwrite", true}}))
          return false;
        contents["/api/2.0/workspace-files" + home + name] = "# Databricks notebook source\n" + content;
        return true;
      }
      case 1: {
        auto file = home + name + ".txt";
        auto reply =
            client.Post("/api/2.0/workspace-files/import-file" + file + "?overwrite=true", content, "text/plain");
        if (!reply || reply->status != 200) return false;
        contents["/api/2.0/workspace-files" + file] = content;
        return true;
      }
      case 2: {
        auto file = "/api/2.0/fs/files/Volumes/main/default/data/" + name;
        auto reply = client.Put(file, content, "application/octet-stream");
        if (!reply || reply->status != 204) return false;
        contents[file] = content;
        return true;
      }
      default: {
        if (!post("/api/2.0/dbfs/put", {{"path", "/tmp/" + name}, {"contents", encode(content)}, {"overwrite", true}}))
          return false;
        contents["/api/2.0/dbfs/read?path=/tmp/" + name] =
            Json{{"bytes_read", content.size()}, {"data", encode(content)}}.dump();
        return true;
      }
    }
  }
};

}  // namespace

TEST_CASE("serves until it is killed", "[.]") {
  const char* data = std::getenv("EMULATOR_TEST_DATA");
  REQUIRE(data != nullptr);
  auto emulator = Emulator::start({.dataDir = data}).value();
  std::cout << emulator->host() << ' ' << emulator->token().reveal() << std::endl;
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
}

TEST_CASE("killed at any point, the emulator has all that it acknowledged") {
  const char* chosen = std::getenv("TROWEL_KILL_ROUNDS");
  const int rounds = chosen ? std::atoi(chosen) : 5;
  const char* fixed = std::getenv("TROWEL_KILL_SEED");
  const unsigned first = fixed ? static_cast<unsigned>(std::atoi(fixed)) : std::random_device()();
  TemporaryFolder data;
  for (int round = 0; round < rounds; ++round) {
    const unsigned seed = first + static_cast<unsigned>(round);
    INFO("TROWEL_KILL_SEED=" << seed);
    std::mt19937 random(seed);
    const int before = std::uniform_int_distribution(0, 120)(random);
    Victim victim(data.path);
    Writer writer(victim);
    int number = 0;
    while (number < before && writer.write(number)) ++number;
    REQUIRE(number == before);
    // From here on anything may be cut off; what another thread starts is killed in its middle.
    std::thread killer([&] { victim.kill(); });
    while (writer.write(number)) ++number;
    killer.join();
    const std::string home = "/Users/demo@example.com/";
    auto emulator = Emulator::start({.dataDir = data.path}).value();
    WorkspaceClient client(*emulator);
    for (const auto& [path, content] : writer.contents) {
      auto found = client.get(path);
      INFO(path << ": " << found.status << " " << found.text);
      // The write that was cut off may have come through.
      bool newer = found.text != content && path.find("n" + std::to_string(number % 40)) != std::string::npos;
      CHECK((found.text == content || newer));
    }
    auto objects = client.get("/api/2.0/workspace/list?path=" + home).body;
    for (const auto& object : objects.value("objects", Json::array())) {
      bool text = object.at("path").get<std::string>().ends_with(".txt");
      CHECK(object.at("object_type") == (text ? "FILE" : "NOTEBOOK"));
    }
    CHECK(std::filesystem::is_empty(data.path / "incoming"));
  }
}
