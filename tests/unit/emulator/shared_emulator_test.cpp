// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "support/catch.hpp"
#include "trowel/core/text.hpp"
#include "workspace_client.hpp"

namespace trowel::emulator::test {

Emulator& sharedEmulator() {
  static std::unique_ptr<Emulator> emulator = [] {
    auto started = Emulator::start({.userName = "ada.lovelace@example.com"});
    if (!started) throw std::runtime_error(core::describe(started.error()));
    return std::move(*started);
  }();
  return *emulator;
}

std::string freshFolder(WorkspaceClient& client) {
  static std::atomic<int> number = 0;
  std::string path = "/Users/ada.lovelace@example.com/t" + std::to_string(++number);
  REQUIRE(client.post("/api/2.0/workspace/mkdirs", {{"path", path}}).status == 200);
  return path;
}

std::string encode(const std::string& bytes) { return core::toBase64(bytes); }
std::string decode(const std::string& base64) { return core::fromBase64(base64).value(); }

}  // namespace trowel::emulator::test
