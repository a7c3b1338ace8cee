// SPDX-License-Identifier: Apache-2.0
// A stand-in for Azure Resource Manager: the subscriptions and workspaces that somebody can choose from.
#pragma once

#include "emulator/identity/jwt.hpp"
#include "emulator/server/router.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Adds /standins/arm/subscriptions, /tenants, the list of workspaces of a subscription, and a single workspace, as
// management.azure.com has them. This workspace is one of three: one is elsewhere, and one has failed and has no URL.
// Every list pages by nextLink where a page cap is set. All want a management token of the Azure AD stand-in.
void addAzureArmRoutes(Router& router, const World& world, JwtSigner& signer);

}  // namespace trowel::emulator
