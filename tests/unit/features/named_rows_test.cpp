// SPDX-License-Identifier: Apache-2.0
// Rows that are called as other people like.
#include "features/trees/repos.hpp"
#include "features/trees/secrets.hpp"
#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::features;

TEST_CASE("what others call scopes, secrets and users is text in a tooltip, never markup") {
  const std::string evil = "[x](command:y)`<b>";
  const std::string shown = R"(\[x\]\(command:y\)\`\<b\>)";
  CHECK(scopeRow({.name = evil, .backend = "DATABRICKS", .keyVault = {}}).tooltip ==
        "**" + shown + "**\n\nKept by the workspace");
  const auto vault =
      scopeRow({.name = "v", .backend = "AZURE_KEYVAULT", .keyVault = {{.resourceId = {}, .dnsName = evil}}});
  CHECK(vault.tooltip->contains(shown));
  CHECK_FALSE(vault.tooltip->contains(evil));
  // The code is a block, which nothing in it ends.
  const auto secret = secretRow("s_1", {.key = "a```b", .updatedAt = 0}, false);
  CHECK(secret.tooltip ==
        "**a\\`\\`\\`b** in s\\_1\n\nDrag it into a cell, or insert:\n\n"
        "````python\ndbutils.secrets.get(scope=\"s_1\", key=\"a```b\")\n````\n\n");
  CHECK(aclRow("s_1", {.principal = evil, .permission = "READ"}).tooltip ==
        "**" + shown + "** may read the scope s\\_1");
}

TEST_CASE("what others call Git folders, branches and credentials is text in a tooltip, never markup") {
  const std::string evil = "[x](command:y)`<b>";
  const std::string shown = R"(\[x\]\(command:y\)\`\<b\>)";
  databricks::Repo repo;
  repo.path = "/Users/" + evil;
  repo.url = "https://ada:secret@h/" + evil;
  repo.branch = evil;
  repo.sparsePatterns = {evil};
  const auto row = repoRow(repo, "/Users");
  CHECK(row.label == evil);
  CHECK_FALSE(row.tooltip->contains(evil));
  CHECK_FALSE(row.tooltip->contains("secret"));
  CHECK(row.tooltip->starts_with("**/Users/" + shown + "**\n\n- Remote: h/" + shown + "\n"));
  CHECK(row.tooltip->contains("- Branch: " + shown + "\n"));
  CHECK(row.tooltip->contains("- Only: " + shown + "\n"));
  databricks::GitCredential credential;
  credential.provider = evil;
  credential.userName = evil;
  CHECK_FALSE(credentialRow(credential).tooltip->contains(evil));
}
