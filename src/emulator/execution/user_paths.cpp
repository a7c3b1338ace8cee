// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/user_paths.hpp"

#include <algorithm>
#include <cstdlib>

#include "emulator/embedded_files.hpp"
#include "trowel/os/files.hpp"

namespace trowel::emulator {

namespace {

constexpr std::string_view kLibrary = "paths.so";

std::string_view library() {
  auto files = embeddedFiles();
  auto it = std::find_if(files.begin(), files.end(), [](const auto& file) { return file.path == kLibrary; });
  return it == files.end() ? std::string_view() : it->content;
}

}  // namespace

core::Result<UserPaths> UserPaths::prepare(const std::filesystem::path& dataFolder) {
  UserPaths paths;
  // The system tells of a working folder without symbolic links, and so must we.
  auto folder = TROWEL_TRY(os::realPath(dataFolder.string()));
  auto root = folder + "/root";
  // The list of libraries to load is separated by spaces and colons.
  if (folder.find_first_of(" :\t\n") != std::string::npos)
    folder = paths.temporary_ = TROWEL_TRY(os::makeTempDir("/tmp", "trowel-emulator-"));
  auto file = folder + "/" + std::string(kLibrary);
  TROWEL_TRY(os::replaceFile(file, library(), 0644));
  if (const char* others = std::getenv("LD_PRELOAD"); others != nullptr && *others != '\0')
    file += std::string(":") + others;
  paths.environment_ = {{"LD_PRELOAD", std::move(file)}, {"TROWEL_ROOT", std::move(root)}};
  return paths;
}

UserPaths::UserPaths(UserPaths&& other) noexcept
    : temporary_(std::exchange(other.temporary_, {})), environment_(std::move(other.environment_)) {}

UserPaths::~UserPaths() {
  if (!temporary_.empty()) static_cast<void>(os::removeTree(temporary_));  // left over in /tmp at worst
}

}  // namespace trowel::emulator
