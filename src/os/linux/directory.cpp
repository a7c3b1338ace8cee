// SPDX-License-Identifier: Apache-2.0
// Every step down is an openat with O_NOFOLLOW: a symbolic link, planted at any time, never leads out of the root.
#include "trowel/os/directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "os/linux/file_status.hpp"
#include "os/linux/read_fd.hpp"
#include "trowel/os/system_error.hpp"

namespace trowel::os {

namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

FileInfo infoOf(const struct stat& status) {
  FileType type = FileType::Other;
  if (S_ISREG(status.st_mode)) type = FileType::Regular;
  if (S_ISDIR(status.st_mode)) type = FileType::Directory;
  if (S_ISLNK(status.st_mode)) type = FileType::Symlink;
  return {type, stampOf(status)};
}

FileType typeOf(int folder, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return FileType::Regular;
    case DT_DIR:
      return FileType::Directory;
    case DT_LNK:
      return FileType::Symlink;
    case DT_UNKNOWN: {
      struct stat status{};
      if (::fstatat(folder, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) return infoOf(status).type;
      return FileType::Other;
    }
    default:
      return FileType::Other;
  }
}

bool isOneName(const std::string& part) {
  return !part.empty() && part != "." && part != ".." && part.find('\0') == std::string::npos;
}

// The name with its letters in the other case; empty where it has none.
std::string otherCase(std::string name) {
  bool changed = false;
  for (char& c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter) c = static_cast<char>(c ^ 0x20);
    changed |= letter;
  }
  return changed ? name : std::string();
}

}  // namespace

core::Result<Directory> Directory::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), kFolderFlags));
  if (!fd) return failErrno(errno, "Cannot open the folder " + path);
  return Directory(std::move(fd), path);
}

core::Result<Directory> Directory::make(const std::string& path) {
  for (std::size_t slash = 0; slash != std::string::npos;) {
    slash = path.find('/', slash + 1);
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0777) != 0 && errno != EEXIST) {
      const int number = errno;
      // A parent that may not be written to is no obstacle where it is there.
      struct stat status{};
      if (::stat(part.c_str(), &status) != 0) return failErrno(number, "Cannot make the folder " + part);
    }
  }
  return open(path);
}

core::Result<std::pair<UniqueFd, std::string>> Directory::parentOf(std::string_view relative) const {
  UniqueFd folder;
  for (;;) {
    const auto slash = relative.find('/');
    const std::string part(relative.substr(0, slash));
    if (!isOneName(part)) return core::fail(core::ErrorCode::InvalidParams, "Not a path beneath " + path_ + ".");
    if (slash == std::string_view::npos) return std::pair(std::move(folder), part);
    const int from = folder ? folder.get() : fd_.get();
    UniqueFd next(::openat(from, part.c_str(), kFolderFlags | O_NOFOLLOW));
    if (!next) return failErrno(errno, "Cannot open the folder " + part + " in " + path_);
    folder = std::move(next);
    relative.remove_prefix(slash + 1);
  }
}

core::Result<Directory> Directory::child(std::string_view relative) const {
  if (relative.empty()) {
    UniqueFd self(::openat(fd_.get(), ".", kFolderFlags));
    if (!self) return failErrno(errno, "Cannot open the folder " + path_);
    return Directory(std::move(self), path_);
  }
  const std::string full = path_ + "/" + std::string(relative);
  auto [folder, name] = TROWEL_TRY(parentOf(relative));
  UniqueFd fd(::openat(folder ? folder.get() : fd_.get(), name.c_str(), kFolderFlags | O_NOFOLLOW));
  if (!fd) return failErrno(errno, "Cannot open the folder " + full);
  return Directory(std::move(fd), full);
}

core::Result<Directory> Directory::makeChild(std::string_view relative) const {
  if (relative.empty()) return child(relative);
  const std::string full = path_ + "/" + std::string(relative);
  UniqueFd folder;
  while (true) {
    const auto slash = relative.find('/');
    const std::string part(relative.substr(0, slash));
    if (!isOneName(part)) return core::fail(core::ErrorCode::InvalidParams, "Not a path beneath " + path_ + ".");
    const int from = folder ? folder.get() : fd_.get();
    if (::mkdirat(from, part.c_str(), 0777) != 0 && errno != EEXIST)
      return failErrno(errno, "Cannot make the folder " + full);
    UniqueFd next(::openat(from, part.c_str(), kFolderFlags | O_NOFOLLOW));
    if (!next) return failErrno(errno, "Cannot make the folder " + full + " where something else has the name");
    folder = std::move(next);
    if (slash == std::string_view::npos) return Directory(std::move(folder), full);
    relative.remove_prefix(slash + 1);
  }
}

