// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/files.hpp"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "os/linux/read_fd.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/system_error.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::os {

namespace {

std::string folderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Creates <prefix><random> exclusively.
core::Result<std::pair<UniqueFd, std::string>> createUnique(const std::string& prefix) {
  for (int attempt = 0; attempt < 16; ++attempt) {
    std::string path = prefix + core::randomHex(8);
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd) return std::pair(std::move(fd), std::move(path));
    if (errno != EEXIST) return failErrno(errno, "Cannot create a file in " + folderOf(prefix));
  }
  return failErrno(EEXIST, "Cannot create a file in " + folderOf(prefix));
}

}  // namespace

core::Result<std::string> readFile(const std::string& path, std::size_t maxBytes) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return failErrno(errno, "Cannot read " + path);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failErrno(errno, "Cannot read " + path);
  if (!S_ISREG(status.st_mode)) return core::fail(core::ErrorCode::InvalidParams, path + " is not a regular file.");
  std::string bytes;
  if (int error = readAll(fd.get(), maxBytes, bytes)) return failErrno(error, "Cannot read " + path);
  if (bytes.size() > maxBytes)
    return core::fail(core::ErrorCode::InvalidParams,
                      path + " is larger than the limit of " + std::to_string(maxBytes) + " bytes.");
  return bytes;
}

core::Result<void> replaceFile(const std::string& path, std::string_view bytes, unsigned mode) {
  auto [fd, temp] = TROWEL_TRY(createUnique(path + ".tmp-"));
  int error = writeAll(fd.get(), bytes);
  if (!error && ::fchmod(fd.get(), mode) != 0) error = errno;
  if (!error && ::fsync(fd.get()) != 0) error = errno;
  fd.reset();
  if (!error && ::rename(temp.c_str(), path.c_str()) != 0) error = errno;
  if (error) {
    ::unlink(temp.c_str());
    return failErrno(error, "Cannot write " + path);
  }
  // The rename itself is only safe once the folder is.
  UniqueFd folder(::open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return failErrno(errno, "Cannot write the folder of " + path);
  return {};
}

core::Result<std::string> writeTempFile(const std::string& dir, std::string_view prefix, std::string_view bytes) {
  auto [fd, path] = TROWEL_TRY(createUnique(dir + "/" + std::string(prefix)));
  if (int error = writeAll(fd.get(), bytes)) {
    ::unlink(path.c_str());
    return failErrno(error, "Cannot write " + path);
  }
  return std::move(path);
}

core::Result<std::string> makeTempDir(const std::string& dir, std::string_view prefix) {
  for (int attempt = 0; attempt < 16; ++attempt) {
    std::string path = dir + "/" + std::string(prefix) + core::randomHex(8);
    if (::mkdir(path.c_str(), 0700) == 0) return path;
    if (errno != EEXIST) return failErrno(errno, "Cannot make a folder in " + dir);
  }
  return failErrno(EEXIST, "Cannot make a folder in " + dir);
}

core::Result<void> makePrivateDirs(const std::string& path) {
  for (std::size_t slash = 0; slash != std::string::npos;) {
    slash = path.find('/', slash + 1);
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0700) == 0) continue;
    if (const int number = errno; number != EEXIST && !pathExists(part))
      return failErrno(number, "Cannot make the folder " + part);
  }
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return failErrno(errno, "Cannot use the folder " + path);
  if (!S_ISDIR(status.st_mode)) return core::fail(core::ErrorCode::AlreadyExists, path + " is not a folder.");
  if (status.st_uid != ::geteuid())
    return core::fail(core::ErrorCode::PermissionDenied, "The folder " + path + " belongs to another user.");
  if ((status.st_mode & 07777) != 0700 && ::chmod(path.c_str(), 0700) != 0)
    return failErrno(errno, "Cannot make the folder " + path + " private");
  return {};
}

core::Result<void> removeFile(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failErrno(errno, "Cannot remove " + path);
  return {};
}

core::Result<void> removeTree(const std::string& path) {
  auto removeOne = [](const char* name, const struct stat*, int, struct FTW*) { return std::remove(name); };
  if (::nftw(path.c_str(), removeOne, 32, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
    return failErrno(errno, "Cannot remove " + path);
  return {};
}

bool pathExists(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

core::Result<std::string> realPath(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return failErrno(errno, "Cannot use " + path);
  std::string result(resolved);
  std::free(resolved);
  return result;
}

}  // namespace trowel::os
