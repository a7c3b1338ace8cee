// SPDX-License-Identifier: Apache-2.0
// What each project may connect to: gathers what connections are written down in, for connection::gatherOffers.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "features/session.hpp"
#include "trowel/auth/sign_in.hpp"

namespace trowel::features {

class Offers {
 public:
  Offers(Session& session, const auth::Outside& outside, std::string configFile)
      : session_(session), outside_(outside), configFile_(std::move(configFile)) {}

  // Blocks for as long as reading a few small files takes. A file that cannot be read takes no other source with it.
  std::vector<connection::Offer> of(const std::string& folder) const;

  // Asks Azure for its workspaces where the project's settings want that; what is found is offered from then on. Asks
  // the user to sign in only while somebody waits (Session::UserWaits). Blocks. What was left out and why, in
  // sentences.
  core::Result<std::vector<std::string>> discover(const Project& project, const core::CancelToken& cancel);
  // That has come about; or is wanted, and has not.
  bool listsAzure(const Project& project) const;
  bool missesAzure(const Project& project) const;

  // Everything that of() reads, for os::FileWatch: absolute paths and patterns, also of what does not exist yet.
  std::set<std::string> files() const;

 private:
  bool wantsAzure(const Project& project) const;

  Session& session_;
  const auth::Outside& outside_;
  std::string configFile_;
  struct Found {
    const auth::AzureCloud* cloud = nullptr;
    std::vector<connection::AzureWorkspace> workspaces = {};
  };
  mutable std::mutex mutex_;            // guards everything below
  std::map<std::string, Found> azure_;  // by project
};

}  // namespace trowel::features
