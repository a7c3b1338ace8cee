// SPDX-License-Identifier: Apache-2.0
// Which branch a folder of this machine is on.
#pragma once

#include <string>

namespace trowel::features {

// The branch that is checked out in the repository around `folder`; of a checkout without a branch the beginning of the
// commit's hash. Empty where there is no repository. Blocks for as long as a few small files take.
std::string gitBranchOf(const std::string& folder);

}  // namespace trowel::features
