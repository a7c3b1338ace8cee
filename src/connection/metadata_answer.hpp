// SPDX-License-Identifier: Apache-2.0
// What the metadata service answers to one request: the contract that SDKs rely on.
#pragma once

#include <chrono>
#include <string>

#include "trowel/core/clock.hpp"
#include "trowel/http/credentials.hpp"

namespace trowel::connection {

inline constexpr std::chrono::seconds kHandedTokenLife{15};

// Equal, in a time that tells nothing about where they differ.
bool sameSecret(std::string_view a, std::string_view b);

struct MetadataPlace {
  std::string target;  // "/" and the unguessable path
  std::string host;    // an origin
};

// 405, 404, 400 and 404 again for what is wrong with method, path, version and host; 400 for a connection that has no
// token that could be handed over, 401 where the user must sign in again, 503 where no token can be had now.
http::HttpResponse answerMetadata(const MetadataPlace& place, const std::string& method, const std::string& target,
                                  const http::Headers& headers, http::Credentials& credentials, core::Clock& clock,
                                  const core::CancelToken& cancel);

}  // namespace trowel::connection
