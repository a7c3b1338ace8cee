// SPDX-License-Identifier: Apache-2.0
// One slot a folder. connection_state.cpp says how its state moves. Each select is an attempt with a number; what an
// older attempt finds out later is dropped. Calls over a connection report how they ended: a host that falls silent, or
// does not accept the credential any more, is noticed by whoever talks to it, and one probe at a time looks for its
// return.
#include "trowel/connection/connection_manager.hpp"

#include <algorithm>

#include "trowel/core/hash.hpp"
#include "trowel/core/log.hpp"

namespace trowel::connection {

namespace {

using core::ErrorCode;
using core::Result;

constexpr int kDemoAttempts = 10;
constexpr auto kDemoPause = std::chrono::milliseconds(100);
constexpr core::Duration kFirstProbe = std::chrono::seconds(2);
constexpr core::Duration kLongestProbe = std::chrono::seconds(60);
// Quick to fail: somebody waits for the views.
constexpr core::Duration kProofTimeout = std::chrono::seconds(20);

// Tells one version of an offer from the next. Of secrets only a hash is kept.
std::string fingerprint(const Offer& offer) {
  core::Sha256 hash;
  hash.update(offer.id + '\n' + offer.clusterId + '\n' + offer.warehouseId + '\n' + offer.problem + '\n');
  for (const auto& [attribute, value] : offer.config.values()) {
    hash.update(infoOf(attribute).key);
    hash.update("=");
    hash.update(value.text.reveal());
    hash.update("\n");
  }
  return hash.finish();
}

// What the user does where the host refuses the sign-in; empty where it is a token that somebody made by hand.
std::string renewalOf(const auth::SignedIn& signedIn) {
  if (signedIn.authType == "pat" || signedIn.authType == "basic") return {};
  if (signedIn.authType == "databricks-cli" || signedIn.authType == "vscode-microsoft")
    return "Sign in again with 'Trowel: Sign In…'.";
  if (signedIn.authType == "azure-cli") return "Sign in again with 'az login'.";
  return "Renew the credentials in " + signedIn.source + ", or ask an administrator whether they still count.";
}

std::string nameOf(std::optional<auth::Cloud> cloud) { return cloud ? std::string(toString(*cloud)) : std::string(); }

}  // namespace

struct ConnectionManager::Slot {
  // Only then calls over the connection are of use.
  bool usable() const { return connection && (status.state == State::Ready || status.state == State::Offline); }

  Status status;
  ConnectionPtr connection;
  core::CancelSource lifetime;
  std::string fingerprint;  // of the offer that the status is about
  std::uint64_t attempt = 0;
  bool probing = false;
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

Result<std::vector<Offer>> ConnectionManager::offers(const std::string& folder, const core::CancelToken& cancel) const {
  return parts_.offers(folder, cancel);
}

Result<Offer> ConnectionManager::offer(const std::string& folder, const std::string& id,
                                       const core::CancelToken& cancel) const {
  auto all = TROWEL_TRY(parts_.offers(folder, cancel));
  auto it = std::ranges::find(all, id, &Offer::id);
  if (it == all.end() && id.starts_with(Offer::kUnreadableProfiles))
    it = std::ranges::find(all, Offer::kUnreadableProfiles, &Offer::id);
  if (it == all.end())
    return core::fail(ErrorCode::NotConfigured, "There is no connection '" + id +
                                                    "' any more. Choose another with 'Trowel: Select Connection…'.");
  if (!it->problem.empty()) return core::fail(ErrorCode::NotConfigured, it->problem);
  return std::move(*it);
}

Result<ConnectionPtr> ConnectionManager::select(const std::string& folder, const std::string& id,
                                                const core::CancelToken& cancel) {
  return select(folder, id, cancel, std::nullopt);
}

void ConnectionManager::selectExpected(const std::string& folder, const std::string& id,
                                       const core::CancelToken& cancel) {
  // A failure is kept with the status, and shown there.
  static_cast<void>(select(folder, id, cancel, 0));
}

void ConnectionManager::renew(const std::string& folder, const core::CancelToken& cancel) {
  std::string id;
  std::uint64_t attempt = 0;
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end() || it->second->status.id.empty()) return;
    id = it->second->status.id;
    attempt = it->second->attempt;
  }
  static_cast<void>(select(folder, id, cancel, attempt));
}

