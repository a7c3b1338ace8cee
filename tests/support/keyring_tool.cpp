// SPDX-License-Identifier: Apache-2.0
// The system's keyring on stdin and stdout, for tests/cli/keyring_test.py: "set SERVICE ACCOUNT SECRET", "get SERVICE
// ACCOUNT", "remove SERVICE ACCOUNT"; the answer is "ok", "none", "value SECRET" or "failed CODE SENTENCE".
#include <iostream>
#include <sstream>

#include "trowel/os/keyring.hpp"

namespace {

using trowel::core::Error;
using trowel::core::ErrorCode;

std::string answerOf(const Error& error) {
  const bool unsupported = error.code == ErrorCode::Unsupported;
  const bool unavailable = error.code == ErrorCode::Unavailable;
  return std::string("failed ") +
         (unsupported   ? "Unsupported "
          : unavailable ? "Unavailable "
                        : "Other ") +
         error.message;
}

}  // namespace

int main() {
  auto keyring = trowel::os::systemKeyring(trowel::core::systemClock());
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string verb, service, account, secret;
    words >> verb >> service >> account >> secret;
    if (verb == "get") {
      auto got = keyring->get(service, account, {});
      std::cout << (!got ? answerOf(got.error()) : !*got ? "none" : "value " + (*got)->reveal());
    } else {
      auto done = verb == "set" ? keyring->set(service, account, trowel::core::SecretString(secret), {})
                                : keyring->remove(service, account, {});
      std::cout << (done ? "ok" : answerOf(done.error()));
    }
    std::cout << '\n' << std::flush;
  }
}
