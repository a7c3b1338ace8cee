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
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
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
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
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

// RFC 9110 5.6.2: what method and header names are made of.
bool isToken(std::string_view text) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

bool hasControls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; });
}

// "https://host:1/path" -> "/path": the absolute form, as sent through proxies.
std::string_view withoutOrigin(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!core::equalsIgnoreCase(target.substr(0, scheme.size()), scheme)) continue;
    auto path = target.find_first_of("/?", scheme.size());
    return path == std::string_view::npos ? "/" : target.substr(path);
  }
  return target;
}

bool isUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

// RFC 3986 6.2.2.2: what need not be escaped is not. A path then has one spelling, by which guards, limits and faults
// know it.
std::string normalised(std::string_view path) {
  std::string plain;
  for (std::size_t i = 0; i < path.size(); ++i) {
    auto escaped = path[i] == '%' ? core::percentDecode(path.substr(i, 3)) : std::nullopt;
    if (escaped && escaped->size() == 1 && isUnreserved(escaped->front())) {
      plain += *escaped;
      i += 2;
    } else {
      plain += path[i];
    }
  }
  return plain;
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

std::size_t Request::count(std::string_view lowerCaseName) const {
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(), [&](const auto& each) { return each.first == lowerCaseName; }));
}

bool Request::keepAlive() const {
  for (auto wish : core::split(header("connection"), ',')) {
    wish = core::trim(wish);
    if (core::equalsIgnoreCase(wish, "close")) return false;
    if (core::equalsIgnoreCase(wish, "keep-alive")) return true;
  }
  return minorVersion >= 1;
}

std::optional<Request> parseHead(std::string_view head) {
  auto lines = core::split(head, '\n');
  for (auto& line : lines)
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  auto words = core::split(lines.front(), ' ');
  if (words.size() != 3 || !isToken(words[0]) || hasControls(words[1])) return std::nullopt;
  if (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0") return std::nullopt;

  Request request;
  request.method = words[0];
  request.minorVersion = words[2].back() - '0';
  std::string_view target = withoutOrigin(words[1]);
  target = target.substr(0, target.find('#'));
  auto question = target.find('?');
  request.path = normalised(target.substr(0, question));
  if (request.path.empty() && question != std::string_view::npos) request.path = "/";
  if (request.path.empty() || request.path.front() != '/') return std::nullopt;
  if (question != std::string_view::npos) request.query = parseQuery(target.substr(question + 1));

  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto colon = lines[i].find(':');
    if (colon == std::string_view::npos || !isToken(lines[i].substr(0, colon))) return std::nullopt;
    auto value = core::trim(lines[i].substr(colon + 1));
    if (hasControls(value)) return std::nullopt;
    request.headers.emplace_back(core::toLower(lines[i].substr(0, colon)), value);
  }
  // RFC 9112 3.2: one Host, without which only HTTP/1.0 gets along.
  auto hosts = request.count("host");
  if (hosts > 1 || (hosts == 0 && request.minorVersion >= 1)) return std::nullopt;
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

std::string serializeHead(const Response& response, BodyEnd bodyEnd, bool keepAlive) {
  std::string bytes = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
  for (const auto& [name, value] : response.headers) bytes += fmt::format("{}: {}\r\n", oneLine(name), oneLine(value));
  if (response.hasBody()) {
    if (!response.contentType.empty()) bytes += fmt::format("Content-Type: {}\r\n", oneLine(response.contentType));
    auto length = static_cast<std::int64_t>(response.length()) + response.delivery.lengthOff;
    if (bodyEnd == BodyEnd::Length) bytes += fmt::format("Content-Length: {}\r\n", std::max<std::int64_t>(0, length));
    if (bodyEnd == BodyEnd::Chunked) bytes += "Transfer-Encoding: chunked\r\n";
  }
  return bytes.append(keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

}  // namespace trowel::emulator
