// SPDX-License-Identifier: Apache-2.0
// One token for many callers: fetched when it is needed, renewed before it ends, by one fetch at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "trowel/auth/sign_in.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"

namespace trowel::auth {

// ---- when to renew: pure

enum class Freshness : std::uint8_t {
  Fresh,
  Stale,    // good, but renew it meanwhile
  Expired,  // of no use
};

// `remaining` of a token that had `life` when it was fetched. Stale in the last half of its life, but not earlier than
// 20 minutes before its end; expired `early` before its end, for services that refuse what is about to end.
Freshness freshnessOf(core::Duration life, core::Duration remaining, core::Duration early);

// A token's age by two clocks: the calendar jumps, and the steady clock stands still while the machine sleeps. The
// shorter rest counts, so that neither a sleep nor a calendar set back makes an old token look young. A calendar set
// forward makes a good token look old, which costs one fetch.
struct TokenAge {
  core::WallTime expiry;
  core::Duration life;      // when it was fetched
  core::TimePoint fetched;  // by the steady clock

  core::Duration remaining(const core::Clock& clock) const;
};

// ---- the source

// What a fetch is for.
struct Fetch {
  // The token that is held now, too old or refused: a store that still has it gives nothing new. Empty at first.
  core::SecretString previous = {};
  bool awaited = true;  // somebody waits for it; the user may be asked
  core::CancelToken cancel = {};
  // Ends two seconds after `cancel`: for the one exchange whose answer must not get lost, because it holds the only
  // copy of the next refresh token.
  core::CancelToken finish = {};
};
using Fetcher = std::function<core::Result<AccessToken>(const Fetch& fetch)>;

// Any thread. Fetches run on a thread of the source's own ("token"), so that a caller who gives up stops nobody else.
class TokenSource {
 public:
  // `fetch` runs once at a time. The clock outlives the source.
  TokenSource(core::Clock& clock, Fetcher fetch, core::Duration early = {});
  // Ends a fetch that runs, within two seconds at most.
  ~TokenSource();
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;

  // A fresh one at once; a stale one at once, while a new one is fetched (not within a minute of a failure to); else
  // waits for the fetch that runs or begins now, and shares its outcome.
  core::Result<AccessToken> token(const core::CancelToken& cancel);

  // A host did not accept it. True where the next token() gives another one. A token that came of such a refusal is not
  // replaced again within a minute: then it is not the token that the host objects to.
  bool refused(const core::SecretString& value);

 private:
  struct Held {
    AccessToken token;
    TokenAge age;
    bool refused = false;
    bool afterRefusal = false;
  };

  Freshness freshness() const;
  void begin(bool awaited);
  void run(const Fetch& fetch);

  core::Clock& clock_;
  const Fetcher fetch_;
  const core::Duration early_;
  const core::CancelSource cancel_;
  const core::CancelSource finish_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::optional<Held> held_;
  bool fetching_ = false;
  std::uint64_t fetches_ = 0;           // that have ended
  std::optional<core::Error> failure_;  // of the last one
  std::optional<core::TimePoint> failedAt_;
  std::thread thread_;
};

}  // namespace trowel::auth
