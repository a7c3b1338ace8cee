// SPDX-License-Identifier: Apache-2.0
// Of each file the nearest folder that exists is watched for the next name on the way to it. When that name comes or
// goes, everything is looked up anew: the way may be longer or shorter now.
#include "trowel/os/file_watch.hpp"

#include <fnmatch.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <map>
#include <mutex>
#include <thread>

#include "trowel/core/log.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/os/system_error.hpp"

namespace trowel::os {

namespace {

constexpr std::uint32_t kMask =
    IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

// A file's own name may look like a pattern.
bool matchesOne(const std::set<std::string>& names, const char* name) {
  return names.contains(name) || std::ranges::any_of(names, [name](const std::string& pattern) {
           return ::fnmatch(pattern.c_str(), name, FNM_PERIOD) == 0;
         });
}

}  // namespace

struct FileWatch::State {
  UniqueFd inotify;
  std::function<void()> changed;
  WakeFd wake;
  std::mutex mutex;  // guards everything below
  std::set<std::string> files;
  std::map<int, std::set<std::string>> names;  // by watch
  bool stopping = false;
  std::thread thread;

  void run() {
    core::nameThread("files");
    while (true) {
      waitReadable({inotify.get(), wake.fd()}, kForever);
      wake.clear();
      bool matters = readEvents();
      {
        std::lock_guard lock(mutex);
        if (stopping) return;
        if (matters) watchAll();
      }
      if (matters) changed();
    }
  }

  bool readEvents() {
    bool matters = false;
    alignas(inotify_event) std::array<char, 16384> buffer;
    while (true) {
      const ssize_t got = ::read(inotify.get(), buffer.data(), buffer.size());
      if (got <= 0) return matters;
      std::lock_guard lock(mutex);
      for (const char* at = buffer.data(); at < buffer.data() + got;) {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as inotify(7) reads it
        const auto& event = *reinterpret_cast<const inotify_event*>(at);
        at += sizeof(inotify_event) + event.len;
        auto it = names.find(event.wd);
        const bool all = (event.mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF)) != 0;
        matters = matters || all || (it != names.end() && event.len > 0 && matchesOne(it->second, event.name));
      }
    }
  }

  void watchAll() {
    std::map<int, std::set<std::string>> fresh;
    for (const auto& file : files) {
      watch(file, fresh);
      // Of a link the file behind it as well: editors write there.
      if (auto target = realPath(file); target && *target != file) watch(*target, fresh);
    }
    for (const auto& [old, unused] : names)
      if (!fresh.contains(old)) ::inotify_rm_watch(inotify.get(), old);
    names = std::move(fresh);
  }

  void watch(const std::string& file, std::map<int, std::set<std::string>>& fresh) const {
    std::string path = file;
    int again = 3;  // a folder that comes into being between the two looks is then found
    while (path.size() > 1) {
      auto slash = path.rfind('/');
      auto folder = slash == 0 ? std::string("/") : path.substr(0, slash);
      const int number = ::inotify_add_watch(inotify.get(), folder.c_str(), kMask);
      if (number >= 0) {
        fresh[number].insert(path.substr(slash + 1));
        if (path == file || !pathExists(path) || again-- == 0) return;
        path = file;
        continue;
      }
      if (errno != ENOENT && errno != ENOTDIR) {
        core::logWarn("os", failErrno(errno, "Cannot watch " + folder).error().message);
        return;
      }
      path = std::move(folder);
    }
  }
};

FileWatch::FileWatch(std::unique_ptr<State> state) : state_(std::move(state)) {}

core::Result<std::unique_ptr<FileWatch>> FileWatch::create(std::function<void()> changed) {
  auto state = std::make_unique<State>();
  state->inotify = UniqueFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (state->inotify.get() < 0) return failErrno(errno, "Cannot watch files");
  state->changed = std::move(changed);
  auto& running = *state;
  running.thread = std::thread([&running] { running.run(); });
  return std::unique_ptr<FileWatch>(new FileWatch(std::move(state)));
}

FileWatch::~FileWatch() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.signal();
  state_->thread.join();
}

void FileWatch::follow(std::set<std::string> files) {
  std::lock_guard lock(state_->mutex);
  if (files == state_->files) return;
  state_->files = std::move(files);
  state_->watchAll();
}

}  // namespace trowel::os