Result<ConnectionPtr> ConnectionManager::select(const std::string& folder, const std::string& id,
                                                const core::CancelToken& cancel,
                                                std::optional<std::uint64_t> expected) {
  std::uint64_t attempt = 0;
  core::CancelSource lifetime;
  core::CancelSource previous;
  {
    std::lock_guard lock(mutex_);
    auto& slot = slots_[folder];
    if (!slot) slot = std::make_shared<Slot>();
    // Somebody has chosen since this was decided.
    if (expected && slot->attempt != *expected) return slot->connection;
    attempt = ++slot->attempt;
    previous = std::exchange(slot->lifetime, lifetime);
    slot->connection = nullptr;
    slot->fingerprint.clear();
    slot->probing = false;
    slot->status = {.state = next(slot->status.state, id.empty() ? Event::Dropped : Event::Chosen)};
    slot->status.id = id;
    slot->status.name = id;
    settled_.notify_all();
  }
  previous.cancel(core::CancelReason::Superseded);
  parts_.changed(folder);
  if (id.empty()) return ConnectionPtr();

  auto chosen = offer(folder, id, cancel);
  Result<ConnectionPtr> connected = chosen ? connect(folder, attempt, *chosen, lifetime.token(), cancel)
                                           : Result<ConnectionPtr>(std::unexpected(chosen.error()));
  if (!connected) core::logWarn("connection", core::describe(connected.error()));
  settle(folder, attempt, chosen, connected);
  return connected;
}

void ConnectionManager::settle(const std::string& folder, std::uint64_t attempt, const Result<Offer>& offer,
                               const Result<ConnectionPtr>& connected) {
  const core::Error* error = connected ? nullptr : &connected.error();
  // Whoever asked went away: what he would have learned is left to a probe.
  bool stopped = error != nullptr && error->code == ErrorCode::Cancelled;
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end() || it->second->attempt != attempt) return;
    auto& slot = *it->second;
    auto& status = slot.status;
    status.state = next(status.state, stopped ? Event::Lost : eventOfConnecting(error));
    status.error = error == nullptr ? core::Error{} : *error;
    if (offer) {
      status.name = offer->name;
      status.host = offer->host;
      status.cloud = nameOf(offer->cloud);
      slot.fingerprint = fingerprint(*offer);
    }
    if (connected) {
      slot.connection = *connected;
      status.host = (*connected)->host;
      status.cloud = (*connected)->cloud;
      status.authType = (*connected)->authType;
      status.user = (*connected)->me.userName;
      status.workspaceId = (*connected)->me.workspaceId;
      status.clusterId = (*connected)->clusterId;
      status.warehouseId = (*connected)->warehouseId;
    }
    settled_.notify_all();
  }
  parts_.changed(folder);
  probeLater(folder, attempt, 0);
}

Result<ConnectionPtr> ConnectionManager::connect(const std::string& folder, std::uint64_t attempt, Offer offer,
                                                 const core::CancelToken& lifetime, const core::CancelToken& cancel) {
  // A newer choice and the caller both stop the attempt.
  core::CancelSource either(cancel);
  auto superseded = lifetime.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
  if (offer.source == Source::Demo) return connectDemo(folder, attempt, std::move(offer), lifetime, either.token());
  return prove(folder, attempt, offer, lifetime, either.token());
}

Result<ConnectionPtr> ConnectionManager::connectDemo(const std::string& folder, std::uint64_t attempt, Offer offer,
                                                     const core::CancelToken& lifetime,
                                                     const core::CancelToken& cancel) {
  for (int again = kDemoAttempts; true; --again) {
    auto endpoint = TROWEL_TRY(parts_.demo.ensureRunning(cancel));
    offer.config.set(auth::Attribute::Host, endpoint.host, "the demo workspace");
    offer.config.set(auth::Attribute::Token, endpoint.token.reveal(),
                     "the demo workspace by 'Trowel: Open Demo Workspace'");
    auto connected = prove(folder, attempt, offer, lifetime, cancel);
    // An emulator that is just dying does not listen any more, but still looks alive for a moment.
    if (connected || connected.error().code != ErrorCode::Unavailable || again == 0) return connected;
    if (!cancel.waitFor(parts_.clock, kDemoPause)) return std::unexpected(cancel.error("Connecting"));
  }
}

Result<ConnectionPtr> ConnectionManager::prove(const std::string& folder, std::uint64_t attempt, const Offer& offer,
                                               const core::CancelToken& lifetime, const core::CancelToken& cancel) {
  auto signedIn = TROWEL_TRY(parts_.signIn(offer, cancel));
  databricks::RestConfig config;
  config.host = TROWEL_TRY(http::parseOrigin(signedIn.host));
  config.credentials = signedIn.credentials;
  config.headers = signedIn.headers;
  config.credentialSource = signedIn.source;
  config.renewal = renewalOf(signedIn);
  config.gate = parts_.gates.gateOf(config.host);
  config.finished = [this, folder, attempt, last = std::make_shared<std::atomic<Event>>(Event::Proved)](
                        const core::Error* error) { observe(folder, attempt, *last, error); };
  auto connection = std::make_shared<Connection>(
      Connection{.id = offer.id,
                 .name = offer.name,
                 .host = config.host.text(),
                 .cloud = config.host.isLoopback() ? "" : nameOf(auth::cloudOf(signedIn.host)),
                 .authType = signedIn.authType,
                 .clusterId = offer.clusterId,
                 .warehouseId = offer.warehouseId,
                 .me = {},
                 .rest = {config, parts_.http, parts_.clock},
                 .credentials = signedIn.credentials,
                 .cancel = lifetime});
  connection->me = TROWEL_TRY(databricks::Scim(connection->rest).me({.cancel = cancel, .timeout = kProofTimeout}));
  std::lock_guard lock(mutex_);
  connection->generation = nextGeneration_++;
  return connection;
}

