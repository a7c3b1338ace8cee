// SPDX-License-Identifier: Apache-2.0
// A connection to a workspace that has proved itself.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "trowel/databricks/rest_client.hpp"
#include "trowel/databricks/scim.hpp"

namespace trowel::connection {

// Immutable; whoever holds one may go on using it after the project has changed to another, but its calls are cancelled
// then.
struct Connection {
  std::string id;    // of the Offer it was made from
  std::string name;  // as shown
  std::string host;  // "https://…"
  std::string cloud;
  std::string authType;
  std::string clusterId;    // that its source names; may be empty
  std::string warehouseId;  // that its source names; may be empty
  databricks::Me me;
  databricks::RestClient rest;
  std::shared_ptr<http::Credentials> credentials;  // what `rest` signs in with
  core::CancelToken cancel;                        // of everything done over it
  std::uint64_t generation = 0;                    // grows with each connection of this process
};

using ConnectionPtr = std::shared_ptr<const Connection>;

}  // namespace trowel::connection
