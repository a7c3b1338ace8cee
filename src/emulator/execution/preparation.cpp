// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/preparation.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "emulator/embedded_files.hpp"
#include "emulator/server/faults.hpp"
#include "trowel/os/sqlite.hpp"

namespace trowel::emulator {

namespace {

std::unexpected<core::Error> cannotWrite(const std::filesystem::path& folder) {
  return core::fail(core::ErrorCode::PermissionDenied,
                    "The data folder " + folder.string() + " cannot be written. Free some space or choose another.");
}

}  // namespace

core::Result<void> writeKeeper(const std::filesystem::path& modules) {
  for (const auto& file : embeddedFiles()) {
    if (file.path != "keeper") continue;
    // In one step: the keeper of an emulator that was killed may still run for a moment.
    auto fresh = modules / "keeper.new";
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out.write(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    out.close();
    std::error_code problem;
    std::filesystem::permissions(fresh, std::filesystem::perms::owner_all, problem);
    std::filesystem::rename(fresh, modules / "keeper", problem);
    if (!out || problem) return cannotWrite(modules);
  }
  return {};
}

core::Result<void> prepareExecution(const std::filesystem::path& folder) {
  std::error_code problem;
  auto package = folder / "driver" / "trowel_cluster";
  std::filesystem::create_directories(folder / "work", problem);
  for (const auto& file : embeddedFiles()) {
    if (!file.path.starts_with("python/")) continue;
    auto path = package / file.path.substr(7);
    std::filesystem::create_directories(path.parent_path(), problem);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    if (!out.flush()) return cannotWrite(folder);
  }
  TROWEL_TRY(writeKeeper(folder / "driver"));
  // Here, because its change to write-ahead logging would make first contexts that come at once trip over each other.
  TROWEL_TRY(os::Database::open((folder / "tables.db").string()));
  return {};
}

ContextSettings contextSettings(const World& world, const UserPaths& paths,
                                std::function<ApiAccess(const User&)> access) {
  core::Json configuration{{"tables", (world.folder / "tables.db").string()},
                           {"root", (world.folder / "root").string()},
                           {"user", world.options.userName},
                           {"demo", world.options.demo}};
  return {.modules = world.folder / "driver",
          .work = world.folder / "work",
          .configuration = core::dumpJson(configuration),
          .environment = paths.environment(),
          .startTime = world.options.contextStartTime,
          .cancelGrace = world.options.cancelGraceTime,
          .access = std::move(access),
          .lost = [&faults = world.faults](const std::string& id) { return faults.happens("CONTEXT_LOST", id); }};
}

// People who try the demo should see a cluster start, but not wait for it.
std::chrono::milliseconds clusterStartTime(const Options& options) {
  return options.clusterStartTime.value_or(std::chrono::milliseconds(options.demo ? 3000 : 0));
}

}  // namespace trowel::emulator
