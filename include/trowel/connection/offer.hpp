// SPDX-License-Identifier: Apache-2.0
// The connections that a project can choose from, gathered from every place where one can be written down.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/auth/azure_cloud.hpp"
#include "trowel/auth/config.hpp"
#include "trowel/auth/config_file.hpp"
#include "trowel/connection/azure_workspace.hpp"
#include "trowel/connection/project_files.hpp"
#include "trowel/core/json.hpp"
#include "trowel/http/network_options.hpp"

namespace trowel::connection {

enum class Source : std::uint8_t { Project, Settings, Profile, Environment, Azure, Demo };

enum class SettingScope : std::uint8_t { User, Workspace, Folder };
std::string_view toString(SettingScope scope);  // "user", "workspace", "folder"

// A personal access token that stands in a settings file, where everybody can read it: to be moved to the keyring.
struct TokenInSettings {
  std::string setting = {};  // "databricks.connections" or "databricks.connection.default.personalAccessToken"
  SettingScope scope = SettingScope::User;
  std::size_t index = 0;  // into the array of that scope; 0 for databricks.connection.default
};

struct Offer {
  // The id of what stands for all profiles where their file cannot be read.
  static constexpr std::string_view kUnreadableProfiles = "profile:";

  std::string id =
      {};  // "profile:DEV", "settings:NAME", "azure:<resource id>", "project:<target>", "environment", "demo"
  std::string name = {};
  Source source = Source::Demo;
  std::string host = {};     // normalised; empty where only signing in finds it (an Azure resource, the demo)
  auth::Config config = {};  // for signIn(); of the demo empty
  // The token is not in `config` but in Trowel's own keeping, under host and id.
  bool tokenIsStored = false;
  std::optional<TokenInSettings> tokenInSettings = {};
  std::optional<auth::Cloud> cloud = {};  // nothing where there is no host yet
  std::string clusterId = {};
  std::string warehouseId = {};
  bool serverless = false;
  bool own = false;       // an entry of trowel.connections, which Trowel may change
  std::size_t entry = 0;  // which one
  std::string file = {};  // of a project: the file that describes it, relative to its folder

  std::string localSyncFolder = {};    // absolute; <home>/Databricks-VSCode/<name> where nothing is said
  std::string syncFolderProblem = {};  // why there is none
  std::map<std::string, std::string> localSyncSubfolders = {};  // "Workspace" -> "src"
  std::map<std::string, std::string> exportFormats = {};        // "Python" -> ".ipynb"

  std::vector<std::string> notes = {};  // what was passed over, sentences
  std::string problem = {};             // why it cannot be used, and what to do; empty where it can
};

// Everything that is read.
struct SourceInputs {
  // Setting -> {"global": …, "workspace": …, "workspaceFolder": …} (what "default" says does not count): the settings
  // of Power Tools (databricks.connections, databricks.connection.default.*, databricks.azure.*,
  // databricks.connectionManager, databricks.sensitiveValueStore) and trowel.connections, trowel.connectionManager.
  const core::Json& settings;
  auth::ConfigFile configFile = {};
  http::Environment environment = {};
  std::string home = {};
  ProjectFiles project = {};
  std::string target = {};                 // of the project; empty: the one that its own rules choose
  std::vector<AzureWorkspace> azure = {};  // that discovery found
};

// The setting that says which sources are asked. Each name as Power Tools and Trowel show it.
enum class ManagerChoice : std::uint8_t { All, Settings, Profiles, Azure, Project, Manual, Environment };
// trowel.connectionManager, else databricks.connectionManager; All where they say "Default", nothing, or what nobody
// knows.
ManagerChoice managerChoice(const core::Json& settings);

// In the order in which they are shown; the demo is always there, and last. Ids are unique. Pure.
std::vector<Offer> gatherOffers(const SourceInputs& inputs);

}  // namespace trowel::connection
