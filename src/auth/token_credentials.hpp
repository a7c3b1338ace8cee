// SPDX-License-Identifier: Apache-2.0
// Credentials of tokens that end and are renewed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "auth/token_source.hpp"
#include "trowel/http/credentials.hpp"

namespace trowel::auth {

// A second token, that a cloud wants to see in a header of its own.
struct HeaderToken {
  std::string header;
  std::shared_ptr<TokenSource> source;
  bool optional = false;  // without it where it cannot be had
};

std::shared_ptr<http::Credentials> tokenCredentials(std::shared_ptr<TokenSource> source,
                                                    std::vector<HeaderToken> more = {});

// An Authorization header that never changes.
std::shared_ptr<http::Credentials> fixedCredentials(core::SecretString authorization);

}  // namespace trowel::auth
