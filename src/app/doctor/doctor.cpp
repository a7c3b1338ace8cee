// SPDX-License-Identifier: Apache-2.0
// `trowel doctor`: asks a daemon in this process, so that connection, sign-in and permissions are those that the editor
// gets, and looks at the way to the host by itself, so that it can say which part of it is broken.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/doctor/machine_checks.hpp"
#include "app/doctor/network_checks.hpp"
#include "app/doctor/report.hpp"
#include "app/shell.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/http/transport.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/places.hpp"

namespace trowel::app {

namespace {

using core::Json;
using core::Result;

constexpr const char* kChoose = "Choose a connection in the editor with 'Trowel: Select Connection…'. ";

// False where the host cannot be reached.
bool checkReach(Report& report, const std::string& host, const http::Environment& environment) {
  const auto origin = http::parseOrigin(host);
  if (!origin) {
    report.add({.mark = Mark::Fail,
                .name = "host",
                .text = origin.error().message,
                .remedy = "Take the address from your browser: https://, then all up to the next slash."});
    return false;
  }
  report.add({.name = "host", .text = origin->text()});
  core::Timer timer(core::systemClock());
  const auto network = http::networkOptions(environment);
  http::HttpTransport http(timer, network);
  const auto answer = probe(http, *origin);
  report.add(judgeReach(*origin, network, answer, core::systemClock().wallNow()));
  return answer.has_value();
}

Check checkPermission(Shell& shell, const char* what, const char* method, const char* list) {
  auto answer = shell.request(method, Json::object());
  if (!answer)
    return {.mark = Mark::Fail,
            .name = "permissions",
            .text = answer.error().message,
            .remedy = fmt::format("Ask an administrator of the workspace for the right to see {}.", what)};
  return {.name = "permissions", .text = fmt::format("may see {} ({})", what, core::arrayAt(*answer, list).size())};
}

// What the chosen connection signs in with, and as whom.
void checkSignIn(Report& report, Shell& shell, const Json& status) {
  const auto name = core::stringAt(status, "name", "none");
  const auto state = core::stringAt(status, "state");
  if (state != "ready") {
    report.add(
        {.mark = Mark::Fail,
         .name = "auth",
         .text = fmt::format("{}: {}", name, core::stringAt(status, "message", "not connected")),
         .remedy =
             state == "signIn"
                 ? "Renew the token, or sign in again with 'trowel auth login' or 'Trowel: Sign In' in the editor."
                 : "Do as it says, then run 'trowel doctor' again; a new token would not help."});
    return report.add({.mark = Mark::Skipped, .name = "permissions", .text = "not signed in"});
  }
  report.add({.name = "auth",
              .text = fmt::format("{} signs in as {} ({})", name, core::stringAt(status, "user"),
                                  core::stringAt(status, "authType", "token"))});
  report.add(checkPermission(shell, "the workspace's files", "trowel/workspace/list", "objects"));
  report.add(checkPermission(shell, "clusters", "trowel/cluster/list", "clusters"));
}

// The host of the connection that the project has, chosen or failed.
std::string activeHost(const Json& offers, const Json& status) {
  if (auto host = core::stringAt(status, "host"); !host.empty()) return host;
  for (const auto& offer : core::arrayAt(offers, "connections"))
    if (core::boolAt(offer, "active")) return core::stringAt(offer, "host");
  return {};
}

void checkConnection(Report& report, const DoctorOptions& options, const std::string& folder,
                     const http::Environment& environment) {
  auto shell = Shell::start({.folder = folder, .profile = options.profile, .name = "doctor"});
  const auto& connection = shell ? (*shell)->connection() : FolderConnection();
  const auto failed = [&](const std::string& text) {
    report.add({.mark = Mark::Fail, .name = "connection", .text = text, .remedy = kChoose + adviceFor(connection)});
  };
  if (!shell) return failed(shell.error().message);
  if (!connection.why.empty()) report.add({.name = "connection", .text = connection.why});
  auto offers = (*shell)->request("trowel/connection/list", Json::object());
  if (!offers) return failed(offers.error().message);
  for (const auto& offer : core::arrayAt(*offers, "connections"))
    if (auto problem = core::stringAt(offer, "problem"); !problem.empty())
      report.add({.mark = Mark::Note, .name = "configuration", .text = problem});
  auto status = (*shell)->request("trowel/connection/status", Json::object());
  if (!status) return failed(status.error().message);
  const auto host = activeHost(*offers, *status);
  if (host.empty()) return failed(core::stringAt(*status, "message", "no connection is chosen"));
  if (checkReach(report, host, environment)) return checkSignIn(report, **shell, *status);
  for (const auto* name : {"auth", "permissions"})
    report.add({.mark = Mark::Skipped, .name = name, .text = "the host is not reached"});
}

}  // namespace

int doctor(const CommonOptions& common, const DoctorOptions& options) {
  auto folder = os::realPath(options.folder.empty() ? "." : options.folder);
  if (!folder) {
    complain(folder.error().message);
    return 2;
  }
  if (!startLog(common, false)) return 2;
  const auto system = systemOptions("doctor");
  Report report(options.asJson);
  report.add(checkBinary());
  report.add(checkFolder("state folder", os::stateDir(), "XDG_STATE_HOME"));
  report.add(checkFolder("runtime folder", os::runtimeDir(), "XDG_RUNTIME_DIR"));
  report.add(judgeLimits(systemLimits()));
  report.add(checkKeyring(*os::systemKeyring(core::systemClock())));
  report.add(checkConfigFile(system.configFile));
  checkConnection(report, options, *folder, system.environment);
  return report.finish();
}

}  // namespace trowel::app
