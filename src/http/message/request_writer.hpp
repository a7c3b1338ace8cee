// SPDX-License-Identifier: Apache-2.0
// The bytes of a request's head, and whether it may be sent at all.
#pragma once

#include <optional>
#include <string>

#include "trowel/core/secret.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::http {

// InvalidParams or Internal where a line break or a blank in method, target, header or credential would make another
// request of it. The text names the header, never its value: that may be a credential.
core::Result<void> checkRequest(const HttpRequest& request);

// Ready to be sent, with the empty line. `bodyBytes`: nothing for requests without a body. `proxy`: the request goes
// to a proxy in plain, which wants the whole address and, where not empty, this Proxy-Authorization.
struct PlainProxy {
  const core::SecretString& authorization;
};
core::SecretString requestHead(const HttpRequest& request, const Origin& origin, std::optional<std::uint64_t> bodyBytes,
                               std::optional<PlainProxy> proxy = {});

// CONNECT of a tunnel to `origin`.
core::SecretString connectHead(const Origin& origin, const core::SecretString& authorization);

}  // namespace trowel::http
