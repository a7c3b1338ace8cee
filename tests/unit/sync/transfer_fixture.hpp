// SPDX-License-Identifier: Apache-2.0
// A tree in memory, a folder on disk, and an observer that writes down what it is told.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/manual_clock.hpp"
#include "support/memory_tree.hpp"
#include "support/temp_dir.hpp"
#include "trowel/sync/transfer.hpp"

namespace trowel::test {

class TransferLog final : public sync::TransferObserver {
 public:
  std::function<core::Result<sync::Resolution>(const sync::CopyStep&)> answer;

  void progress(const sync::TransferProgress& progress) override {
    std::lock_guard lock(mutex_);
    last_ = progress;
    shown_.push_back(progress.bytes);
  }
  void finished(const sync::CopyStep& step, sync::ItemState state, const core::Error*) override {
    std::lock_guard lock(mutex_);
    if (state != sync::ItemState::Failed) ++done_[step.remote];
  }
  core::Result<sync::Resolution> resolve(const sync::CopyStep& step, const core::CancelToken&) override {
    {
      std::lock_guard lock(mutex_);
      asked_.push_back(step.remote);
    }
    if (!answer) return core::fail(core::ErrorCode::Internal, "Nobody expects a question.");
    return answer(step);
  }

  void forget() {
    std::lock_guard lock(mutex_);
    done_.clear();
    asked_.clear();
  }
  std::map<std::string, int> done() const {
    std::lock_guard lock(mutex_);
    return done_;
  }
  std::vector<std::string> asked() const {
    std::lock_guard lock(mutex_);
    return asked_;
  }
  // Bytes, each time that they were shown.
  std::vector<std::uint64_t> shown() const {
    std::lock_guard lock(mutex_);
    return shown_;
  }
  sync::TransferProgress last() const {
    std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::map<std::string, int> done_;
  std::vector<std::string> asked_;
  sync::TransferProgress last_;
  std::vector<std::uint64_t> shown_;
};

struct TransferFixture {
  TransferFixture() { clock.advanceOnWait(); }

  TempDir dir;
  MemoryTree tree;
  ManualClock clock;
  TransferLog log;
  std::string root = "/Users/me/p";
  sync::TransferOptions options{.identity = "https://host", .stateDir = dir / "state", .parallel = 4};

  std::string at(const std::string& path) const { return dir / ("here/" + path); }
  void write(const std::string& path, const std::string& bytes) const { dir.write("here/" + path, bytes); }

  sync::TransferRequest request(sync::Direction direction, std::vector<std::string> names = {}) const {
    sync::TransferRequest made{.direction = direction, .folders = {{root, dir / "here", std::move(names)}}};
    made.formats = sync::ExportFormats::standard();
    return made;
  }
  sync::TransferPlan plan(const sync::TransferRequest& what) {
    return sync::Transfer(tree, clock, options).plan(what, {}).value();
  }
  // What a new process does: looks and runs.
  sync::TransferReport transfer(const sync::TransferRequest& what, const core::CancelToken& token = {}) {
    sync::Transfer fresh(tree, clock, options);
    auto planned = fresh.plan(what, token);
    if (planned) return fresh.run(*planned, log, token);
    sync::TransferReport report;
    report.stopped = planned.error();
    return report;
  }

  // Path to bytes of all files here.
  std::map<std::string, std::string> here() const {
    std::map<std::string, std::string> result;
    if (!std::filesystem::exists(dir / "here")) return result;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / "here")) {
      if (entry.is_regular_file() && !entry.is_symlink())
        result[std::filesystem::relative(entry.path(), dir / "here")] =
            dir.read("here/" + std::filesystem::relative(entry.path(), dir / "here").string());
    }
    return result;
  }
  // The same of the remote root.
  std::map<std::string, std::string> there() const {
    std::map<std::string, std::string> result;
    for (const auto& [path, bytes] : tree.contents()) {
      if (path.starts_with(root + "/")) result[path.substr(root.size() + 1)] = bytes;
    }
    return result;
  }
};

}  // namespace trowel::test
