// SPDX-License-Identifier: Apache-2.0
// `trowel doctor`: one line a check, and for each that fails what to do about it.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "shell.hpp"
#include "trowel/auth/config_file_store.hpp"
#include "trowel/connection/offer.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/version.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/places.hpp"

namespace trowel::app {

namespace {

// Enough for a large project; below it a watcher of a monorepo runs dry.
constexpr long kFewWatches = 16384;

class Report {
 public:
  void ok(const std::string& what, const std::string& found) { line("ok  ", what, found); }
  void note(const std::string& what, const std::string& found) { line("note", what, found); }
  void bad(const std::string& what, const std::string& problem) {
    line("FAIL", what, problem);
    ++failures_;
  }
  int failures() const { return failures_; }

 private:
  static void line(const char* mark, const std::string& what, const std::string& text) {
    std::printf("%s  %-14s %s\n", mark, what.c_str(), core::redact(text).c_str());
  }
  int failures_ = 0;
};

void checkConfiguration(Report& report, const std::string& path) {
  auto file = auth::readConfigFile(path, os::homeDir());
  if (!file) return report.bad("configuration", file.error().message);
  if (!os::pathExists(path))
    return report.note("configuration", "there is no " + file->path() + "; the demo workspace needs none");
  const core::Json none = core::Json::object();
  const auto environment = [](const std::string& name) { return os::environment(name.c_str()); };
  int usable = 0;
  for (const auto& offer :
       connection::gatherOffers({.settings = none, .configFile = *file, .environment = environment})) {
    if (offer.source != connection::Source::Profile) continue;
    if (offer.problem.empty()) {
      ++usable;
    } else {
      report.note("configuration", offer.problem);
    }
  }
  report.ok("configuration", file->path() + ", " + std::to_string(usable) + " usable profiles");
}

void checkWatches(Report& report) {
  auto text = os::readFile("/proc/sys/fs/inotify/max_user_watches", 64);
  long limit = text ? std::strtol(text->c_str(), nullptr, 10) : 0;
  if (limit >= kFewWatches) return report.ok("inotify", std::to_string(limit) + " watches allowed");
  report.bad("inotify", "only " + std::to_string(limit) +
                            " watches allowed; sync of a large project needs more: sudo sysctl "
                            "fs.inotify.max_user_watches=524288");
}

void checkFolder(Report& report, const std::string& what, const std::string& folder) {
  auto made = os::makePrivateDirs(folder);
  auto probe = made ? os::writeTempFile(folder, "doctor-", "x") : std::unexpected(made.error());
  if (!probe) return report.bad(what, probe.error().message);
  static_cast<void>(os::removeFile(*probe));
  report.ok(what, folder);
}

void checkConnection(Report& report, const std::string& folder, const std::string& profile) {
  auto shell = Shell::start({.folder = folder, .profile = profile, .name = "doctor"});
  auto status =
      shell ? (*shell)->request("trowel/connection/status", core::Json::object()) : std::unexpected(shell.error());
  if (!status) return report.bad("connection", status.error().message);
  auto name = core::stringAt(*status, "name", "none");
  auto host = core::stringAt(*status, "host");
  if (core::stringAt(*status, "state") != "ready")
    return report.bad("connection", name + ": " + core::stringAt(*status, "message", "not connected"));
  report.ok("host", host);
  report.ok("token", name + " signs in as " + core::stringAt(*status, "user"));
}

}  // namespace

int doctor(const CommonOptions& common, const DoctorOptions& options) {
  auto folder = os::realPath(options.folder.empty() ? "." : options.folder);
  if (!folder) {
    complain(folder.error().message);
    return 2;
  }
  if (!startLog(common, false)) return 2;
  Report report;
  report.ok("binary", std::string(core::kVersion) + ", " + os::executablePath().value_or("unknown path"));
  checkFolder(report, "state folder", os::stateDir());
  checkFolder(report, "runtime folder", os::runtimeDir());
  checkConfiguration(report, systemOptions("doctor").configFile);
  checkConnection(report, *folder, options.profile);
  checkWatches(report);
  return report.failures() == 0 ? 0 : 1;
}

}  // namespace trowel::app
