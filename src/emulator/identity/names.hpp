// SPDX-License-Identifier: Apache-2.0
// The names by which this workspace, its account and its Azure surroundings are known: made up, and always the same.
#pragma once

#include <cstdint>
#include <string_view>

namespace trowel::emulator {

inline constexpr std::string_view kWorkspaceId = "7405605312947683";
inline constexpr std::int64_t kWorkspaceNumber = 7405605312947683;  // where it is no text
inline constexpr std::string_view kAccountId = "4f1d2c3b-5a69-4788-96a5-b4c3d2e1f001";
inline constexpr std::string_view kTenantId = "9d8c7b6a-5f4e-4d3c-8b2a-190817263544";
inline constexpr std::string_view kTenantDomain = "example.com";
inline constexpr std::string_view kSubscriptionId = "3e4f5a6b-7c8d-4e9f-8a0b-1c2d3e4f5a6b";
inline constexpr std::string_view kWorkspaceResourceId =
    "/subscriptions/3e4f5a6b-7c8d-4e9f-8a0b-1c2d3e4f5a6b/resourceGroups/trowel/providers/Microsoft.Databricks/"
    "workspaces/emulator";
// The application id of Azure Databricks, the audience of Azure tokens for a workspace.
inline constexpr std::string_view kAzureDatabricks = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

}  // namespace trowel::emulator
