// SPDX-License-Identifier: Apache-2.0
// One slot a folder. Its states and moves:
//
//   None -> Connecting -> Ready | Failed        select
//   Ready | Failed -> Connecting                select, of the same or another connection
//   Failed -> Ready                             retry
//   any -> None                                 select of nothing, forget
//
// Each select is an attempt with a number; what an older attempt finds out later is dropped.
#include "trowel/connection/connection_manager.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/log.hpp"

namespace trowel::connection {

namespace {

using core::ErrorCode;
using core::Result;

constexpr int kDemoAttempts = 10;
constexpr auto kDemoPause = std::chrono::milliseconds(100);

// Where the user renews the token.
std::string sourceOf(const Offer& offer) {
  if (offer.source == Source::Demo) return "the demo workspace by 'Trowel: Open Demo Workspace'";
  if (offer.tokenIsStored) return "the connection '" + offer.name + "' with 'Trowel: Add Connection…'";
  return offer.config.sourceOf(auth::Attribute::Token);
}

}  // namespace

struct ConnectionManager::Slot {
  Status status;
  ConnectionPtr connection;
  core::CancelSource lifetime;
  std::uint64_t attempt = 0;
};

ConnectionManager::ConnectionManager(Parts parts) : parts_(std::move(parts)) {}

ConnectionManager::~ConnectionManager() = default;

void ConnectionManager::expect(const std::string& folder) {
  std::lock_guard lock(mutex_);
  auto& slot = slots_[folder];
  if (slot) return;
  slot = std::make_shared<Slot>();
  slot->status.state = State::Connecting;
}

Result<std::vector<Offer>> ConnectionManager::offers(const core::Json& settingsConnections) const {
  const auth::ConfigFile file(TROWEL_TRY(parts_.readConfigFile()), "~/.databrickscfg");
  const core::Json settings = {{"trowel.connections", {{"global", settingsConnections}}}};
  return gatherOffers({.settings = settings, .configFile = file});
}

Result<Offer> ConnectionManager::find(const std::string& id, const core::Json& settingsConnections) const {
  auto all = TROWEL_TRY(offers(settingsConnections));
  auto it = std::ranges::find(all, id, &Offer::id);
  if (it == all.end())
    return core::fail(ErrorCode::NotConfigured, "There is no connection '" + id +
                                                    "' any more. Choose another with 'Trowel: Select Connection…'.");
  if (!it->problem.empty()) return core::fail(ErrorCode::NotConfigured, it->problem);
  return std::move(*it);
}

Result<ConnectionPtr> ConnectionManager::select(const std::string& folder, const std::string& id,
                                                const core::Json& settingsConnections,
                                                const core::CancelToken& cancel) {
  return select(folder, id, settingsConnections, cancel, When::Always);
}

void ConnectionManager::selectExpected(const std::string& folder, const std::string& id,
                                       const core::Json& settingsConnections, const core::CancelToken& cancel) {
  // A failure is kept with the status, and shown there.
  static_cast<void>(select(folder, id, settingsConnections, cancel, When::Expected));
}

Result<ConnectionPtr> ConnectionManager::select(const std::string& folder, const std::string& id,
                                                const core::Json& settingsConnections, const core::CancelToken& cancel,
                                                When when) {
  std::uint64_t attempt = 0;
  core::CancelSource lifetime;
  core::CancelSource previous;
  {
    std::lock_guard lock(mutex_);
    auto& slot = slots_[folder];
    if (!slot) slot = std::make_shared<Slot>();
    if (when == When::Expected && slot->attempt > 0) return slot->connection;
    attempt = ++slot->attempt;
    previous = std::exchange(slot->lifetime, lifetime);
    slot->connection = nullptr;
    slot->status = {};
    slot->status.id = id;
    slot->status.name = id;
    slot->status.state = id.empty() ? State::None : State::Connecting;
    settled_.notify_all();
  }
  previous.cancel(core::CancelReason::Superseded);
  parts_.changed(folder);
  if (id.empty()) return ConnectionPtr();

  auto offer = find(id, settingsConnections);
  Result<ConnectionPtr> connected =
      offer ? connect(*offer, lifetime.token(), cancel) : Result<ConnectionPtr>(std::unexpected(offer.error()));
  if (!connected) core::logWarn("connection", core::describe(connected.error()));
  finish(folder, attempt, offer, connected);
  return connected;
}

bool ConnectionManager::retry(const std::string& folder, const core::Json& settingsConnections,
                              const core::CancelToken& cancel) {
  std::uint64_t attempt = 0;
  std::string id;
  core::CancelToken lifetime;
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end() || it->second->status.state != State::Failed) return true;
    attempt = it->second->attempt;
    id = it->second->status.id;
    lifetime = it->second->lifetime.token();
  }
  auto offer = find(id, settingsConnections);
  if (!offer) return false;
  auto connected = connect(*offer, lifetime, cancel);
  if (connected) finish(folder, attempt, offer, connected);
  return connected.has_value();
}

