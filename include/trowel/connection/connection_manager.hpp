// SPDX-License-Identifier: Apache-2.0
// Each project's connection: which one is chosen, how far it has come, and the client to talk through.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "trowel/auth/sign_in.hpp"
#include "trowel/connection/connection.hpp"
#include "trowel/connection/connection_state.hpp"
#include "trowel/connection/demo_workspace.hpp"
#include "trowel/connection/offer.hpp"
#include "trowel/http/host_gate.hpp"

namespace trowel::connection {

struct Status {
  State state = State::None;
  std::string id = {};
  std::string name = {};
  std::string host = {};
  std::string cloud = {};
  std::string authType = {};
  std::string user = {};
  std::int64_t workspaceId = 0;
  std::string clusterId = {};                          // that the connection's source names
  std::string warehouseId = {};                        // that the connection's source names
  core::Error error = {};                              // of Offline, SignIn and Failed
  std::optional<core::WallTime> slowedDownUntil = {};  // the host asked for a pause, so its calls wait
};

// What may have changed about how connections are written down.
enum class Change : std::uint8_t {
  Settings,  // settings, projects, trust
  Files,     // files, also those in which other tools keep their sign-ins
};

// Projects are named by their folder's path; "" is the window without a folder. Any thread.
class ConnectionManager {
 public:
  struct Parts {
    http::HttpClient& http;
    core::Clock& clock;
    http::GateTable& gates;  // one for all connections: a host that wants a pause wants it of all of them
    DemoWorkspace& demo;
    // What the project may choose from.
    std::function<core::Result<std::vector<Offer>>(const std::string& folder, const core::CancelToken&)> offers;
    // The credential chain, with the offer's configuration; the offer may have its token elsewhere.
    std::function<core::Result<auth::SignedIn>(const Offer& offer, const core::CancelToken&)> signIn;
    // Runs work on a thread that may block, after a delay; drops it when the daemon ends.
    std::function<void(core::Duration delay, std::function<void(const core::CancelToken&)> work)> later;
    // A project's status changed. Called on the thread that changed it, without a lock.
    std::function<void(const std::string& folder)> changed;
  };

  explicit ConnectionManager(Parts parts);
  ~ConnectionManager();

  // The folder's settings are being asked for: until the first select, require() waits instead of failing.
  void expect(const std::string& folder);

  // What the project's settings or an earlier session said. Does nothing where the user has chosen in the meantime.
  void selectExpected(const std::string& folder, const std::string& id, const core::CancelToken& cancel);

  core::Result<std::vector<Offer>> offers(const std::string& folder, const core::CancelToken& cancel) const;
  // One of them; NotConfigured where there is none of that id or it has a problem.
  core::Result<Offer> offer(const std::string& folder, const std::string& id, const core::CancelToken& cancel) const;

  // Makes `id` the folder's connection and proves it by asking the host who we are; blocks. An empty id disconnects.
  // A later select for the same folder wins: this one then ends with Cancelled.
  core::Result<ConnectionPtr> select(const std::string& folder, const std::string& id, const core::CancelToken& cancel);

  // Signs in and asks who we are, without choosing anything.
  core::Result<databricks::Me> test(const Offer& offer, const core::CancelToken& cancel);

  // Makes the folder's connection anew where it is written down differently now; where it needs a sign-in, also after a
  // change of files, which may have brought one. Does nothing where all is as it was.
  void reconsider(const std::string& folder, Change change, const core::CancelToken& cancel);

  // What the folder's connection signs in with is another now, which nothing that is written down tells: makes it anew.
  void renew(const std::string& folder, const core::CancelToken& cancel);

  // The folder's connection, waiting for one that is just connecting. NotConfigured where none is chosen, else the
  // error that keeps it from working. One that was ready and is offline now is given out: its calls say what is wrong,
  // and the first that succeeds ends the state.
  core::Result<ConnectionPtr> require(const std::string& folder, const core::CancelToken& cancel);

  // What require() would give out without waiting; null where it would wait or fail.
  ConnectionPtr current(const std::string& folder) const;

  Status status(const std::string& folder) const;

  // The folder was closed.
  void forget(const std::string& folder);

 private:
  struct Slot;
  // `expected`: only where that attempt is still the last one; 0 is the one before the first.
  core::Result<ConnectionPtr> select(const std::string& folder, const std::string& id, const core::CancelToken& cancel,
                                     std::optional<std::uint64_t> expected);
  core::Result<ConnectionPtr> connect(const std::string& folder, std::uint64_t attempt, Offer offer,
                                      const core::CancelToken& lifetime, const core::CancelToken& cancel);
  core::Result<ConnectionPtr> connectDemo(const std::string& folder, std::uint64_t attempt, Offer offer,
                                          const core::CancelToken& lifetime, const core::CancelToken& cancel);
  core::Result<ConnectionPtr> prove(const std::string& folder, std::uint64_t attempt, const Offer& offer,
                                    const core::CancelToken& lifetime, const core::CancelToken& cancel);
  void settle(const std::string& folder, std::uint64_t attempt, const core::Result<Offer>& offer,
              const core::Result<ConnectionPtr>& connected);
  // A call over the connection has ended.
  void observe(const std::string& folder, std::uint64_t attempt, std::atomic<Event>& last, const core::Error* error);
  void probeLater(const std::string& folder, std::uint64_t attempt, int number);
  // True where nothing is left to try.
  bool probe(const std::string& folder, std::uint64_t attempt, const core::CancelToken& cancel);

  Parts parts_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable settled_;
  std::map<std::string, std::shared_ptr<Slot>> slots_;
  std::uint64_t nextGeneration_ = 1;
};

}  // namespace trowel::connection
