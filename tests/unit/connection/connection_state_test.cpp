// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/connection_state.hpp"

#include "support/catch.hpp"

namespace trowel::connection {

namespace {

core::Error error(core::ErrorCode code, int status = 0) {
  core::Error made;
  made.code = code;
  made.httpStatus = status;
  return made;
}

constexpr State kAll[] = {State::None, State::Connecting, State::Ready, State::Offline, State::SignIn, State::Failed};

}  // namespace

TEST_CASE("whatever the state, a choice connects and a dropped one is none") {
  for (auto state : kAll) {
    CHECK(next(state, Event::Chosen) == State::Connecting);
    CHECK(next(state, Event::Dropped) == State::None);
  }
}

TEST_CASE("a host that answers makes any chosen connection ready, and nothing happens to one that is not chosen") {
  for (auto state : kAll) CHECK(next(state, Event::Proved) == (state == State::None ? State::None : State::Ready));
  for (auto event : {Event::Lost, Event::Refused, Event::Broken}) CHECK(next(State::None, event) == State::None);
}

TEST_CASE("a connection that works goes offline or asks for a sign-in, and never fails for one call") {
  CHECK(next(State::Ready, Event::Lost) == State::Offline);
  CHECK(next(State::Ready, Event::Refused) == State::SignIn);
  CHECK(next(State::Ready, Event::Broken) == State::Ready);
}

TEST_CASE("what needs the user is not hidden by a network that goes away") {
  CHECK(next(State::SignIn, Event::Lost) == State::SignIn);
  CHECK(next(State::Failed, Event::Lost) == State::Failed);
}

TEST_CASE("an error of the workspace about what was asked proves that it answers") {
  for (auto code : {core::ErrorCode::NotFound, core::ErrorCode::PermissionDenied, core::ErrorCode::Conflict})
    CHECK(eventOfCall(std::make_unique<core::Error>(error(code, 404)).get()) == Event::Proved);
  CHECK(eventOfCall(nullptr) == Event::Proved);
  auto busy = error(core::ErrorCode::Unavailable, 503);
  CHECK(eventOfCall(&busy) == Event::Proved);
  auto gone = error(core::ErrorCode::Unavailable);
  CHECK(eventOfCall(&gone) == Event::Lost);
  auto refused = error(core::ErrorCode::Unauthenticated, 401);
  CHECK(eventOfCall(&refused) == Event::Refused);
  for (auto code : {core::ErrorCode::Cancelled, core::ErrorCode::DeadlineExceeded}) {
    auto stopped = error(code);
    CHECK_FALSE(eventOfCall(&stopped));
  }
}

TEST_CASE("what a connection fails with decides whether it is tried again") {
  auto unavailable = error(core::ErrorCode::Unavailable, 503);
  CHECK(eventOfConnecting(&unavailable) == Event::Lost);
  auto refused = error(core::ErrorCode::Unauthenticated);
  CHECK(eventOfConnecting(&refused) == Event::Refused);
  auto page = error(core::ErrorCode::Unavailable, 200);
  CHECK(eventOfConnecting(&page) == Event::Broken);
  auto wrong = error(core::ErrorCode::NotConfigured);
  CHECK(eventOfConnecting(&wrong) == Event::Broken);
}

}  // namespace trowel::connection
