// SPDX-License-Identifier: Apache-2.0
// User code writes here too, and may put a symbolic link anywhere at any time. So no path is ever handed to the system
// in one piece: each part is opened relative to the one before it and must be a real folder.
#include "emulator/files/file_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>

#include "emulator/world.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxPath = 3000;  // leaves the system's limit of 4,096 room for the folder of the tree
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

bool isGoodName(std::string_view name) {
  return !name.empty() && name.size() <= NAME_MAX && name != "." && name != ".." &&
         name.find('\0') == std::string_view::npos;
}

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

FileStatus toStatus(const struct stat& found) {
  FileStatus status;
  status.folder = S_ISDIR(found.st_mode);
  if (!status.folder) status.size = static_cast<std::uint64_t>(found.st_size);
  status.modifiedAt = nanoseconds(found.st_mtim) / 1'000'000;
  status.version = {
      .inode = found.st_ino, .modified = nanoseconds(found.st_mtim), .changed = nanoseconds(found.st_ctim)};
  return status;
}

bool isOurs(const struct stat& found) { return S_ISREG(found.st_mode) || S_ISDIR(found.st_mode); }

// Where it is there: somebody may just have removed it.
FileResult<void> addEntry(int folder, std::string name, std::vector<FileEntry>& entries) {
  struct stat found{};
  if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT ? FileResult<void>() : failed(errno);
  if (isOurs(found)) entries.push_back({std::move(name), toStatus(found)});
  return {};
}

}  // namespace

FileTree::FileTree(core::Clock& clock, std::filesystem::path root, std::filesystem::path incoming, bool durable)
    : clock_(clock),
      root_(std::move(root)),
      incoming_(std::move(incoming)),
      durable_(durable),
      rootFd_(::open(root_.c_str(), kFolderFlags)) {}

FileResult<os::UniqueFd> FileTree::openFolder(std::string_view path) const {
  if (path.size() > kMaxPath) return std::unexpected(FileProblem::BadName);
  os::UniqueFd folder(::openat(rootFd_.get(), ".", kFolderFlags));
  if (!folder) return failed(errno);
  for (auto part : core::split(path, '/')) {
    if (part.empty()) continue;
    if (!isGoodName(part)) return std::unexpected(FileProblem::BadName);
    os::UniqueFd next(::openat(folder.get(), std::string(part).c_str(), kFolderFlags));
    if (!next) return failed(errno);
    folder = std::move(next);
  }
  return folder;
}

