// SPDX-License-Identifier: Apache-2.0
// Keeps one folder of a workspace equal to one project folder: once, or for as long as it runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/sync/remote_store.hpp"

namespace trowel::sync {

// held: another window or command syncs to this target.
enum class SyncState : std::uint8_t { Off, Syncing, Watching, Held, Failed };

struct SyncProblem {
  std::string path;     // relative to the project, or to the destination for a folder there
  std::string message;  // why it did not arrive, and what to do
};

struct SyncStatus {
  SyncState state = SyncState::Off;
  std::string destination;            // absolute workspace path
  std::size_t pending = 0;            // files and folders still to be sent or removed
  std::size_t done = 0;               // sent or removed since the start
  std::vector<SyncProblem> problems;  // sorted by path
  std::string message;                // a sentence for the user; empty where there is nothing to say
};

struct SyncOptions {
  std::string host;          // of the workspace, as the profile has it; with workspaceId it names the journal
  std::string workspaceId;   // empty where it is not known
  std::string remoteRoot;    // absolute workspace path
  std::string localRoot;     // the project folder
  std::string stateDir;      // os::stateDir(); journals and locks go to its folder "sync"
  std::string holder;        // who syncs, for others to read: "the window 'shop' (process 4711)"
  std::size_t parallel = 8;  // calls at the same time
  core::Duration debounce = std::chrono::milliseconds(50);  // of quiet before what changed is looked at
};

// One-way: nothing local is ever changed; nothing is removed remotely that was not written from here, nor anything
// whose local file may still exist. Interrupted at any point, the next session carries on where this one was.
class SyncSession {
 public:
  // On the session's own thread, at most every 100 ms and for every change of state. Must not call the session.
  using Changed = std::function<void(const SyncStatus&)>;

  // `remote` and `clock` outlive the session. NotFound where there is no such project folder.
  static core::Result<std::unique_ptr<SyncSession>> create(SyncOptions options, RemoteStore& remote, core::Clock& clock,
                                                           Changed changed = {});
  virtual ~SyncSession() = default;  // stop()

  // Once, on the calling thread; not after start(). Conflict, with the holder as its detail, where another session has
  // the target; Halted where going on could lose something; the remote's own error where it cannot be used at all.
  // Files that did not arrive are problems of the result, no Error.
  virtual core::Result<SyncStatus> syncOnce(const core::CancelToken& token) = 0;

  // Syncs and keeps watching, on a thread named watch-<folder>. While the target is held by another, the network is
  // away or a credential missing, it tries again by itself; the status says so.
  virtual void start() = 0;
  // Ends calls in flight and the thread, gives the target free; for good. Any thread but the session's own, and not
  // while syncOnce runs, which has its token.
  virtual void stop() = 0;

  // Any thread.
  virtual SyncStatus status() const = 0;

  // What the thread does over and over, for tests that drive it by hand in its place: looks at what has happened, does
  // what is due, returns how long nothing more will be due unless something happens (os::kForever: never).
  virtual core::Duration step() = 0;
  // Readable when something has changed in the project; -1 before the first step and where nothing can be watched.
  virtual int watchFd() const = 0;
};

}  // namespace trowel::sync
