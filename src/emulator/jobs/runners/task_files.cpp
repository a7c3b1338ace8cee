// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/runners/task_files.hpp"

#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxFile = 64UL * 1024 * 1024;

}  // namespace

std::optional<std::string> TaskFiles::seen(std::string_view path) {
  for (auto part : core::split(path, '/'))
    if (part == ".." || part.find('\0') != std::string_view::npos) return std::nullopt;
  bool dbfs = path.starts_with("dbfs:/");
  if (dbfs) path.remove_prefix(5);
  if (!path.starts_with('/')) return std::nullopt;
  std::string absolute(path);
  for (std::string_view mount : {"/Volumes/", "/Workspace/", "/dbfs/"})
    if (path.starts_with(mount) && (!dbfs || mount == "/Volumes/")) return absolute;
  return (dbfs ? "/dbfs" : "/Workspace") + absolute;
}

std::optional<std::filesystem::path> TaskFiles::find(std::string_view path) const {
  auto name = seen(path);
  if (!name) return std::nullopt;
  std::filesystem::path file = root_ / name->substr(1);
  std::error_code problem;
  if (!std::filesystem::is_regular_file(file, problem)) return std::nullopt;
  return file;
}

Reply<std::string> TaskFiles::read(std::string_view path) const {
  auto file = find(path);
  auto content = file ? os::readFile(file->string(), kMaxFile) : core::fail(core::ErrorCode::NotFound, "");
  if (!content) return doesNotExist("The file " + std::string(path) + " cannot be read.");
  return *content;
}

}  // namespace trowel::emulator
