// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/places.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <vector>

#include "trowel/os/system_error.hpp"

namespace trowel::os {

namespace {

// The specification wants relative values ignored.
std::string base(const char* variable, const std::string& fallback) {
  auto value = environment(variable);
  return value && value->front() == '/' ? *value : fallback;
}

}  // namespace

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::string homeDir() {
  if (auto home = environment("HOME")) return *home;
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16384);
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_dir;
  return "/";
}

std::string stateDir() { return base("XDG_STATE_HOME", homeDir() + "/.local/state") + "/trowel"; }

std::string configDir() { return base("XDG_CONFIG_HOME", homeDir() + "/.config") + "/trowel"; }

std::string runtimeDir() {
  const std::string dir = base("XDG_RUNTIME_DIR", "");
  return dir.empty() ? stateDir() + "/run" : dir + "/trowel";
}

core::Result<std::string> executablePath() {
  std::string path(PATH_MAX, '\0');
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length < 0) return failErrno(errno, "Cannot find Trowel's own executable");
  path.resize(static_cast<std::size_t>(length));
  // The kernel's mark on a file that was replaced while it runs; the new one stands at the same place.
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted)) path.resize(path.size() - kDeleted.size());
  return path;
}

}  // namespace trowel::os
