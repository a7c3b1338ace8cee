// SPDX-License-Identifier: Apache-2.0
// Hands short-lived access tokens of a connection to other tools on this machine (SDKs, the CLI, Terraform, Databricks
// Connect), which find it by environment variables. Refresh tokens and passwords stay here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/http/credentials.hpp"

namespace trowel::connection {

// Whom a tool that asks speaks as. All that is named belongs to the address: another identity has another one, and an
// address never changes its identity.
struct Identity {
  std::string project;     // the folder's path; empty: the window without one
  std::string connection;  // its id
  std::string host;        // an origin
  std::string user;
};

struct HandOver {
  Identity identity;
  std::shared_ptr<http::Credentials> credentials;
  std::string stateFolder;  // where windows agree on addresses, in files that only the user can read
  std::string holder;       // who we are, for others that wait: "window 'shop' (pid 4711)"
  core::Clock& clock;
  // Something that the user should know; a sentence. Called by start() or on a thread of the service.
  std::function<void(const std::string& sentence)> say = [](const std::string&) {};
};

// The contract is that of the official SDKs ("metadata-service"): GET with X-Databricks-Metadata-Version: 1 and
// X-Databricks-Host answers {access_token, token_type, expires_on}. A token is good for fifteen seconds, then they come
// back. One window of an identity answers; when it ends, however it ends, the next one takes its place at the same
// address. Any thread.
class MetadataService {
 public:
  // Serves when it returns, or another window does. Unavailable where no socket can be had.
  static core::Result<std::unique_ptr<MetadataService>> start(HandOver handOver, const core::CancelToken& cancel);
  // Ends what is being answered, and lets another window take over.
  virtual ~MetadataService() = default;

  // Where tools ask, whoever answers: "http://127.0.0.1:PORT/<64 random characters>". A secret of this user.
  virtual core::Result<std::string> url() const = 0;
  // This window is the one that answers.
  virtual bool serves() const = 0;
};

struct ToolTarget {
  std::string host;
  std::string metadataUrl;
  std::string workspaceId = {};
  std::string clusterId = {};
  std::string warehouseId = {};
};

// The variables by which tools sign in there, in the order of their names. Pure.
std::vector<std::pair<std::string, std::string>> toolEnvironment(const ToolTarget& target);

}  // namespace trowel::connection
