// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/host.hpp"

#include <algorithm>

#include "trowel/core/text.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::auth {

namespace {

bool isNumber(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What a link of the workspace's own pages says about where it leads.
void readQuery(std::string_view query, HostAddress& address) {
  for (auto pair : core::split(query, '&')) {
    auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    auto name = pair.substr(0, equals);
    auto value = core::percentDecode(pair.substr(equals + 1)).value_or("");
    if (name == "w" || ((name == "o" || name == "workspace_id") && isNumber(value))) {
      address.workspaceId = value;
    } else if (name == "a" || name == "account_id") {
      address.accountId = value;
    }
  }
}

}  // namespace

core::Result<HostAddress> normaliseHost(std::string_view text) {
  HostAddress address;
  auto rest = core::trim(text);
  std::string scheme = "https://";
  const bool hasScheme = rest.find("://") != std::string_view::npos;
  if (hasScheme) {
    auto end = rest.find("://") + 3;
    scheme = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  rest = rest.substr(0, rest.find('#'));
  if (auto mark = rest.find('?'); mark != std::string_view::npos) {
    readQuery(rest.substr(mark + 1), address);
    rest = rest.substr(0, mark);
  }
  rest = rest.substr(0, rest.find('/'));
  const auto origin = TROWEL_TRY(http::parseOrigin(scheme + std::string(rest)));
  // A token pasted into the wrong field must not become a name that is looked up and shown.
  if (!hasScheme && origin.host.find_first_of(".:") == std::string::npos && !origin.isLoopback())
    return core::fail(core::ErrorCode::InvalidParams,
                      "The address of the workspace is no full name of a host. Write it like https://host.");
  if (origin.scheme == "http" && !origin.isLoopback())
    return core::fail(core::ErrorCode::InvalidParams,
                      "The address of the workspace begins with http://, so your token would travel unencrypted. Write "
                      "https:// instead.");
  address.host = origin.text();
  return address;
}

bool isSameHost(std::string_view a, std::string_view b) {
  auto one = normaliseHost(a);
  auto other = normaliseHost(b);
  return one && other && one->host == other->host;
}

}  // namespace trowel::auth
