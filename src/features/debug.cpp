// SPDX-License-Identifier: Apache-2.0
#include "debug.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <fstream>

#include "trowel/core/text.hpp"
#include "trowel/core/version.hpp"
#include "trowel/os/places.hpp"

namespace trowel::features {

namespace {

std::string stateName(connection::State state) {
  switch (state) {
    case connection::State::None:
      return "none";
    case connection::State::Connecting:
      return "connecting";
    case connection::State::Ready:
      return "ready";
    case connection::State::Offline:
      return "offline";
    case connection::State::SignIn:
      return "needs a sign-in";
    case connection::State::Failed:
      return "failed";
  }
  return "unknown";
}

// The home folder tells a person's name.
std::string withoutHome(const std::string& text) { return core::replaceAll(text, os::homeDir(), "~"); }

std::string residentMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::string(core::trim(std::string_view(line).substr(6)));
  return "unknown";
}

}  // namespace

core::Result<protocol::DebugInformationResult> Debug::information(const protocol::DebugInformationParams&,
                                                                  rpc::CallContext&) {
  utsname machine{};
  uname(&machine);
  std::string text = "## Trowel\n\n";
  text += fmt::format("- daemon {} (protocol {})\n", core::kVersion, protocol::kProtocolHash);
  text += fmt::format("- {} {} {}, memory {}\n", machine.sysname, machine.release, machine.machine, residentMemory());
  text += fmt::format("- logs in {}\n", withoutHome(os::stateDir() + "/logs"));
  text += fmt::format("- workspace trusted: {}\n", session_.trusted() ? "yes" : "no");
  int number = 0;
  for (const auto& project : session_.projects()) {
    auto status = session_.connections().status(project.path);
    // The kind of a connection, not its name: names tell of customers.
    auto kind = status.id.substr(0, status.id.find(':'));
    text += fmt::format("- project {}: connection {}, {}\n", ++number, kind.empty() ? "none" : kind,
                        stateName(status.state));
    if (!status.error.message.empty())
      text += fmt::format("  - {}: {}\n", core::toString(status.error.code),
                          core::redact(core::replaceAll(status.error.message, status.host, "<host>")));
  }
  return protocol::DebugInformationResult{std::move(text)};
}

core::Result<protocol::EchoParams> Debug::echo(const protocol::EchoParams& params, rpc::CallContext&) { return params; }

}  // namespace trowel::features
