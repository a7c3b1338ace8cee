// SPDX-License-Identifier: Apache-2.0
#include "secret_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using Kind = SecretRow::Kind;

constexpr std::size_t kMaxName = 128;  // bytes

struct Prefix {
  Kind kind;
  std::string_view text;
};
constexpr std::array<Prefix, 4> kPrefixes = {
    {{Kind::Scope, "scope:"}, {Kind::Secret, "secret:"}, {Kind::Access, "access:"}, {Kind::Acl, "acl:"}}};

bool isNamed(Kind kind) { return kind == Kind::Secret || kind == Kind::Acl; }

std::string quoted(std::string_view text) {
  std::string escaped = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped + "\"";
}

}  // namespace

std::string SecretRow::id() const {
  const auto* prefix = std::ranges::find(kPrefixes, kind, &Prefix::kind);
  auto text = std::string(prefix->text) + core::percentEncode(scope);
  return isNamed(kind) ? text + "/" + core::percentEncode(name) : text;
}

std::optional<SecretRow> SecretRow::parse(std::string_view id) {
  const auto* prefix = std::ranges::find_if(kPrefixes, [&](const Prefix& each) { return id.starts_with(each.text); });
  if (prefix == kPrefixes.end()) return std::nullopt;
  id.remove_prefix(prefix->text.size());
  const auto slash = id.find('/');
  if ((slash != std::string_view::npos) != isNamed(prefix->kind)) return std::nullopt;
  auto scope = core::percentDecode(id.substr(0, slash));
  auto name = core::percentDecode(slash == std::string_view::npos ? "" : id.substr(slash + 1));
  if (!scope || !name) return std::nullopt;
  return SecretRow{.kind = prefix->kind, .scope = *std::move(scope), .name = *std::move(name)};
}

std::string codeThatReads(const SecretRow& secret) {
  return fmt::format("dbutils.secrets.get(scope={}, key={})", quoted(secret.scope), quoted(secret.name));
}

std::string problemOfSecretName(std::string_view name) {
  const bool isPlain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.@/-").contains(c);
  });
  if (!isPlain) return "Only letters, digits and the signs _ . @ / - may be in it.";
  if (name.size() > kMaxName) return fmt::format("It has {} characters; {} are allowed.", name.size(), kMaxName);
  return {};
}

}  // namespace trowel::features
