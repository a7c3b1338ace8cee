// SPDX-License-Identifier: Apache-2.0
// The folder of a copy is named by what is in it; its time is when it was opened last. A copy is complete or not there:
// a download that is under way has another name until it is through.
#include "opened_copies.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "trowel/core/hash.hpp"
#include "trowel/core/log.hpp"
#include "trowel/os/files.hpp"

namespace trowel::features {

namespace fs = std::filesystem;
using core::Result;

namespace {

constexpr auto kKept = std::chrono::days(3);
constexpr std::size_t kKeyLength = 32;  // hex digits

fs::file_time_type now(const core::Clock& clock) {
  return std::chrono::time_point_cast<fs::file_time_type::duration>(std::chrono::file_clock::from_sys(clock.wallNow()));
}

}  // namespace

Result<OpenedCopies::Place> OpenedCopies::place(const std::string& key, const std::string& name) {
  prune();
  Place place;
  place.folder = folder_ + "/" + core::sha256(key).substr(0, kKeyLength);
  place.file = place.folder + "/" + name;
  TROWEL_TRY(os::makePrivateDirs(place.folder));
  std::error_code untold;  // then it is gone a little early
  fs::last_write_time(place.folder, now(clock_), untold);
  place.isThere = os::pathExists(place.file);
  return place;
}

Result<void> OpenedCopies::seal(const Place& place) {
  std::error_code error;
  fs::permissions(place.file, fs::perms::owner_read, error);
  if (!error) return {};
  return core::fail(core::ErrorCode::Internal, "Cannot make " + place.file + " read-only: " + error.message() + ".");
}

Result<std::string> OpenedCopies::passage() const {
  TROWEL_TRY(os::makePrivateDirs(folder_));
  return os::makeTempDir(folder_, "passage-");
}

void OpenedCopies::prune() const {
  std::error_code error;
  const auto oldest = now(clock_) - kKept;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const auto opened = entry.last_write_time(error);
    if (error || opened >= oldest) continue;
    if (auto removed = os::removeTree(entry.path().string()); !removed)
      core::logWarn("features", core::describe(removed.error()));
  }
}

}  // namespace trowel::features
