// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/config_file_store.hpp"

#include <filesystem>

#include "trowel/core/hash.hpp"
#include "trowel/os/file_lock.hpp"
#include "trowel/os/files.hpp"

namespace trowel::auth {

namespace {

namespace fs = std::filesystem;

using core::ErrorCode;
using core::Result;

constexpr std::size_t kMostBytes = 1024UL * 1024;
constexpr int kAttempts = 5;
constexpr int kMostLinks = 40;
constexpr unsigned kPrivate = 0600;

// The file behind symbolic links, whether it is there or not: people keep their dotfiles in a repository.
Result<std::string> behindLinks(const std::string& path) {
  fs::path file(path);
  std::error_code problem;
  for (int links = 0; fs::is_symlink(fs::symlink_status(file, problem)); ++links) {
    auto target = fs::read_symlink(file, problem);
    if (problem || links == kMostLinks)
      return core::fail(ErrorCode::InvalidParams,
                        path + " is a symbolic link that leads nowhere. Correct or remove the link.");
    file = target.is_absolute() ? target : file.parent_path() / target;
  }
  // By the file system itself, not by its text: "link/.." is not where the link stands.
  auto folder = fs::canonical(file.parent_path(), problem);
  return (problem ? file : folder / file.filename()).string();
}

// As some programs of Windows save texts.
bool isUtf16(std::string_view text) { return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"); }

// Empty where there is no file.
Result<std::string> textOf(const std::string& path, const std::string& shown) {
  auto text = os::readFile(path, kMostBytes);
  if (text && isUtf16(*text))
    return core::fail(ErrorCode::InvalidParams,
                      "The configuration file " + shown + " is UTF-16 text. Save it as UTF-8.");
  if (text) return text;
  if (text.error().code == ErrorCode::NotFound) return std::string();
  if (text.error().code == ErrorCode::PermissionDenied)
    return core::failBecause(std::move(text).error(), "You may not read the configuration file " + shown +
                                                          ". Make it yours: chown $USER and chmod 600 it.");
  auto sentence = "The configuration file " + shown + " cannot be used. " + text.error().message +
                  " Put a file in its place, or name another one in DATABRICKS_CONFIG_FILE.";
  return core::failBecause(std::move(text).error(), std::move(sentence));
}

unsigned modeOf(const std::string& path) {
  std::error_code problem;
  auto status = fs::status(path, problem);
  return fs::exists(status) ? static_cast<unsigned>(status.permissions()) & kPrivate : kPrivate;
}

}  // namespace

std::string configFilePath(const http::Environment& environment, const std::string& home) {
  auto path = environment ? environment("DATABRICKS_CONFIG_FILE") : std::nullopt;
  if (!path || path->empty()) return home + "/.databrickscfg";
  return *path == "~" || path->starts_with("~/") ? home + path->substr(1) : *path;
}

std::string shownPath(const std::string& path, const std::string& home) {
  return !home.empty() && path.starts_with(home + "/") ? "~" + path.substr(home.size()) : path;
}

Result<ConfigFile> readConfigFile(const std::string& path, const std::string& home) {
  auto shown = shownPath(path, home);
  return ConfigFile(TROWEL_TRY(textOf(path, shown)), shown);
}

ConfigFile configFileOrProblem(const std::string& path, const std::string& home) {
  auto file = readConfigFile(path, home);
  return file ? *std::move(file) : ConfigFile::unreadable(std::move(file).error().message, shownPath(path, home));
}

Result<void> changeConfigFile(const std::string& path, const std::string& home, const std::string& lockFolder,
                              core::Clock& clock, const core::CancelToken& cancel,
                              const std::function<Result<void>(ConfigFile&)>& change) {
  const auto shown = shownPath(path, home);
  const auto file = TROWEL_TRY(behindLinks(path));
  TROWEL_TRY(os::makePrivateDirs(lockFolder));
  const auto lockPath = lockFolder + "/databrickscfg-" + core::sha256(file).substr(0, 16) + ".lock";
  auto lock = TROWEL_TRY(os::FileLock::acquire(lockPath, os::LockMode::Exclusive, "", clock, cancel));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto before = TROWEL_TRY(textOf(file, shown));
    ConfigFile document(before, shown);
    TROWEL_TRY(change(document));
    const auto after = document.text();
    if (after == before) return {};
    // The CLI knows nothing of our lock.
    if (TROWEL_TRY(textOf(file, shown)) != before) continue;
    return os::replaceFile(file, after, modeOf(file));
  }
  return core::fail(ErrorCode::Conflict, "Another program writes " + shown + " all the time. Try again later.");
}

}  // namespace trowel::auth
