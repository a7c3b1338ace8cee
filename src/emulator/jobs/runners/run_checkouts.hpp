// SPDX-License-Identifier: Apache-2.0
// The Git sources of job runs: one clone for each run, at one commit, that all its tasks share.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "emulator/repos/git.hpp"
#include "emulator/world.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Any thread.
class RunCheckouts {
 public:
  // Called with the workspace path of a folder, so that the workspace takes it for a Git folder: it then finds
  // notebooks by their names without extensions.
  using Made = std::function<void(const std::string& folder)>;
  // `root` holds Workspace. What an emulator before this one has left behind goes.
  RunCheckouts(const World& world, const std::filesystem::path& root, Made made);

  struct Checkout {
    std::string folder;  // workspace path
    std::string commit;
  };
  // The run's clone, made at first. `commit` is what the run has used before; empty: whatever `gitSource` leads to. The
  // error says why there is none.
  std::expected<Checkout, std::string> of(std::int64_t jobRunId, const core::Json& gitSource,
                                          const std::string& commit);
  void remove(std::int64_t jobRunId);

  // Whatever git does now ends, and fails.
  void stop() { stopping_.cancel(core::CancelReason::Shutdown); }
  // The root of the clone around a workspace path; empty where there is none.
  static std::string folderAround(std::string_view path);

 private:
  struct Entry {
    std::mutex mutex;  // held while git works
    Checkout checkout;
  };

  std::expected<std::string, std::string> clone(const core::Json& gitSource, const std::string& commit,
                                                const std::filesystem::path& files) const;

  const std::filesystem::path folder_;
  core::CancelSource stopping_;
  const Git git_;
  const Made made_;
  std::mutex mutex_;  // guards everything below
  std::map<std::int64_t, std::shared_ptr<Entry>> entries_;
};

}  // namespace trowel::emulator
