// SPDX-License-Identifier: Apache-2.0
// A refresh token works once: its answer holds the next one, and the service may end the whole sign-in when it sees an
// old one again. Hence the order: lock, read, decide, spend, write, unlock. From the moment a token is spent until its
// successor is written nothing stops this but the end of the process: the exchange listens to `finish`, not to
// `cancel`.
#include "auth/u2m/login_session.hpp"

#include <fmt/format.h>

#include <array>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

// A token that somebody left behind must last; one that replaces another in use need not.
constexpr core::Duration kGoodAtFirst = std::chrono::minutes(5);
constexpr core::Duration kGoodLater = std::chrono::seconds(40);

// That only a new sign-in helps against; all others may pass.
bool meansSpent(const core::Error& error) {
  return error.errorCode == "invalid_grant" || error.message.find("Refresh token is invalid") != std::string::npos;
}

AccessToken accessOf(const Login& login) { return {.value = login.access, .expiry = login.expiry, .type = login.type}; }

}  // namespace

LoginSession::LoginSession(Config config, http::Origin host, LoginKey key, LoginStorage storage, const Outside& outside)
    : config_(std::move(config)),
      host_(std::move(host)),
      key_(std::move(key)),
      storage_(std::move(storage)),
      outside_(outside) {}

std::string LoginSession::command() const {
  return key_.profile.empty() ? "trowel auth login --host " + host_.text()
                              : "trowel auth login --profile " + key_.profile;
}

std::unexpected<core::Error> LoginSession::signedOut(std::string_view why) const {
  return core::fail(core::ErrorCode::Unauthenticated, fmt::format("{} Sign in with: {}", why, command()));
}

bool LoginSession::isGood(const Login& login, const core::SecretString& previous) const {
  if (login.access.empty() || login.access.reveal() == previous.reveal()) return false;
  return login.expiry - outside_.clock.wallNow() >= (previous.empty() ? kGoodAtFirst : kGoodLater);
}

core::Result<std::optional<LoginSession::Found>> LoginSession::current(const core::CancelToken& cancel) {
  auto found = TROWEL_TRY(storage_.find(key_, cancel));
  if (!unsaved_) return found;
  // Somebody signed in anew, or out: that counts more than what we hold.
  if (!found || found->login.refresh.reveal() != unsaved_->spent.reveal()) {
    unsaved_.reset();
    return found;
  }
  if (found->store->save(key_, unsaved_->login, unsaved_->spent, cancel)) {
    core::logInfo("auth", "The sign-in is kept in " + found->store->place() + " again.");
    found->login = unsaved_->login;
    unsaved_.reset();
    return found;
  }
  found->login = unsaved_->login;
  return found;
}

core::Result<AccessToken> LoginSession::fetch(const Fetch& fetch) {
  // Most often the store's token is good, and then nobody needs to wait for the lock.
  if (auto found = storage_.find(key_, fetch.cancel);
      !unsaved_ && found && *found && isGood((*found)->login, fetch.previous))
    return accessOf((*found)->login);
  auto lock = TROWEL_TRY(lockLogins(outside_, fetch.cancel));

  core::SecretString spent;
  for (int attempt = 1;; ++attempt) {
    auto found = TROWEL_TRY(current(fetch.cancel));
    if (!found) return signedOut(fmt::format("Nobody is signed in to {}.", host_.text()));
    const auto& login = found->login;
    if (isGood(login, fetch.previous)) return accessOf(login);
    if (login.refresh.empty()) return signedOut(fmt::format("The sign-in to {} has ended.", host_.text()));
    if (attempt > 1 && login.refresh.reveal() == spent.reveal())
      return signedOut(
          fmt::format("The sign-in to {} has ended: its refresh token is not accepted any more.", host_.text()));
    auto next = refresh(*found, fetch);
    if (next) return accessOf(*next);
    // The CLI, which knows no lock, may have been faster: then the store has its token by now.
    if (meansSpent(next.error()) && attempt < 3) {
      spent = login.refresh;
      unsaved_.reset();
      continue;
    }
    const bool lasts = !login.access.empty() && login.access.reveal() != fetch.previous.reveal() &&
                       login.expiry > outside_.clock.wallNow();
    if (lasts) return accessOf(login);
    auto sentence = fmt::format("The sign-in to {} could not be renewed. {}", host_.text(), next.error().message);
    return core::failBecause(std::move(next.error()), std::move(sentence));
  }
}

core::Result<Login> LoginSession::refresh(const Found& found, const Fetch& fetch) {
  if (!endpoint_) endpoint_ = TROWEL_TRY(discoverOidc(config_, host_, outside_, fetch.cancel)).token;
  if (fetch.cancel.cancelled()) return std::unexpected(fetch.cancel.error("Signing in"));
  // On a full disk or in a folder that is only lent for reading, the next process and the CLI would find a spent token.
  if (auto room = found.store->checkRoom(); !room && !unsaved_) {
    auto sentence = fmt::format("{} Make room on the disk, or the folder of {} writable.", room.error().message,
                                found.store->place());
    return core::failBecause(std::move(room.error()), std::move(sentence));
  }
  const Form form{
      {"grant_type", "refresh_token"}, {"client_id", kPublicClient}, {"refresh_token", found.login.refresh.reveal()}};
  auto token = TROWEL_TRY(requestToken(*endpoint_, form, std::nullopt, "The sign-in service", outside_, fetch.finish));
  Login next{.access = token.access.value,
             .refresh = token.refresh.empty() ? found.login.refresh : token.refresh,
             .type = token.access.type,
             .expiry = token.access.expiry};
  keep(found, next, fetch.finish);
  return next;
}

void LoginSession::keep(const Found& found, const Login& login, const core::CancelToken& finish) {
  using std::chrono::milliseconds;
  constexpr std::array kPauses{milliseconds(25), milliseconds(50), milliseconds(100), milliseconds(200)};
  const auto spent = unsaved_ ? unsaved_->spent : found.login.refresh;
  auto saved = found.store->save(key_, login, spent, finish);
  for (auto pause : kPauses) {
    if (saved || !finish.waitFor(outside_.clock, pause)) break;
    saved = found.store->save(key_, login, spent, finish);
  }
  if (saved) {
    unsaved_.reset();
    return;
  }
  unsaved_ = Unsaved{.login = login, .spent = spent};
  core::logError("auth", fmt::format("The renewed sign-in to {} could not be kept in {}; this process goes on with it, "
                                     "but after its end you must sign in again, with: {}. {}",
                                     host_.text(), found.store->place(), command(), saved.error().message));
}

}  // namespace trowel::auth
