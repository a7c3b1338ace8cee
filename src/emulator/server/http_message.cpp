// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/http_message.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 416:
      return "Range Not Satisfiable";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

std::string oneLine(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

std::string decodeQueryPart(std::string_view part) {
  std::string spaced = core::replaceAll(std::string(part), "+", " ");
  return core::percentDecode(spaced).value_or(spaced);
}

}  // namespace

std::string_view Request::header(std::string_view lowerCaseName) const {
  for (const auto& [name, value] : headers)
    if (name == lowerCaseName) return value;
  return {};
}

bool Request::keepAlive() const {
  std::string wish = core::toLower(header("connection"));
  return minorVersion >= 1 ? wish != "close" : wish == "keep-alive";
}

std::optional<Request> parseHead(std::string_view head) {
  auto lines = core::split(head, '\n');
  for (auto& line : lines)
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  auto words = core::split(lines.front(), ' ');
  if (words.size() != 3 || words[0].empty() || words[1].empty()) return std::nullopt;
  if (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0") return std::nullopt;

  Request request;
  request.method = words[0];
  request.minorVersion = words[2].back() - '0';
  std::string_view target = words[1];
  if (target.starts_with("http://")) {  // absolute form, as sent through proxies
    auto slash = target.find('/', 7);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  target = target.substr(0, target.find('#'));
  auto question = target.find('?');
  request.path = target.substr(0, question);
  if (request.path.empty() || request.path.front() != '/') return std::nullopt;
  if (question != std::string_view::npos) request.query = parseQuery(target.substr(question + 1));

  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto colon = lines[i].find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    request.headers.emplace_back(core::toLower(lines[i].substr(0, colon)), core::trim(lines[i].substr(colon + 1)));
  }
  return request;
}

Fields parseQuery(std::string_view query) {
  Fields fields;
  for (auto part : core::split(query, '&')) {
    if (part.empty()) continue;
    auto equals = part.find('=');
    std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    fields.emplace_back(decodeQueryPart(part.substr(0, equals)), decodeQueryPart(value));
  }
  return fields;
}

std::string serialize(const Response& response, bool keepAlive, bool headOnly) {
  bool hasBody = response.status != 204 && response.status != 304;
  std::string bytes = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
  for (const auto& [name, value] : response.headers) bytes += fmt::format("{}: {}\r\n", name, oneLine(value));
  if (hasBody) {
    if (!response.contentType.empty()) bytes += fmt::format("Content-Type: {}\r\n", oneLine(response.contentType));
    bytes += fmt::format("Content-Length: {}\r\n", response.file ? response.file->length : response.body.size());
  }
  bytes += keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (!hasBody || headOnly || response.file) return bytes;
  std::size_t length = response.delivery == Delivery::Truncated ? std::min(response.truncateAt, response.body.size())
                                                                : response.body.size();
  return bytes.append(response.body, 0, length);
}

}  // namespace trowel::emulator
