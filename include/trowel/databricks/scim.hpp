// SPDX-License-Identifier: Apache-2.0
// Who the credential belongs to, and who else there is (SCIM 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct Me {
  std::string id;
  std::string userName;  // a mail address, or the application id of a service principal
  std::string displayName;
  bool active = false;
  std::vector<std::string> groups;  // names; "admins" are the workspace's administrators
  std::int64_t workspaceId = 0;     // 0: the workspace did not tell

  // Where the workspace keeps what this user owns: "/Users/ada@example.com".
  std::string homeFolder() const { return "/Users/" + userName; }
};

// A group that somebody is in, or somebody who is in a group.
struct ScimReference {
  std::string id;
  std::string display;
  std::string type;  // direct or indirect of groups; "Users/1", "Groups/2", … of members, where the workspace tells
};

struct User {
  std::string id;
  std::string userName;
  std::string displayName;
  bool active = false;
  std::vector<std::string> emails;  // the primary one first
  std::vector<ScimReference> groups;
  std::vector<std::string> entitlements;  // allow-cluster-create, workspace-access, …
  std::vector<std::string> roles;
};

struct Group {
  std::string id;
  std::string displayName;
  std::vector<ScimReference> members;
  std::vector<ScimReference> groups;
  std::vector<std::string> entitlements;
  std::vector<std::string> roles;
};

struct ServicePrincipal {
  std::string id;
  std::string applicationId;
  std::string displayName;
  bool active = false;
  std::vector<ScimReference> groups;
  std::vector<std::string> entitlements;
  std::vector<std::string> roles;
};

struct ScimQuery {
  std::string filter = {};      // `userName eq "ada@example.com"`; see scimEquals
  std::string attributes = {};  // "userName,displayName": only these, which is much faster; empty: all
};

// `userName eq "ada@example.com"`, with what stands in quotes escaped.
std::string scimEquals(std::string_view attribute, std::string_view value);

class Scim {
 public:
  explicit Scim(const RestClient& rest) : rest_(rest) {}

  // The cheapest call that needs a valid token, so also the test of a connection.
  core::Result<Me> me(const CallOptions& options = {}) const;

  Listing<User> users(const ScimQuery& query = {}, const CallOptions& options = {}) const;
  core::Result<User> user(std::string_view id, const CallOptions& options = {}) const;
  Listing<Group> groups(const ScimQuery& query = {}, const CallOptions& options = {}) const;
  core::Result<Group> group(std::string_view id, const CallOptions& options = {}) const;
  Listing<ServicePrincipal> servicePrincipals(const ScimQuery& query = {}, const CallOptions& options = {}) const;
  core::Result<ServicePrincipal> servicePrincipal(std::string_view id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
