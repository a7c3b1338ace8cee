// SPDX-License-Identifier: Apache-2.0
// What a user can do with a connection besides choosing it: add, test, sign in and out, copy, open, edit, remove.
#pragma once

#include <functional>
#include <string>

#include "connection.hpp"
#include "features/action.hpp"
#include "features/tree.hpp"
#include "hand_over.hpp"
#include "offers.hpp"
#include "trowel/auth/u2m.hpp"
#include "trowel/connection/secret_store.hpp"
#include "trowel/protocol/command_table.hpp"

namespace trowel::features {

class ConnectionActions final : public protocol::ConnectionCommands {
 public:
  struct Parts {
    Session& session;
    Tree& tree;
    Connection& connection;
    Offers& offers;
    connection::SecretStore& secrets;
    HandOver& handOver;
    const auth::Outside& outside;
    std::string configFile;  // the Databricks configuration file
    std::string lockFolder;  // for its changes
  };

  explicit ConnectionActions(Parts parts) : parts_(std::move(parts)) {}

  core::Result<core::Json> select(protocol::CommandCall& call) override;
  core::Result<core::Json> activate(protocol::CommandCall& call) override;
  core::Result<core::Json> add(protocol::CommandCall& call) override;
  core::Result<core::Json> demo(protocol::CommandCall& call) override;
  core::Result<core::Json> disconnect(protocol::CommandCall& call) override;
  core::Result<core::Json> test(protocol::CommandCall& call) override;
  core::Result<core::Json> signIn(protocol::CommandCall& call) override;
  core::Result<core::Json> signOut(protocol::CommandCall& call) override;
  core::Result<core::Json> copyHost(protocol::CommandCall& call) override;
  core::Result<core::Json> openInBrowser(protocol::CommandCall& call) override;
  core::Result<core::Json> edit(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;
  core::Result<core::Json> copyEnvironment(protocol::CommandCall& call) override;

 private:
  // The connection that a command was called on, else the project's own, else the one that the user picks. Offers with
  // a problem are among them.
  core::Result<connection::Offer> subject(Action& action, bool preferOwn = true);
  core::Result<std::string> pick(Action& action);
  core::Result<void> requireTrust() const;

  // Asks until the answer is an address.
  core::Result<std::string> askHost(Action& action, const std::string& title, const std::string& value);
  // Asks for a token until the host accepts it.
  core::Result<void> signInWithToken(Action& action, const connection::Offer& offer);
  core::Result<void> signInWithBrowser(Action& action, const connection::Offer& offer);
  core::Result<void> signInWithMicrosoft(Action& action, const connection::Offer& offer);
  // Puts `entry` in the place of `old`, or at the end where there is no old one; a null entry removes.
  core::Result<void> writeConnections(const Project& project, const connection::Offer* old, const core::Json& entry,
                                      const core::CancelToken& cancel);
  // The host, the name and the way of signing in of a connection in trowel.connections; `old` is null for a new one.
  core::Result<core::Json> addOrEdit(protocol::CommandCall& call, const connection::Offer* old);

  Parts parts_;
};

}  // namespace trowel::features
