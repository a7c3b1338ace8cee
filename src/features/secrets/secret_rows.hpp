// SPDX-License-Identifier: Apache-2.0
// What the rows of the view Secrets stand for, and how a notebook reads a secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trowel::features {

// Names may have slashes, and in an id each is escaped: "secret:prod/db%2Fpassword". Pure.
struct SecretRow {
  enum class Kind : std::uint8_t { Scope, Secret, Access, Acl };
  Kind kind = Kind::Scope;
  std::string scope;
  std::string name = {};  // a secret's key, an ACL's principal

  std::string id() const;
  static std::optional<SecretRow> parse(std::string_view id);

  bool operator==(const SecretRow&) const = default;
};

// What a cell in Python, Scala or R reads a secret with: dbutils.secrets.get(scope="s", key="k"). Pure.
std::string codeThatReads(const SecretRow& secret);

// What is wrong with the name of a scope or key, as a sentence; empty: nothing. Source: Secrets API 2.0. Pure.
std::string problemOfSecretName(std::string_view name);

}  // namespace trowel::features
