// SPDX-License-Identifier: Apache-2.0
// inotify watches single folders, so the recursion is ours. A folder is watched first and listed after, again and again
// down the tree: what appears between the two is then either listed or reported. A folder that moves takes its watches
// along under wrong names, so its watches are dropped when it leaves and made anew where it arrives; the event for the
// folder itself makes the reader look at everything beneath it, which covers what happened in between.
#include "trowel/os/watcher.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trowel/os/directory.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/system_error.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::os {

namespace {

// IN_CREATE is asked for because folders and links come complete with it; files are reported when they are closed.
constexpr std::uint32_t kMask =
    IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
constexpr std::uint32_t kRootMask = kMask | IN_DELETE_SELF | IN_MOVE_SELF;

std::string join(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : std::string(folder) + "/" + std::string(name);
}

class InotifyWatcher final : public Watcher {
 public:
  InotifyWatcher(UniqueFd fd, std::string root, Prune prune)
      : fd_(std::move(fd)), root_(std::move(root)), prune_(std::move(prune)) {}

  core::Result<void> start() {
    const int watch = ::inotify_add_watch(fd_.get(), root_.c_str(), kRootMask);
    if (watch < 0) return std::unexpected(watchError(errno, root_));
    rootWatch_ = watch;
    remember(watch, "");
    watchChildren("");
    return {};
  }

  int fd() const override { return fd_.get(); }
  std::size_t watchedFolders() const override { return folderOf_.size(); }
  void refresh() override { watchChildren(""); }

  WatchEvents step() override {
    WatchEvents events;
    alignas(inotify_event) std::array<char, 65536> buffer;
    for (;;) {
      const ssize_t got = ::read(fd_.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      for (const char* at = buffer.data(); at < buffer.data() + got;) {
        const auto& event = *reinterpret_cast<const inotify_event*>(at);
        handle(event, events);
        at += sizeof(inotify_event) + event.len;
      }
    }
    events.incomplete = std::exchange(incomplete_, std::nullopt);
    return events;
  }

 private:
  std::string fullPath(const std::string& relative) const { return relative.empty() ? root_ : root_ + "/" + relative; }

  void handle(const inotify_event& event, WatchEvents& events) {
    if (event.mask & IN_Q_OVERFLOW) {
      events.overflow = true;
      watchChildren("");  // folders whose creation was among what is lost
      return;
    }
    const auto found = folderOf_.find(event.wd);
    if (found == folderOf_.end()) return;  // a watch that was dropped while its events were queued
    if (event.wd == rootWatch_ && (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED))) {
      events.rootGone = true;
      return;
    }
    if (event.mask & IN_IGNORED) {
      forget(event.wd);
      return;
    }
    if (event.len == 0) return;
    const std::string path = join(found->second, event.name);
    if (event.mask & IN_ISDIR) {
      if (event.mask & (IN_MOVED_FROM | IN_DELETE)) dropTree(path);
      if (event.mask & (IN_MOVED_TO | IN_CREATE)) watchTree(path);
      events.paths.insert(path);
    } else if (!(event.mask & IN_CREATE) || bornComplete(path)) {
      events.paths.insert(path);
    }
  }

  // A created file is reported when its writer closes it; a link to an existing one has no writer.
  bool bornComplete(const std::string& path) const {
    struct stat status{};
    if (::lstat(fullPath(path).c_str(), &status) != 0) return false;
    return !S_ISREG(status.st_mode) || status.st_nlink > 1;
  }

  void watchTree(const std::string& folder) {
    if (prune_ && prune_(folder)) return;
    const int watch = ::inotify_add_watch(fd_.get(), fullPath(folder).c_str(), kMask);
    if (watch < 0) {
      // Gone again or a link by now: its own event follows. Anything else leaves a blind spot that must be told.
      if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) incomplete_ = watchError(errno, fullPath(folder));
      return;
    }
    remember(watch, folder);
    watchChildren(folder);
  }

  void watchChildren(const std::string& folder) {
    auto directory = Directory::open(fullPath(folder));
    if (!directory) return;
    auto entries = directory->entries();
    if (!entries) return;
    directory = std::unexpected(core::Error{});  // close it: the recursion may be deep
    for (const auto& entry : *entries) {
      if (entry.type == FileType::Directory) watchTree(join(folder, entry.name));
    }
  }

  void remember(int watch, const std::string& folder) {
    // The kernel hands out one watch per inode: the same number under a new path is a folder that moved.
    if (auto known = folderOf_.find(watch); known != folderOf_.end()) watchOf_.erase(known->second);
    folderOf_[watch] = folder;
    watchOf_[folder] = watch;
  }

  void forget(int watch) {
    auto known = folderOf_.find(watch);
    if (known == folderOf_.end()) return;
    if (auto it = watchOf_.find(known->second); it != watchOf_.end() && it->second == watch) watchOf_.erase(it);
    folderOf_.erase(known);
  }

  void dropTree(const std::string& folder) {
    std::vector<int> watches;
    if (auto it = watchOf_.find(folder); it != watchOf_.end()) watches.push_back(it->second);
    const std::string prefix = folder + "/";
    for (auto it = watchOf_.lower_bound(prefix); it != watchOf_.end() && it->first.starts_with(prefix); ++it)
      watches.push_back(it->second);
    for (int watch : watches) {
      ::inotify_rm_watch(fd_.get(), watch);
      forget(watch);
    }
  }

  static core::Error watchError(int number, const std::string& path) {
    if (number == ENOSPC)
      return core::fail(core::ErrorCode::Overloaded,
                        "The system's limit of watched folders is reached, so changes in " + path +
                            " and others are not seen at once. Raise it with: sudo sysctl "
                            "fs.inotify.max_user_watches=1048576 (write it to /etc/sysctl.d/ to keep it).")
          .error();
    return failErrno(number, "Cannot watch the folder " + path).error();
  }

  UniqueFd fd_;
  const std::string root_;
  const Prune prune_;
  int rootWatch_ = -1;
  std::unordered_map<int, std::string> folderOf_;
  std::map<std::string, int> watchOf_;
  std::optional<core::Error> incomplete_;
};

}  // namespace

core::Result<std::unique_ptr<Watcher>> Watcher::create(const std::string& root, Prune prune) {
  const std::string path = TROWEL_TRY(realPath(root));
  UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd && errno == EMFILE)
    return core::fail(core::ErrorCode::Overloaded,
                      "The system's limit of file watchers is reached. Close other programs that watch folders, or "
                      "raise it with: sudo sysctl fs.inotify.max_user_instances=1024");
  if (!fd) return failErrno(errno, "Cannot watch " + path);
  auto watcher = std::make_unique<InotifyWatcher>(std::move(fd), path, std::move(prune));
  TROWEL_TRY(watcher->start());
  return watcher;
}

}  // namespace trowel::os
