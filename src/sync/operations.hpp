// SPDX-License-Identifier: Apache-2.0
// Carries out single steps of a plan against the workspace, many at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sync/journal.hpp"
#include "sync/plan.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/os/directory.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/sync/remote_store.hpp"

namespace trowel::sync {

struct Outcome {
  Step step;
  core::Result<void> result;           // of the remote call
  std::optional<RemoteObject> object;  // what the workspace holds now, after a Put
  FolderOutcome folder = FolderOutcome::Existed;
  bool lookAgain = false;              // the file is not what the plan was made from any more
  std::optional<core::Error> journal;  // the acknowledgement could not be written down
};

// Any thread, many at a time.
class Operations {
 public:
  Operations(RemoteStore& remote, Journal& journal, std::string remoteRoot)
      : remote_(remote), journal_(journal), remoteRoot_(std::move(remoteRoot)) {}

  // `local` is what the plan was made from, for a Put.
  Outcome perform(const Step& step, const os::Directory& root, const LocalFile* local,
                  const core::CancelToken& token) const;

  // "" is the root itself.
  core::Result<FolderOutcome> makeFolder(const std::string& remotePath, const core::CancelToken& token) const;

 private:
  std::string absolute(const std::string& remotePath) const;
  void put(Outcome& outcome, const os::Directory& root, const LocalFile& local, const core::CancelToken& token) const;

  RemoteStore& remote_;
  Journal& journal_;
  const std::string remoteRoot_;
  mutable std::mutex large_;  // held while a large file is in memory: one at a time
};

// Runs one wave of steps on threads of its own, in their order, until one fails in a way that concerns all. The owner
// takes outcomes as they come.
class Wave {
 public:
  using Perform = std::function<Outcome(const Step&)>;

  // `wake` is signalled for every outcome and at the end.
  Wave(std::vector<Step> steps, std::size_t parallel, Perform perform, const os::WakeFd& wake);
  ~Wave();  // stop(), then waits for what is in flight
  Wave(const Wave&) = delete;
  Wave& operator=(const Wave&) = delete;

  std::vector<Outcome> take();
  // Starts nothing more.
  void stop();
  // Nothing is in flight and nothing will be started; what take() returns next is the last.
  bool finished() const;

 private:
  void run();

  const std::vector<Step> steps_;
  const Perform perform_;
  const os::WakeFd& wake_;
  mutable std::mutex mutex_;  // guards what follows
  std::size_t next_ = 0;
  std::size_t running_ = 0;  // threads
  std::vector<Outcome> outcomes_;
  std::vector<std::thread> threads_;
};

}  // namespace trowel::sync
