// SPDX-License-Identifier: Apache-2.0
// Compares a remote object with a local file, without keeping either.
#pragma once

#include <string>

#include "trowel/os/directory.hpp"
#include "trowel/sync/remote_tree.hpp"

namespace trowel::sync {

// Whether the remote object, as a file of that form, has the bytes of the local one. Reads until they differ.
core::Result<bool> sameContent(RemoteTree& remote, const std::string& remotePath, Form form,
                               const os::Directory& folder, const std::string& name, const core::CancelToken& token);

}  // namespace trowel::sync
