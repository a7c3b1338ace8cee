// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/proxy.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "trowel/core/text.hpp"

namespace trowel::http {

namespace {

// Where a virtual machine in a cloud asks for its own identity: a proxy would ask for its own instead.
constexpr std::string_view kMachineService = "169.254.169.254";

// An address as 16 bytes, IPv4 mapped into IPv6, so that both are compared alike.
using Bytes = std::array<unsigned char, 16>;
std::optional<Bytes> addressOf(const std::string& text) {
  Bytes bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  if (::inet_pton(AF_INET, text.c_str(), bytes.data() + 12) != 1) return std::nullopt;
  bytes[10] = bytes[11] = 0xFF;
  return bytes;
}

bool within(const Bytes& address, const Bytes& network, int bits) {
  for (int i = 0; i < 16 && bits > 0; ++i, bits -= 8) {
    const int mask = bits >= 8 ? 0xFF : (0xFF << (8 - bits)) & 0xFF;
    const auto at = static_cast<std::size_t>(i);
    if ((address[at] & mask) != (network[at] & mask)) return false;
  }
  return true;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

core::Result<std::optional<Proxy>> parseProxy(const ProxyText& text) {
  std::string_view rest = core::trim(text.value.reveal());
  if (rest.empty()) return std::nullopt;
  auto refused = [&](std::string_view why) {
    return core::fail(core::ErrorCode::InvalidParams,
                      fmt::format("The proxy in {} {}. Write it like http://proxy.example.com:3128 or "
                                  "http://user:password@proxy.example.com:3128.",
                                  text.from, why));
  };
  std::string scheme = "http";
  if (const auto mark = rest.find("://"); mark != std::string_view::npos) {
    scheme = core::toLower(rest.substr(0, mark));
    rest.remove_prefix(mark + 3);
  }
  if (scheme != "http" && scheme != "https")
    return refused(fmt::format("is one of a kind ({}) that Trowel does not speak", scheme));
  Proxy proxy{.origin = {}, .authorization = {}, .from = text.from};
  rest = rest.substr(0, rest.find('/'));
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const auto person = core::percentDecode(rest.substr(0, at));
    if (!person) return refused("has a user name or password with a percent sign that is not written as %25");
    proxy.authorization =
        core::SecretString("Basic " + core::toBase64(person->find(':') == std::string::npos ? *person + ":" : *person));
    proxy.authorizationFrom = "its address";
    rest.remove_prefix(at + 1);
  }
  auto origin = parseOrigin(scheme + "://" + std::string(rest));
  if (!origin) return refused("is not a valid address");
  proxy.origin = *std::move(origin);
  return proxy;
}

bool same(const std::optional<Proxy>& a, const std::optional<Proxy>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->origin == b->origin && a->authorization.reveal() == b->authorization.reveal() && a->from == b->from &&
         a->authorizationFrom == b->authorizationFrom;
}

}  // namespace

core::Result<ProxyRules> ProxyRules::parse(const ProxyTexts& texts) {
  ProxyRules rules;
  rules.https_ = TROWEL_TRY(parseProxy(texts.https));
  rules.http_ = TROWEL_TRY(parseProxy(texts.http));
  if (const std::string& given = texts.authorization.value.reveal(); !given.empty()) {
    if (std::ranges::any_of(given, [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
      return core::fail(core::ErrorCode::InvalidParams,
                        fmt::format("What {} holds contains line breaks or other control characters. Write it in one "
                                    "line, like Basic dXNlcjpwYXNzd29yZA==.",
                                    texts.authorization.from));
    for (auto* proxy : {&rules.https_, &rules.http_}) {
      if (!*proxy) continue;
      (*proxy)->authorization = texts.authorization.value;
      (*proxy)->authorizationFrom = texts.authorization.from;
    }
  }
  const auto list = core::replaceAll(texts.except, " ", ",");
  for (auto one : core::split(list, ','))
    if (auto exception = parseException(core::trim(one))) rules.exceptions_.push_back(*std::move(exception));
  return rules;
}

bool operator==(const ProxyRules& a, const ProxyRules& b) {
  return same(a.https_, b.https_) && same(a.http_, b.http_) && a.exceptions_ == b.exceptions_;
}

const Proxy* ProxyRules::proxyFor(const Origin& server) const {
  const auto& proxy = server.scheme == "https" ? https_ : http_;
  if (!proxy || server.isLoopback() || server.host == kMachineService) return nullptr;
  if (std::ranges::any_of(exceptions_, [&](const Exception& one) { return matches(one, server); })) return nullptr;
  return &*proxy;
}

std::optional<ProxyRules::Exception> ProxyRules::parseException(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Exception exception;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    exception.host = std::string(text.substr(0, slash));
    auto bits = number<int>(text.substr(slash + 1));
    const auto network = addressOf(exception.host);
    const bool v4 = exception.host.find(':') == std::string::npos;
    if (!network || !bits || *bits < 0 || *bits > (v4 ? 32 : 128)) return std::nullopt;
    exception.bits = v4 ? *bits + 96 : *bits;
    return exception;
  }
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    exception.host = core::toLower(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
  } else {
    // An IPv6 address without brackets has colons of its own, and no port.
    const auto colon = std::ranges::count(text, ':') == 1 ? text.find(':') : text.size();
    exception.host = core::toLower(text.substr(0, colon));
    text.remove_prefix(colon);
  }
  if (text.starts_with(':')) {
    exception.port = number<std::uint16_t>(text.substr(1));
    if (!exception.port) return std::nullopt;
  }
  if (exception.host.starts_with("*.")) exception.host.erase(0, 1);
  return exception;
}

bool ProxyRules::matches(const Exception& exception, const Origin& server) {
  if (exception.port && *exception.port != server.port) return false;
  if (exception.host == "*") return true;
  if (exception.host == "<local>") return server.host.find_first_of(".:") == std::string::npos;
  const auto address = addressOf(server.host);
  const auto wanted = addressOf(exception.host);
  if (wanted) return address && within(*address, *wanted, exception.bits.value_or(128));
  if (address) return false;
  const auto& suffix = exception.host;
  if (suffix.starts_with('.')) return server.host.ends_with(suffix) || server.host == suffix.substr(1);
  return server.host == suffix || server.host.ends_with("." + suffix);
}

}  // namespace trowel::http
