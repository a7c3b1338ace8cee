// SPDX-License-Identifier: Apache-2.0
// Which scopes, secrets, principals and values an action on secrets is about: from the rows, or asked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "features/action.hpp"
#include "secret_rows.hpp"
#include "trowel/databricks/secrets.hpp"

namespace trowel::features {

// All of them fail as Action does where the user dismisses a question, and with Conflict where there is nothing to
// choose from. On the worker of the action.
class SecretChoice {
 public:
  SecretChoice(Action& action, const databricks::Secrets& secrets) : action_(action), secrets_(secrets) {}

  // The selected rows of one kind.
  std::vector<SecretRow> rows(SecretRow::Kind kind) const;

  enum class Which : std::uint8_t { Any, Writable };
  core::Result<std::vector<std::string>> scopes(const std::string& title);
  // The scope of the selected row, of whichever kind it is, or one that the user picks.
  core::Result<std::string> scope(const std::string& title, Which which);
  // Unsupported, with where to change it instead, for a scope that shows a Key Vault.
  core::Result<void> checkWritable(const std::string& scope);

  core::Result<std::vector<SecretRow>> secrets(const std::string& title, Which which);
  core::Result<std::vector<SecretRow>> acls(const std::string& title);
  // One of the scope's keys, or a new one.
  core::Result<std::string> keyToPut(const std::string& scope);
  // Typed unseen, or the bytes of a file or of the clipboard.
  core::Result<core::SecretString> value(const SecretRow& secret);

 private:
  core::Result<core::SecretString> fileValue(const std::string& title);
  core::Result<core::SecretString> clipboardValue();

  Action& action_;
  const databricks::Secrets& secrets_;
};

}  // namespace trowel::features
