// SPDX-License-Identifier: Apache-2.0
#include "app/doctor/machine_checks.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdlib>
#include <limits>

#include "trowel/core/version.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/places.hpp"

namespace trowel::app {

namespace {

// Enough for a large project; below it a watcher of a monorepo runs dry.
constexpr long kFewWatches = 16384;
// A desktop's own programs take some forty.
constexpr long kFewInstances = 64;
constexpr long kFewFiles = 1024;
constexpr unsigned kOthersMayRead = 077;

long kernelLimit(const char* file) {
  auto text = os::readFile(file, 64);
  return text ? std::strtol(text->c_str(), nullptr, 10) : 0;
}

}  // namespace

Check checkBinary() {
  return {.name = "binary",
          .text = fmt::format("{}, {}", core::kVersion, os::executablePath().value_or("unknown path"))};
}

Check checkFolder(const std::string& name, const std::string& folder, const std::string& variable) {
  auto made = os::makePrivateDirs(folder);
  auto probe = made ? os::writeTempFile(folder, "doctor-", "x") : std::unexpected(made.error());
  if (!probe)
    return {.mark = Mark::Fail,
            .name = name,
            .text = probe.error().message,
            .remedy = fmt::format("Make {} a folder that you own and can write to, or name another one in {}.", folder,
                                  variable)};
  static_cast<void>(os::removeFile(*probe));
  return {.name = name, .text = folder};
}

Check checkConfigFile(const std::string& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0)
    return {.mark = Mark::Note,
            .name = "configuration",
            .text = fmt::format("there is no {}; the demo workspace needs none", file)};
  auto text = os::readFile(file, std::numeric_limits<int>::max());
  if (!text)
    return {.mark = Mark::Fail,
            .name = "configuration",
            .text = text.error().message,
            .remedy = fmt::format("Make {} a file that you can read (chmod 600).", file)};
  if ((status.st_mode & kOthersMayRead) != 0)
    return {.mark = Mark::Note,
            .name = "configuration",
            .text = fmt::format("{} can be read by other users of this machine, with the tokens in it", file),
            .remedy = fmt::format("chmod 600 {}", file)};
  return {.name = "configuration", .text = file};
}

Check checkKeyring(os::Keyring& keyring) {
  auto got = keyring.get("trowel", "doctor", {});
  if (got) return {.name = "keyring", .text = "can be used"};
  // Tokens have another place to be; where one cannot be had for want of the keyring, the sign-in fails below.
  return {.mark = Mark::Note,
          .name = "keyring",
          .text = got.error().message,
          .remedy = "Until then tokens that are entered are kept in the editor's secret storage."};
}

Limits systemLimits() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return {.watches = kernelLimit("/proc/sys/fs/inotify/max_user_watches"),
          .instances = kernelLimit("/proc/sys/fs/inotify/max_user_instances"),
          .files = files.rlim_cur > static_cast<rlim_t>(std::numeric_limits<long>::max())
                       ? std::numeric_limits<long>::max()
                       : static_cast<long>(files.rlim_cur)};
}

Checks judgeLimits(const Limits& limits) {
  Checks checks;
  const auto sysctl = [](const char* name, long value) {
    return fmt::format("sudo sysctl {0}={1}; to keep it: echo {0}={1} | sudo tee /etc/sysctl.d/60-trowel.conf", name,
                       value);
  };
  if (limits.watches < kFewWatches) {
    checks.push_back(
        {.mark = Mark::Fail,
         .name = "inotify",
         .text = fmt::format("only {} watches allowed; sync of a large project needs more", limits.watches),
         .remedy = sysctl("fs.inotify.max_user_watches", 524288)});
  } else if (limits.instances < kFewInstances) {
    checks.push_back({.mark = Mark::Fail,
                      .name = "inotify",
                      .text = fmt::format("only {} instances allowed; other programs may leave none", limits.instances),
                      .remedy = sysctl("fs.inotify.max_user_instances", 512)});
  } else {
    checks.push_back(
        {.name = "inotify", .text = fmt::format("{} watches, {} instances allowed", limits.watches, limits.instances)});
  }
  if (limits.files < kFewFiles) {
    checks.push_back({.mark = Mark::Fail,
                      .name = "open files",
                      .text = fmt::format("only {} files and connections may be open at once", limits.files),
                      .remedy = "ulimit -n 4096 in the shell that starts the editor; to keep it: 'nofile' in "
                                "/etc/security/limits.conf"});
  } else {
    checks.push_back({.name = "open files", .text = fmt::format("{} allowed", limits.files)});
  }
  return checks;
}

}  // namespace trowel::app