core::Result<void> Directory::sync() const {
  if (::fsync(fd_.get()) != 0) return failErrno(errno, "Cannot write the folder " + path_);
  return {};
}

// By what is in it: the name of the folder itself belongs to another file system where one is mounted here.
core::Result<bool> Directory::ignoresCase() const {
  for (const auto& entry : TROWEL_TRY(entries())) {
    const auto other = otherCase(entry.name);
    struct stat own{};
    struct stat found{};
    if (other.empty() || ::fstatat(fd_.get(), entry.name.c_str(), &own, AT_SYMLINK_NOFOLLOW) != 0) continue;
    return ::fstatat(fd_.get(), other.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && own.st_ino == found.st_ino &&
           own.st_dev == found.st_dev;
  }
  return false;
}

core::Result<FileInfo> Directory::info(std::string_view relative) const {
  auto [folder, name] = TROWEL_TRY(parentOf(relative));
  struct stat status{};
  if (::fstatat(folder ? folder.get() : fd_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return failErrno(errno, "Cannot examine " + path_ + "/" + std::string(relative));
  return infoOf(status);
}

core::Result<FileInfo> Directory::info() const {
  struct stat status{};
  if (::fstat(fd_.get(), &status) != 0) return failErrno(errno, "Cannot examine " + path_);
  return infoOf(status);
}

core::Result<UniqueFd> Directory::openFile(std::string_view relative) const {
  const std::string full = path_ + "/" + std::string(relative);
  auto [folder, name] = TROWEL_TRY(parentOf(relative));
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  UniqueFd fd(::openat(folder ? folder.get() : fd_.get(), name.c_str(),
                       O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!fd) return failErrno(errno, "Cannot read " + full);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failErrno(errno, "Cannot read " + full);
  if (!S_ISREG(status.st_mode)) return core::fail(core::ErrorCode::InvalidParams, full + " is not a regular file.");
  return fd;
}

core::Result<FileContent> Directory::read(std::string_view relative, std::size_t maxBytes) const {
  const std::string full = path_ + "/" + std::string(relative);
  auto fd = TROWEL_TRY(openFile(relative));
  struct stat before{};
  if (::fstat(fd.get(), &before) != 0) return failErrno(errno, "Cannot read " + full);
  if (static_cast<std::uint64_t>(before.st_size) > maxBytes)
    return core::fail(core::ErrorCode::InvalidParams,
                      full + " is larger than the limit of " + std::to_string(maxBytes) + " bytes.");
  FileContent content;
  if (int error = readAll(fd.get(), maxBytes, content.bytes)) return failErrno(error, "Cannot read " + full);
  struct stat after{};
  if (::fstat(fd.get(), &after) != 0) return failErrno(errno, "Cannot read " + full);
  content.stamp = stampOf(after);
  if (stampOf(before) != content.stamp || content.bytes.size() != content.stamp.size)
    return core::fail(core::ErrorCode::Conflict, full + " changed while it was read.");
  return content;
}

core::Result<std::vector<DirectoryEntry>> Directory::entries() const {
  // A descriptor of its own: a listing moves the position that all copies of one share.
  const int fd = ::openat(fd_.get(), ".", kFolderFlags);
  if (fd < 0) return failErrno(errno, "Cannot list " + path_);
  DIR* stream = ::fdopendir(fd);
  if (stream == nullptr) {
    const int number = errno;
    ::close(fd);
    return failErrno(number, "Cannot list " + path_);
  }
  std::vector<DirectoryEntry> result;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") result.push_back({std::move(name), typeOf(fd, *entry)});
    errno = 0;
  }
  const int number = errno;
  ::closedir(stream);
  if (number != 0) return failErrno(number, "Cannot list " + path_);
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return result;
}

}  // namespace trowel::os
