// SPDX-License-Identifier: Apache-2.0
// Which cloud a host belongs to, and the addresses of Azure's public and sovereign clouds. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace trowel::auth {

enum class Cloud : std::uint8_t { Aws, Azure, Gcp };

std::string_view toString(Cloud cloud);  // "AWS", "Azure", "GCP"

// By the suffix of the host's name; `host` with or without scheme, port and path. What is no known suffix counts as
// AWS, as in the official SDKs.
Cloud cloudOf(std::string_view host);

// An account console, whose API has no workspace in it.
bool isAccountHost(std::string_view host);

// Addresses come without a slash at their end.
struct AzureCloud {
  std::string_view environment;  // as ARM_ENVIRONMENT names it
  std::string_view login;        // of Entra ID; a tenant follows: login + "/" + tenant + "/oauth2/v2.0/token"
  std::string_view arm;          // of Azure Resource Manager
  std::string_view armResource;  // what a token for it is asked for, with the slash that belongs to it
  // As VS Code's setting microsoft-sovereign-cloud.environment names it; empty: its Microsoft account needs no setting.
  std::string_view editorName = {};

  bool isSovereign() const { return !editorName.empty(); }
};

// PUBLIC, USGOVERNMENT, CHINA; the first is meant where nothing is said.
std::span<const AzureCloud> azureClouds();
// By a value of ARM_ENVIRONMENT; case does not matter, nor an "Azure" before or a "Cloud" behind. Null: there is none.
const AzureCloud* azureCloudNamed(std::string_view environment);
// By a workspace's host; the public one where the host does not tell.
const AzureCloud& azureCloudOf(std::string_view host);

// The application in Entra ID that a token for this workspace is asked for. Development and staging have their own.
std::string_view azureApplicationOf(std::string_view host);

}  // namespace trowel::auth
