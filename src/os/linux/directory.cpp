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

#include "os/linux/read_fd.hpp"
#include "trowel/os/system_error.hpp"

namespace trowel::os {

namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

FileStamp stampOf(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

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

}  // namespace

core::Result<Directory> Directory::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), kFolderFlags));
  if (!fd) return failErrno(errno, "Cannot open the folder " + path);
  return Directory(std::move(fd), path);
}

core::Result<std::pair<UniqueFd, std::string>> Directory::parentOf(std::string_view relative) const {
  UniqueFd folder;
  for (;;) {
    const auto slash = relative.find('/');
    const std::string part(relative.substr(0, slash));
    if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string::npos)
      return core::fail(core::ErrorCode::InvalidParams, "Not a path beneath " + path_ + ".");
    if (slash == std::string_view::npos) return std::pair(std::move(folder), part);
    const int from = folder ? folder.get() : fd_.get();
    UniqueFd next(::openat(from, part.c_str(), kFolderFlags | O_NOFOLLOW));
    if (!next) return failErrno(errno, "Cannot open the folder " + part + " in " + path_);
    folder = std::move(next);
    relative.remove_prefix(slash + 1);
  }
}

core::Result<Directory> Directory::child(std::string_view relative) const {
  const std::string full = path_ + "/" + std::string(relative);
  auto [folder, name] = TROWEL_TRY(parentOf(relative));
  UniqueFd fd(::openat(folder ? folder.get() : fd_.get(), name.c_str(), kFolderFlags | O_NOFOLLOW));
  if (!fd) return failErrno(errno, "Cannot open the folder " + full);
  return Directory(std::move(fd), full);
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

core::Result<FileContent> Directory::read(std::string_view relative, std::size_t maxBytes) const {
  const std::string full = path_ + "/" + std::string(relative);
  auto [folder, name] = TROWEL_TRY(parentOf(relative));
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  UniqueFd fd(::openat(folder ? folder.get() : fd_.get(), name.c_str(),
                       O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!fd) return failErrno(errno, "Cannot read " + full);
  struct stat before{};
  if (::fstat(fd.get(), &before) != 0) return failErrno(errno, "Cannot read " + full);
  if (!S_ISREG(before.st_mode)) return core::fail(core::ErrorCode::InvalidParams, full + " is not a regular file.");
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
