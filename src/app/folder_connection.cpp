// SPDX-License-Identifier: Apache-2.0
#include "app/folder_connection.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "trowel/auth/config.hpp"
#include "trowel/auth/config_file_store.hpp"
#include "trowel/connection/project_store.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::app {

namespace {

using auth::Attribute;
using auth::ConfigFile;
using core::Json;

constexpr std::size_t kMostBytes = 1024UL * 1024;

// The variable that makes the environment a connection; empty where none does.
std::string_view variableOf(const http::Environment& environment) {
  for (auto attribute : {Attribute::Profile, Attribute::Host, Attribute::AzureWorkspaceResourceId}) {
    const auto name = auth::infoOf(attribute).variable;
    auto value = environment ? environment(std::string(name)) : std::nullopt;
    if (value && !value->empty()) return name;
  }
  return {};
}

std::string connectionSetting(const Json& settings) {
  auto section = core::objectAt(settings, "trowel");
  return core::stringAt(settings, "trowel.connection", core::stringAt(section, "connection"));
}

// Nobody else can have put settings there, as everybody can into /tmp.
bool isTheUsers(const std::string& folder) {
  struct stat status{};
  return ::stat(folder.c_str(), &status) == 0 && status.st_uid == ::geteuid() && (status.st_mode & S_IWOTH) == 0;
}

// As the project of a file is the deepest folder that is one.
FolderWord wordAbout(const std::string& folder, const connection::ProjectStore& store) {
  for (std::filesystem::path path(folder);; path = path.parent_path()) {
    const bool counts = path == folder || isTheUsers(path);
    const auto setting = counts ? connectionSetting(readFolderSettings(path)) : std::string();
    const auto choice = store.read(path).connection;
    if (const auto& id = choice.against(setting); !id.empty())
      return {.id = id, .folder = path, .chosen = choice.over == setting && !choice.value.empty()};
    if (path == path.parent_path()) return {};
  }
}

}  // namespace

FolderConnection chooseConnection(const std::string& profile, const http::Environment& environment,
                                  const FolderWord& word, const ConfigFile& file) {
  const auto ofProfile = [](std::string_view name) { return fmt::format("profile:{}", name); };
  if (!profile.empty()) return {.id = ofProfile(profile)};
  if (const auto variable = variableOf(environment); !variable.empty())
    return {.id = "environment", .why = fmt::format("Uses the connection of the environment ({}).", variable)};
  if (word.chosen)
    return {.id = word.id, .why = fmt::format("Uses {}, which was chosen for {} in the editor.", word.id, word.folder)};
  if (!word.id.empty())
    return {.id = word.id, .why = fmt::format("Uses {}, as the settings of {} say.", word.id, word.folder)};
  if (auto name = file.setting("default_profile"); !name.empty())
    return {.id = ofProfile(name), .why = fmt::format("Uses the default profile {} of {}.", name, file.path())};
  const auto* section = file.find(ConfigFile::kDefault);
  if (section == nullptr || (section->entries.empty() && section->problem.empty())) {
    // Of a file that cannot be read the connection says so.
    if (file.problem().empty()) return {};
    return {.id = ofProfile(ConfigFile::kDefault)};
  }
  return {.id = ofProfile(ConfigFile::kDefault), .why = fmt::format("Uses the profile DEFAULT of {}.", file.path())};
}

FolderConnection connectionOf(const std::string& folder, const std::string& profile, const DaemonOptions& system) {
  const auto file = auth::configFileOrProblem(system.configFile, system.home);
  const auto word = wordAbout(folder, connection::ProjectStore(system.stateFolder + "/projects"));
  return chooseConnection(profile, system.environment, word, file);
}

std::string adviceFor(const FolderConnection& connection) {
  const bool isOfEditor = connection.id.starts_with("settings:");
  return fmt::format("{}Name a profile with --profile, or set DATABRICKS_CONFIG_PROFILE or DATABRICKS_HOST.",
                     isOfEditor ? "A shell knows the settings of the folder, but not those of the editor. " : "");
}

Json readFolderSettings(const std::string& folder) {
  auto text = os::readFile(folder + "/.vscode/settings.json", kMostBytes);
  // The file may hold comments.
  Json settings = text ? Json::parse(*text, nullptr, false, true) : Json();
  return settings.is_object() ? settings : Json::object();
}

}  // namespace trowel::app