void ConnectionManager::finish(const std::string& folder, std::uint64_t attempt, const Result<Offer>& offer,
                               const Result<ConnectionPtr>& connected) {
  update(folder, attempt, [&](Slot& slot) {
    if (offer) {
      slot.status.name = offer->name;
      slot.status.host = offer->host;
    }
    if (connected) {
      slot.connection = *connected;
      slot.status.state = State::Ready;
      slot.status.host = (*connected)->host;
      slot.status.user = (*connected)->me.userName;
    } else {
      slot.status.state = State::Failed;
      slot.status.error = connected.error();
    }
  });
}

Result<ConnectionPtr> ConnectionManager::connect(Offer offer, const core::CancelToken& lifetime,
                                                 const core::CancelToken& cancel) {
  // A newer choice and the caller both stop the attempt.
  core::CancelSource either(cancel);
  auto superseded = lifetime.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
  if (offer.source == Source::Demo) return connectDemo(std::move(offer), lifetime, either.token());
  auto token = offer.tokenIsStored ? TROWEL_TRY(parts_.settingsToken(offer.name, either.token()))
                                   : core::SecretString(offer.config.get(auth::Attribute::Token));
  if (token.empty())
    return core::fail(ErrorCode::NotConfigured, "The connection '" + offer.name + "' has no token. Add one.");
  return prove(offer, token, lifetime, either.token());
}

Result<ConnectionPtr> ConnectionManager::connectDemo(Offer offer, const core::CancelToken& lifetime,
                                                     const core::CancelToken& cancel) {
  for (int again = kDemoAttempts; true; --again) {
    auto endpoint = TROWEL_TRY(parts_.demo.ensureRunning(cancel));
    offer.host = endpoint.host;
    auto connected = prove(offer, endpoint.token, lifetime, cancel);
    // An emulator that is just dying does not listen any more, but still looks alive for a moment.
    if (connected || connected.error().code != ErrorCode::Unavailable || again == 0) return connected;
    if (!cancel.waitFor(parts_.clock, kDemoPause)) return std::unexpected(cancel.error("Connecting"));
  }
}

Result<ConnectionPtr> ConnectionManager::prove(const Offer& offer, const core::SecretString& token,
                                               const core::CancelToken& lifetime, const core::CancelToken& cancel) {
  databricks::RestConfig config;
  config.host = TROWEL_TRY(http::parseOrigin(offer.host));
  config.credentials = http::bearer(token);
  config.credentialSource = sourceOf(offer);
  auto connection = std::make_shared<Connection>(Connection{
      offer.id, offer.name, offer.host, {}, databricks::RestClient(config, parts_.http, parts_.clock), lifetime});
  // Quick to fail: somebody waits for the views.
  connection->me =
      TROWEL_TRY(databricks::Scim(connection->rest).me({.cancel = cancel, .timeout = std::chrono::seconds(20)}));
  {
    std::lock_guard lock(mutex_);
    connection->generation = nextGeneration_++;
  }
  return connection;
}

void ConnectionManager::update(const std::string& folder, std::uint64_t attempt,
                               const std::function<void(Slot&)>& change) {
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end() || it->second->attempt != attempt) return;
    change(*it->second);
    settled_.notify_all();
  }
  parts_.changed(folder);
}

Result<ConnectionPtr> ConnectionManager::require(const std::string& folder, const core::CancelToken& cancel) {
  auto wake = cancel.onCancel([this] {
    std::lock_guard lock(mutex_);
    settled_.notify_all();
  });
  std::unique_lock lock(mutex_);
  std::shared_ptr<Slot> slot;
  settled_.wait(lock, [&] {
    auto it = slots_.find(folder);
    slot = it == slots_.end() ? nullptr : it->second;
    return !slot || slot->status.state != State::Connecting || cancel.cancelled();
  });
  if (cancel.cancelled()) return std::unexpected(cancel.error("Waiting for the connection"));
  if (!slot || slot->status.state == State::None)
    return core::fail(ErrorCode::NotConfigured,
                      "This project is not connected to a workspace. Choose one with 'Trowel: "
                      "Select Connection…'.");
  if (slot->status.state == State::Failed) return std::unexpected(slot->status.error);
  return slot->connection;
}

Status ConnectionManager::status(const std::string& folder) const {
  std::lock_guard lock(mutex_);
  auto it = slots_.find(folder);
  return it == slots_.end() ? Status{} : it->second->status;
}

void ConnectionManager::forget(const std::string& folder) {
  std::shared_ptr<Slot> slot;
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end()) return;
    slot = it->second;
    slots_.erase(it);
    settled_.notify_all();
  }
  slot->lifetime.cancel(core::CancelReason::Superseded);
}

}  // namespace trowel::connection
