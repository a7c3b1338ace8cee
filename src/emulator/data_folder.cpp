// SPDX-License-Identifier: Apache-2.0
#include "emulator/data_folder.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace trowel::emulator {

core::Result<DataFolder> DataFolder::open(const std::filesystem::path& chosen) {
  std::error_code problem;
  if (!chosen.empty()) {
    std::filesystem::create_directories(chosen, problem);
    if (problem || ::access(chosen.c_str(), W_OK | X_OK) != 0)
      return core::fail(core::ErrorCode::PermissionDenied,
                        "The data folder " + chosen.string() + " cannot be written (" +
                            (problem ? problem.message() : std::strerror(errno)) + "). Choose another folder.");
    return DataFolder(std::filesystem::absolute(chosen), false);
  }
  auto base = std::filesystem::temp_directory_path(problem);
  std::string pattern = ((problem ? std::filesystem::path("/tmp") : base) / "trowel-emulator-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    return core::fail(core::ErrorCode::PermissionDenied,
                      std::string("No temporary folder can be made (") + std::strerror(errno) +
                          "). Set TMPDIR to a folder that you may write, or choose a data folder.");
  return DataFolder(pattern, true);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}

DataFolder::~DataFolder() {
  std::error_code ignored;  // what is left over lies in the system's temporary folder
  if (temporary_) std::filesystem::remove_all(path_, ignored);
}

}  // namespace trowel::emulator
