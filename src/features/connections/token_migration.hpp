// SPDX-License-Identifier: Apache-2.0
// Takes personal access tokens that stand in a settings.json, where everybody can read them, into Trowel's own keeping.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "offers.hpp"
#include "trowel/connection/secret_store.hpp"

namespace trowel::features {

class TokenMigration {
 public:
  TokenMigration(Session& session, const Offers& offers, connection::SecretStore& secrets)
      : session_(session), offers_(offers), secrets_(secrets) {}

  // Each token is stored first, then removed from the file it stands in; a token that is entered there again replaces
  // the stored one. Where the file cannot be changed, the token stays usable and the user is told once what to do. The
  // ids of the connections whose token is in our keeping from now on. Blocks.
  std::set<std::string> run(const Project& project, const core::CancelToken& cancel);

 private:
  // Nothing where this very token was moved before.
  core::Result<std::optional<connection::Kept>> move(const Project& project, const connection::Offer& offer,
                                                     const core::CancelToken& cancel);
  void complain(const connection::Offer& offer, const core::Error& error);

  Session& session_;
  const Offers& offers_;
  connection::SecretStore& secrets_;
  std::mutex moving_;  // held while tokens are moved; guards everything below
  std::set<std::string> told_;
  std::set<std::string> done_;  // hashes of a connection's id and its token that was moved
};

}  // namespace trowel::features
