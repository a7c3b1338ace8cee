// SPDX-License-Identifier: Apache-2.0
// Each project folder's connection: which one is chosen, how far it has come, and the client to talk through.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "trowel/connection/demo_workspace.hpp"
#include "trowel/connection/offer.hpp"
#include "trowel/databricks/rest_client.hpp"
#include "trowel/databricks/scim.hpp"

namespace trowel::connection {

enum class State : std::uint8_t { None, Connecting, Ready, Failed };

struct Status {
  State state = State::None;
  std::string id;
  std::string name;
  std::string host;
  std::string user;
  core::Error error = {};  // of Failed
};

// A connection that has proved itself. Immutable; whoever holds one may go on using it after the project has changed
// to another, but its calls are cancelled then.
struct Connection {
  std::string id;
  std::string name;
  std::string host;
  databricks::Me me;
  databricks::RestClient rest;
  core::CancelToken cancel;      // of everything done over it
  std::uint64_t generation = 0;  // grows with each connection of this process
};

using ConnectionPtr = std::shared_ptr<const Connection>;

// Projects are named by their folder's path; "" is the window without a folder. Any thread.
class ConnectionManager {
 public:
  struct Parts {
    http::HttpClient& http;
    core::Clock& clock;
    DemoWorkspace& demo;
    // The text of the configuration file; empty where there is none.
    std::function<core::Result<std::string>()> readConfigFile;
    // The token of a settings:NAME connection, from the editor's secret storage or a keyring.
    std::function<core::Result<core::SecretString>(const std::string& name, const core::CancelToken&)> settingsToken;
    // A project's status changed. Called on the thread that changed it, without a lock.
    std::function<void(const std::string& folder)> changed;
  };

  explicit ConnectionManager(Parts parts);
  ~ConnectionManager();

  // The folder's settings are being asked for: until the first select, require() waits instead of failing.
  void expect(const std::string& folder);

  // What the settings said. Does nothing where the user has chosen in the meantime.
  void selectExpected(const std::string& folder, const std::string& id, const core::Json& settingsConnections,
                      const core::CancelToken& cancel);

  // What `folder` may choose from. Fails only where the configuration file is there but cannot be read.
  core::Result<std::vector<Offer>> offers(const core::Json& settingsConnections) const;

  // Makes `id` the folder's connection and proves it by asking the host who we are; blocks. An empty id disconnects.
  // A later select for the same folder wins: this one then ends with Cancelled.
  core::Result<ConnectionPtr> select(const std::string& folder, const std::string& id,
                                     const core::Json& settingsConnections, const core::CancelToken& cancel);

  // Tries a connection that failed once more, without showing it as connecting meanwhile. True unless it has failed
  // again.
  bool retry(const std::string& folder, const core::Json& settingsConnections, const core::CancelToken& cancel);

  // The folder's connection, waiting for one that is just connecting. NotConfigured where none is chosen, else the
  // error that it failed with.
  core::Result<ConnectionPtr> require(const std::string& folder, const core::CancelToken& cancel);

  Status status(const std::string& folder) const;

  // The folder was closed.
  void forget(const std::string& folder);

 private:
  struct Slot;
  enum class When : std::uint8_t { Always, Expected };
  core::Result<ConnectionPtr> select(const std::string& folder, const std::string& id,
                                     const core::Json& settingsConnections, const core::CancelToken& cancel, When when);
  core::Result<ConnectionPtr> connect(Offer offer, const core::CancelToken& lifetime, const core::CancelToken& cancel);
  core::Result<ConnectionPtr> connectDemo(Offer offer, const core::CancelToken& lifetime,
                                          const core::CancelToken& cancel);
  // Asks who we are at the offer's host with that token.
  core::Result<ConnectionPtr> prove(const Offer& offer, const core::SecretString& token,
                                    const core::CancelToken& lifetime, const core::CancelToken& cancel);
  core::Result<Offer> find(const std::string& id, const core::Json& settingsConnections) const;
  void finish(const std::string& folder, std::uint64_t attempt, const core::Result<Offer>& offer,
              const core::Result<ConnectionPtr>& connected);
  void update(const std::string& folder, std::uint64_t attempt, const std::function<void(Slot&)>& change);

  Parts parts_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable settled_;
  std::map<std::string, std::shared_ptr<Slot>> slots_;
  std::uint64_t nextGeneration_ = 1;
};

}  // namespace trowel::connection