Result<databricks::Me> ConnectionManager::test(const Offer& offer, const core::CancelToken& cancel) {
  if (!offer.problem.empty()) return core::fail(ErrorCode::NotConfigured, offer.problem);
  // No attempt has the number 0: what these calls find out changes no project's state.
  auto connected = TROWEL_TRY(connect("", 0, offer, {}, cancel));
  return connected->me;
}

void ConnectionManager::observe(const std::string& folder, std::uint64_t attempt, std::atomic<Event>& last,
                                const core::Error* error) {
  auto event = eventOfCall(error);
  if (!event || *event == last.load(std::memory_order_relaxed)) return;
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    // The call that proves a connection comes before the connection itself.
    if (it == slots_.end() || it->second->attempt != attempt || !it->second->connection) return;
    auto& status = it->second->status;
    auto state = next(status.state, *event);
    last.store(*event, std::memory_order_relaxed);
    if (state == status.state) return;
    status.state = state;
    status.error = error == nullptr || state == State::Ready ? core::Error{} : *error;
    settled_.notify_all();
  }
  parts_.changed(folder);
  probeLater(folder, attempt, 0);
}

// Quiet: nothing is shown until something has changed.
void ConnectionManager::probeLater(const std::string& folder, std::uint64_t attempt, int number) {
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end() || it->second->attempt != attempt || it->second->status.state != State::Offline) return;
    if (number == 0 && std::exchange(it->second->probing, true)) return;
  }
  constexpr int kDoublings = 5;
  auto delay = std::min<core::Duration>(kFirstProbe * (1 << std::min(number, kDoublings)), kLongestProbe);
  parts_.later(delay, [this, folder, attempt, number](const core::CancelToken& cancel) {
    if (!probe(folder, attempt, cancel)) probeLater(folder, attempt, number + 1);
  });
}

bool ConnectionManager::probe(const std::string& folder, std::uint64_t attempt, const core::CancelToken& cancel) {
  std::string id;
  core::CancelToken lifetime;
  ConnectionPtr connection;
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end() || it->second->attempt != attempt) return true;
    auto& slot = *it->second;
    if (slot.status.state != State::Offline) {
      slot.probing = false;
      return true;
    }
    id = slot.status.id;
    connection = slot.connection;
    lifetime = slot.lifetime.token();
  }
  // One that worked goes on as it is: kernels and syncs hold it. Its call reports by itself.
  if (connection) {
    static_cast<void>(databricks::Scim(connection->rest).me({.cancel = cancel, .timeout = kProofTimeout}));
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end() || it->second->attempt != attempt) return true;
    return !(it->second->probing = it->second->status.state == State::Offline);
  }
  auto chosen = offer(folder, id, cancel);
  auto connected = chosen ? connect(folder, attempt, *chosen, lifetime, cancel)
                          : Result<ConnectionPtr>(std::unexpected(chosen.error()));
  if (!connected) {
    auto code = connected.error().code;
    if (code == ErrorCode::Cancelled || eventOfConnecting(&connected.error()) == Event::Lost) return false;
  }
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it != slots_.end() && it->second->attempt == attempt) it->second->probing = false;
  }
  settle(folder, attempt, chosen, connected);
  return true;
}

void ConnectionManager::reconsider(const std::string& folder, Change change, const core::CancelToken& cancel) {
  std::uint64_t attempt = 0;
  std::string id;
  std::string before;
  State state = State::None;
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it == slots_.end() || it->second->status.id.empty()) return;
    attempt = it->second->attempt;
    id = it->second->status.id;
    before = it->second->fingerprint;
    state = it->second->status.state;
  }
  if (attempt == 0 || state == State::Connecting) return;
  auto chosen = offer(folder, id, cancel);
  if (!chosen && (chosen.error().code == ErrorCode::Cancelled || before.empty())) return;
  bool signedInElsewhere = state == State::SignIn && change == Change::Files;
  if (!signedInElsewhere && chosen && fingerprint(*chosen) == before) return;
  static_cast<void>(select(folder, id, cancel, attempt));
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
  if (!slot->usable()) return std::unexpected(slot->status.error);
  return slot->connection;
}

ConnectionPtr ConnectionManager::current(const std::string& folder) const {
  std::lock_guard lock(mutex_);
  auto it = slots_.find(folder);
  return it != slots_.end() && it->second->usable() ? it->second->connection : nullptr;
}

Status ConnectionManager::status(const std::string& folder) const {
  Status status;
  {
    std::lock_guard lock(mutex_);
    auto it = slots_.find(folder);
    if (it != slots_.end()) status = it->second->status;
  }
  if (status.state != State::Ready) return status;
  if (auto host = http::parseOrigin(status.host))
    if (auto gate = parts_.gates.stateOf(*host)) status.slowedDownUntil = gate->slowedDownUntil;
  return status;
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
