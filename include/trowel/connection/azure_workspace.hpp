// SPDX-License-Identifier: Apache-2.0
// The workspaces of Azure Databricks that somebody can reach, found through Azure Resource Manager.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "trowel/auth/azure_cloud.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/secret.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/network_options.hpp"

namespace trowel::connection {

struct AzureWorkspace {
  std::string name = {};
  std::string resourceId = {};  // "/subscriptions/…/workspaces/NAME"
  std::string host = {};        // "https://adb-1.2.azuredatabricks.net"; empty for one that settings name by its id
  std::string workspaceId = {};
  std::string tenant = {};        // that its subscription belongs to
  std::string subscription = {};  // its display name
  std::string location = {};      // "westeurope"
  std::string environment = {};   // of a sovereign cloud: AzureCloud::environment
};

// databricks.azure.*: which of them are wanted.
struct AzureSettings {
  std::string tenant = {};                      // empty: every tenant of the account
  std::vector<std::string> subscriptions = {};  // empty: all
  // The settings list workspaces themselves, so that nobody needs to be asked for more.
  bool listsWorkspaces = false;
};
// `settings` as in SourceInputs. Pure.
AzureSettings azureSettings(const core::Json& settings);

// The cloud that counts where no host tells it: the editor's own setting microsoft-sovereign-cloud.environment, for its
// Microsoft account goes by it, else the variable ARM_ENVIRONMENT, else the public one. InvalidParams where they name
// one that Trowel does not know ("custom").
core::Result<const auth::AzureCloud*> azureCloud(const core::Json& settings, const http::Environment& environment);

struct AzureQuery {
  const auth::AzureCloud& cloud = auth::azureClouds().front();
  std::string arm = {};  // auth::armAddressOf() it
  AzureSettings only = {};
  // An access token for ARM; an empty tenant is the account's home. May ask the user.
  std::function<core::Result<core::SecretString>(const std::string& tenant, const core::CancelToken& cancel)> token =
      {};
};

struct AzureWorkspaces {
  std::vector<AzureWorkspace> found = {};
  std::vector<std::string> notes = {};  // what was passed over and why, sentences
};

// Blocks for as long as the network takes; what Azure refuses for a while (429, 503) and lost connections are tried
// again, for a minute each and two altogether. A tenant or subscription that cannot be read is a note; an error where
// nothing could be read at all. Follows nextLink only within `arm`.
core::Result<AzureWorkspaces> findAzureWorkspaces(const AzureQuery& query, http::HttpClient& http, core::Clock& clock,
                                                  const core::CancelToken& cancel);

}  // namespace trowel::connection
