// SPDX-License-Identifier: Apache-2.0
// The Git providers that a workspace knows, and with what it signs in there.
#pragma once

#include <string>
#include <string_view>

#include "features/action.hpp"

namespace trowel::features {

// What people call a provider of that id; an unknown one is its id. Pure. Source: Repos API 2.0.
std::string providerTitle(std::string_view id);

// The id of the one that the user picks; `likely` stands first.
core::Result<std::string> askProvider(Action& action, const std::string& title, const std::string& likely = {});

// What the service says of a credential does not lead to where one is given. Pure.
core::Error withWayToCredentials(core::Error error);

}  // namespace trowel::features
