// SPDX-License-Identifier: Apache-2.0
// What the Azure CLI is asked, and what it answers: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trowel/auth/sign_in.hpp"

namespace trowel::auth {

// The variants of `az account get-access-token` to try, in their order. `subscription` and `tenant` may be empty.
std::vector<std::vector<std::string>> azureCliQuestions(const std::string& resource, const std::string& subscription,
                                                        const std::string& tenant);

// "/subscriptions/ID/…" -> ID; empty where it is none.
std::string subscriptionOf(std::string_view resourceId);

// The token in the program's output: `expires_on` (epoch) before `expiresOn` (this machine's time of day).
core::Result<AccessToken> readAzureCliToken(std::string_view output);

// What a failure of the program means, in words for the user.
core::Error azureCliFailure(std::string_view errorOutput, const std::string& tenant);

}  // namespace trowel::auth
