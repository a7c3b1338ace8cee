// SPDX-License-Identifier: Apache-2.0
#include "http/message/request_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trowel::http {

namespace {

// Control characters in a header or a target would start a header or a request of their own.
bool isPlain(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

bool isToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return c > 0x20 && c < 0x7F &&
           std::string_view("\"(),/:;<=>?@[\\]{}").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

bool isTarget(std::string_view text) {
  return text.starts_with('/') && std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

core::Result<void> checkRequest(const HttpRequest& request) {
  if (!isToken(request.method) || !isTarget(request.target))
    return core::fail(core::ErrorCode::Internal, "A request with a malformed method or path was not sent.");
  for (const auto& [key, value] : request.headers)
    if (!isToken(key) || !isPlain(value))
      return core::fail(core::ErrorCode::InvalidParams, "A request with line breaks in a header was not sent.", key);
  const bool plainSecrets = std::ranges::all_of(
      request.secrets, [](const auto& each) { return isToken(each.first) && isPlain(each.second.reveal()); });
  if (!isPlain(request.authorization.reveal()) || !plainSecrets)
    return core::fail(core::ErrorCode::InvalidParams,
                      "The token contains line breaks or other control characters. Copy it again, without them.");
  return {};
}

core::SecretString requestHead(const HttpRequest& request, const Origin& origin, std::optional<std::uint64_t> bodyBytes,
                               std::optional<PlainProxy> proxy) {
  std::string head = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\n", request.method, proxy ? origin.text() : "",
                                 request.target, origin.authority());
  if (headerOf(request.headers, "Accept-Encoding").empty()) head.append("Accept-Encoding: gzip\r\n");
  for (const auto& [key, value] : request.headers) head.append(key).append(": ").append(value).append("\r\n");
  if (!request.authorization.empty())
    head.append("Authorization: ").append(request.authorization.reveal()).append("\r\n");
  for (const auto& [key, value] : request.secrets) head.append(key).append(": ").append(value.reveal()).append("\r\n");
  if (proxy && !proxy->authorization.empty())
    head.append("Proxy-Authorization: ").append(proxy->authorization.reveal()).append("\r\n");
  if (bodyBytes) head.append(fmt::format("Content-Length: {}\r\n", *bodyBytes));
  head.append("\r\n");
  return core::SecretString(std::move(head));
}

core::SecretString connectHead(const Origin& origin, const core::SecretString& authorization) {
  const bool v6 = origin.host.find(':') != std::string::npos;
  const auto target = fmt::format("{}{}{}:{}", v6 ? "[" : "", origin.host, v6 ? "]" : "", origin.port);
  std::string head = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target);
  if (!authorization.empty()) head.append("Proxy-Authorization: ").append(authorization.reveal()).append("\r\n");
  head.append("\r\n");
  return core::SecretString(std::move(head));
}

}  // namespace trowel::http