FileResult<FileTree::Place> FileTree::locate(std::string_view path) const {
  auto slash = path.rfind('/');
  std::string name(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  if (name.empty()) {
    auto root = TROWEL_TRY(openFolder("/"));
    return Place{std::move(root), "."};
  }
  if (!isGoodName(name)) return std::unexpected(FileProblem::BadName);
  auto folder = TROWEL_TRY(openFolder(path.substr(0, slash)));
  return Place{std::move(folder), std::move(name)};
}

FileResult<void> FileTree::settle(const os::UniqueFd& folder) const {
  if (durable_ && ::fsync(folder.get()) != 0) return failed(errno);
  return {};
}

FileResult<FileStatus> FileTree::status(std::string_view path) const {
  auto place = TROWEL_TRY(locate(path));
  struct stat found{};
  if (::fstatat(place.folder.get(), place.name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return failed(errno);
  if (!isOurs(found)) return std::unexpected(FileProblem::NotFound);
  return toStatus(found);
}

FileResult<std::vector<FileEntry>> FileTree::list(std::string_view path) const {
  auto folder = TROWEL_TRY(openFolder(path));
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(folder.get()), ::closedir);
  if (!stream) return failed(errno);
  int fd = folder.release();  // the stream's now
  std::vector<FileEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (!entry && errno != 0) return failed(errno);
    if (!entry) break;
    std::string name(entry->d_name);
    // What is not UTF-8 no client can ask for.
    if (name != "." && name != ".." && core::isUtf8(name)) TROWEL_TRY(addEntry(fd, std::move(name), entries));
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

FileResult<std::vector<FileEntry>> FileTree::those(std::string_view path, const std::vector<std::string>& names) const {
  auto folder = TROWEL_TRY(openFolder(path));
  std::vector<FileEntry> entries;
  for (const auto& name : names)
    if (isGoodName(name)) TROWEL_TRY(addEntry(folder.get(), name, entries));
  return entries;
}

FileResult<std::string> FileTree::read(std::string_view path, std::uint64_t offset, std::uint64_t length) const {
  auto place = TROWEL_TRY(locate(path));
  // O_NONBLOCK: user code may have made a FIFO.
  os::UniqueFd file(::openat(place.folder.get(), place.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat found{};
  if (!file || ::fstat(file.get(), &found) != 0) return failed(errno);
  if (S_ISDIR(found.st_mode)) return std::unexpected(FileProblem::IsAFolder);
  if (!S_ISREG(found.st_mode)) return std::unexpected(FileProblem::NotFound);
  auto size = static_cast<std::uint64_t>(found.st_size);
  return readBytes(file.get(), offset, offset < size ? std::min(length, size - offset) : 0);
}

FileResult<StagedFile> FileTree::stage() const {
  auto path = incoming_ / core::randomHex(16);
  os::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd) return failed(errno);
  return StagedFile(std::move(path), std::move(fd));
}

FileResult<void> FileTree::place(StagedFile& file, std::string_view path, Replace replace) {
  auto place = TROWEL_TRY(locate(path));
  if (place.name == ".") return std::unexpected(FileProblem::IsAFolder);
  auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(clock_.wallNow().time_since_epoch()).count();
  TROWEL_TRY(file.finish({.tv_sec = now / 1'000'000'000, .tv_nsec = now % 1'000'000'000}, durable_));
  unsigned flags = replace == Replace::Yes ? 0 : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, file.path().c_str(), place.folder.get(), place.name.c_str(), flags) != 0)
    return failed(errno);
  file.release();
  return settle(place.folder);
}

FileResult<void> FileTree::placeWithFolders(StagedFile& file, std::string_view path, Replace replace) {
  constexpr int kAttempts = 20;  // each one means that user code has removed the folders between two steps of ours
  std::shared_lock lock(shape_);
  FileResult<void> placed;
  for (int i = 0; i < kAttempts; ++i) {
    auto made = makeFolders(path.substr(0, path.rfind('/')));
    if (!made && made.error() == FileProblem::Exists) made = std::unexpected(FileProblem::NotAFolder);
    placed = made ? place(file, path, replace) : made;
    if (placed || placed.error() != FileProblem::NotFound) break;
  }
  return placed;
}

FileResult<void> FileTree::write(std::string_view path, std::string_view bytes, Replace replace) {
  auto file = TROWEL_TRY(stage());
  TROWEL_TRY(file.append(bytes));
  return place(file, path, replace);
}

FileResult<void> FileTree::makeFolders(std::string_view path) {
  if (path.size() > kMaxPath) return std::unexpected(FileProblem::BadName);
  auto folder = TROWEL_TRY(openFolder("/"));
  auto parts = core::split(path, '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;
    if (!isGoodName(parts[i])) return std::unexpected(FileProblem::BadName);
    std::string name(parts[i]);
    if (::mkdirat(folder.get(), name.c_str(), 0755) == 0)
      TROWEL_TRY(settle(folder));
    else if (errno != EEXIST)
      return failed(errno);
    os::UniqueFd next(::openat(folder.get(), name.c_str(), kFolderFlags));
    if (!next && errno == ENOTDIR && i + 1 == parts.size()) return std::unexpected(FileProblem::Exists);
    if (!next) return failed(errno);
    folder = std::move(next);
  }
  return {};
}

FileResult<void> FileTree::remove(std::string_view path) {
  std::lock_guard lock(shape_);
  auto place = TROWEL_TRY(locate(path));
  struct stat found{};
  if (::fstatat(place.folder.get(), place.name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return failed(errno);
  int flags = S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0;
  if (::unlinkat(place.folder.get(), place.name.c_str(), flags) != 0) return failed(errno);
  return settle(place.folder);
}

FileResult<void> FileTree::removeAll(std::string_view path) {
  auto place = TROWEL_TRY(locate(path));
  // Out of sight in one step, then away at leisure; what a crash leaves is cleared at the next start.
  auto grave = incoming_ / core::randomHex(16);
  {
    std::lock_guard lock(shape_);
    if (::renameat2(place.folder.get(), place.name.c_str(), AT_FDCWD, grave.c_str(), RENAME_NOREPLACE) != 0)
      return failed(errno);
  }
  auto settled = settle(place.folder);
  if (auto removed = os::removeTree(grave.string()); !removed)
    core::logWarn("emulator", core::describe(removed.error()));
  return settled;
}

FileResult<void> FileTree::move(std::string_view from, std::string_view to) {
  auto source = TROWEL_TRY(locate(from));
  auto target = TROWEL_TRY(locate(to));
  std::lock_guard lock(shape_);
  if (::renameat2(source.folder.get(), source.name.c_str(), target.folder.get(), target.name.c_str(),
                  RENAME_NOREPLACE) != 0)
    return errno == EINVAL ? std::unexpected(FileProblem::IntoItself) : failed(errno);
  TROWEL_TRY(settle(target.folder));
  return settle(source.folder);
}

std::filesystem::path FileTree::real(std::string_view path) const {
  while (path.starts_with('/')) path.remove_prefix(1);
  return path.empty() ? root_ : root_ / path;
}

namespace {

FileTree treeOf(const World& world, const char* name) {
  return {world.clock, world.folder / "root" / name, world.folder / "incoming", world.state != nullptr};
}

}  // namespace

Trees::Trees(const World& world)
    : workspace(treeOf(world, "Workspace")), dbfs(treeOf(world, "dbfs")), volumes(treeOf(world, "Volumes")) {}

bool prepareTrees(const std::filesystem::path& dataFolder) {
  std::error_code problem;
  if (!os::removeTree((dataFolder / "incoming").string())) return false;
  std::filesystem::create_directories(dataFolder / "incoming", problem);
  for (const char* name : {"Workspace", "dbfs", "Volumes"})
    if (!problem) std::filesystem::create_directories(dataFolder / "root" / name, problem);
  return !problem;
}

}  // namespace trowel::emulator
