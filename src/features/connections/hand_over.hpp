// SPDX-License-Identifier: Apache-2.0
// Lets other tools on this machine sign in as a project does.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "features/session.hpp"
#include "trowel/connection/metadata_service.hpp"

namespace trowel::features {

class HandOver {
 public:
  using Variables = std::vector<std::pair<std::string, std::string>>;

  // `stateFolder`: where windows agree on addresses; `holder`: who we are, for others that wait.
  HandOver(Session& session, std::string stateFolder, std::string holder)
      : session_(session), stateFolder_(std::move(stateFolder)), holder_(std::move(holder)) {}

  // What tools need in their environment; serves from now on, until the project is closed. Blocks.
  core::Result<Variables> variables(const Project& project, const core::CancelToken& cancel);

  // The project's connection, settings or choices have changed: serves what is its connection now, where it is wanted,
  // and tells the editor what its terminals get. Blocks.
  void follow(const Project& project, const core::CancelToken& cancel);

  void forget(const std::string& folder);
  // Of everything that is no project any more.
  void forgetOthers();

 private:
  struct Serving {
    std::uint64_t generation = 0;  // of the connection
    std::string connection;        // its id
    core::CancelToken ended;       // the connection is the project's no longer
    std::shared_ptr<connection::MetadataService> service;
  };
  void forgetEnded(const std::string& folder, const connection::Status& status);
  // With oneAtATime_ held.
  core::Result<Variables> serve(const Project& project, const connection::Connection& connection,
                                const core::CancelToken& cancel);

  Session& session_;
  std::string stateFolder_;
  std::string holder_;
  std::mutex oneAtATime_;  // whoever serves or tells the editor: an address has one holder, and what is told an order
  std::mutex mutex_;       // guards everything below
  std::map<std::string, Serving> serving_;
};

}  // namespace trowel::features
