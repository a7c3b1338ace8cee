// SPDX-License-Identifier: Apache-2.0
// What the editor can do for signing in: its secret storage and its Microsoft account.
#pragma once

#include "session.hpp"
#include "trowel/auth/sign_in.hpp"
#include "trowel/connection/secret_store.hpp"

namespace trowel::features {

// `editor` outlives it.
connection::EditorSecrets editorSecrets(protocol::Client& editor);

// For auth::Outside::microsoft. The user is asked only where `mayAsk` and somebody waits (Session::UserWaits).
core::Result<auth::AccessToken> microsoftToken(Session& session, const std::string& tenant, const std::string& scope,
                                               bool mayAsk, const core::CancelToken& cancel);

}  // namespace trowel::features
