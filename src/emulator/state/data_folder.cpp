// SPDX-License-Identifier: Apache-2.0
#include "emulator/state/data_folder.hpp"

#include <unistd.h>

#include "trowel/os/files.hpp"

namespace trowel::emulator {

core::Result<DataFolder> DataFolder::open(const std::filesystem::path& chosen) {
  std::error_code problem;
  if (chosen.empty()) {
    auto base = std::filesystem::temp_directory_path(problem);
    auto made = os::makeTempDir(problem ? "/tmp" : base.string(), "trowel-emulator-");
    if (!made)
      return core::failBecause(
          made.error(),
          "No temporary folder can be made. Set TMPDIR to a folder that you may write, or choose a "
          "data folder.");
    return DataFolder(*made, true);
  }
  std::filesystem::create_directories(chosen, problem);
  if (problem || ::access(chosen.c_str(), W_OK | X_OK) != 0)
    return core::fail(core::ErrorCode::PermissionDenied,
                      "The data folder " + chosen.string() + " cannot be written. Choose another folder.",
                      problem.message());
  DataFolder folder(std::filesystem::absolute(chosen), false);
  auto lock = os::FileLock::tryAcquire((folder.path_ / "lock").string(), os::LockMode::Exclusive,
                                       "emulator (pid " + std::to_string(::getpid()) + ")");
  if (!lock)
    return core::failBecause(lock.error(),
                             "The data folder " + chosen.string() +
                                 " is in use by another emulator. Stop that one, or choose another folder.");
  folder.lock_ = std::move(*lock);
  return folder;
}

DataFolder::~DataFolder() {
  // What cannot be removed lies in the system's temporary folder.
  if (temporary_) static_cast<void>(os::removeTree(path_.string()));
}

}  // namespace trowel::emulator
