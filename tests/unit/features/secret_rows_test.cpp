// SPDX-License-Identifier: Apache-2.0
#include "features/secrets/secret_rows.hpp"

#include "support/catch.hpp"

using namespace trowel::features;
using Kind = SecretRow::Kind;

TEST_CASE("a row's id leads back to the row, whatever its names have in them") {
  for (const auto& row :
       {SecretRow{.kind = Kind::Scope, .scope = "prod"}, SecretRow{.kind = Kind::Scope, .scope = "team/a#failure"},
        SecretRow{.kind = Kind::Secret, .scope = "team/a", .name = "db/password.1"},
        SecretRow{.kind = Kind::Access, .scope = "a b%2F"},
        SecretRow{.kind = Kind::Acl, .scope = "prod", .name = "größe@example.com"}}) {
    INFO(row.id());
    CHECK(SecretRow::parse(row.id()) == row);
    CHECK_FALSE(row.id().ends_with("#failure"));
  }
}

TEST_CASE("what is no row's id is none") {
  for (const char* id : {"", "prod", "scope:a/b", "secret:a", "secret:a%", "secret:a/%zz", "vault:a"})
    CHECK_FALSE(SecretRow::parse(id));
}

TEST_CASE("the code that reads a secret keeps its names in their quotes") {
  CHECK(codeThatReads({.kind = Kind::Secret, .scope = "prod", .name = "db/password"}) ==
        R"(dbutils.secrets.get(scope="prod", key="db/password"))");
  CHECK(codeThatReads({.kind = Kind::Secret, .scope = "a\"b", .name = "c\\"}) ==
        R"(dbutils.secrets.get(scope="a\"b", key="c\\"))");
}

TEST_CASE("names of scopes and keys are checked before they are sent") {
  CHECK(problemOfSecretName("a_B.9@/-").empty());
  CHECK(problemOfSecretName("a b") == "Only letters, digits and the signs _ . @ / - may be in it.");
  CHECK(problemOfSecretName(std::string(128, 'a')).empty());
  CHECK(problemOfSecretName(std::string(129, 'a')) == "It has 129 characters; 128 are allowed.");
}
