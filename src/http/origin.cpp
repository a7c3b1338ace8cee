// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/origin.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

#include "trowel/core/text.hpp"

namespace trowel::http {

namespace {

std::uint16_t defaultPort(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

// The text itself stays out of the message: a pasted address may hold a password.
std::unexpected<core::Error> malformed(std::string_view why) {
  return core::fail(
      core::ErrorCode::InvalidParams,
      fmt::format("The address of the workspace {}. Write it like https://host or http://127.0.0.1:8080.", why));
}

bool isHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

}  // namespace

core::Result<Origin> parseOrigin(std::string_view text) {
  Origin origin;
  auto mark = text.find("://");
  if (mark == std::string_view::npos) return malformed("has no scheme");
  origin.scheme = core::toLower(text.substr(0, mark));
  if (origin.scheme != "http" && origin.scheme != "https") return malformed("is neither http nor https");

  auto rest = text.substr(mark + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('@') != std::string_view::npos) return malformed("contains a user name");
  if (rest.find_first_of("/?#") != std::string_view::npos) return malformed("contains more than a host and a port");

  std::string_view port;
  bool bracketed = rest.starts_with('[');
  if (bracketed) {
    auto end = rest.find(']');
    if (end == std::string_view::npos) return malformed("has an opening bracket without a closing one");
    origin.host = core::toLower(rest.substr(1, end - 1));
    port = rest.substr(end + 1);
    in6_addr address;
    if (inet_pton(AF_INET6, origin.host.c_str(), &address) != 1) return malformed("holds no valid IPv6 address");
  } else {
    auto colon = rest.find(':');
    origin.host = core::toLower(rest.substr(0, colon));
    if (colon != std::string_view::npos) port = rest.substr(colon);
    if (origin.host.empty()) return malformed("has no host");
    for (char c : origin.host)
      if (!isHostCharacter(c)) return malformed("has a host with characters that no host has");
  }

  origin.port = defaultPort(origin.scheme);
  if (port.empty()) return origin;
  if (!port.starts_with(':')) return malformed("has something behind its bracket that is no port");
  port.remove_prefix(1);
  auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), origin.port);
  if (problem != std::errc() || end != port.data() + port.size() || origin.port == 0)
    return malformed("has a port that is not a number between 1 and 65535");
  return origin;
}

std::string Origin::authority() const {
  auto name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == defaultPort(scheme) ? name : fmt::format("{}:{}", name, port);
}

std::string Origin::text() const { return fmt::format("{}://{}", scheme, authority()); }

bool Origin::isLoopback() const {
  if (host == "localhost" || host == "::1") return true;
  in_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24U) == 127;
}

}  // namespace trowel::http
