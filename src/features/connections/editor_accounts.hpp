// SPDX-License-Identifier: Apache-2.0
// What the editor can do for signing in: its secret storage and its Microsoft account.
#pragma once

#include "features/session.hpp"
#include "trowel/auth/sign_in.hpp"
#include "trowel/connection/secret_store.hpp"

namespace trowel::features {

// `editor` outlives it.
connection::EditorSecrets editorSecrets(protocol::Client& editor);

// For auth::Outside::microsoft. The user is asked only where `wanted.mayAsk` and somebody waits (Session::UserWaits).
// Unauthenticated where the editor's settings name another cloud than the one that is wanted, and which setting it is.
core::Result<auth::AccessToken> microsoftToken(Session& session, const auth::MicrosoftScope& wanted,
                                               const core::CancelToken& cancel);

}  // namespace trowel::features
