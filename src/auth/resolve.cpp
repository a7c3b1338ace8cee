// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/resolve.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "trowel/auth/azure_cloud.hpp"
#include "trowel/auth/describe.hpp"
#include "trowel/auth/host.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

using core::ErrorCode;
using core::Result;

// What the environment says about these belongs to its own host, not to a profile's.
constexpr bool isOfOneHost(Attribute attribute) {
  switch (attribute) {
    case Attribute::AccountId:
    case Attribute::WorkspaceId:
    case Attribute::AuthType:
    case Attribute::DiscoveryUrl:
    case Attribute::Audience:
    case Attribute::Cloud:
      return true;
    default:
      return false;
  }
}

// Part of how to sign in where.
bool isSignIn(const AttributeInfo& info) {
  return !info.method.empty() || info.attribute == Attribute::Host || info.attribute == Attribute::AzureEnvironment;
}

std::optional<bool> asBool(std::string_view text) {
  for (auto yes : {"1", "t", "true"})
    if (core::equalsIgnoreCase(text, yes)) return true;
  for (auto no : {"0", "f", "false"})
    if (core::equalsIgnoreCase(text, no)) return false;
  return std::nullopt;
}

std::optional<std::string> lookUp(const http::Environment& environment, std::string_view name) {
  auto value = environment && !name.empty() ? environment(std::string(name)) : std::nullopt;
  return value && !value->empty() ? value : std::nullopt;
}

class Resolver {
 public:
  Resolver(const Request& request, const http::Environment& environment, const ConfigFile& file)
      : overlay_(request.overlay), environment_(environment), file_(file), config_(request.given) {}

  Result<Config> run() {
    const bool hasProfile = config_.has(Attribute::Profile);
    if (overlay_ == Overlay::Sdk || (!hasProfile && !config_.has(Attribute::Host)) ||
        (!hasProfile && overlay_ == Overlay::CliProfile)) {
      TROWEL_TRY(asSdk());
    } else if (hasProfile) {
      TROWEL_TRY(asCliProfile());
    } else {
      TROWEL_TRY(asProject());
    }
    TROWEL_TRY(readHost());
    TROWEL_TRY(checkProfileHost());
    TROWEL_TRY(readValues());
    TROWEL_TRY(checkMethods());
    return std::move(config_);
  }

 private:
  // ---- the ways

  Result<void> asSdk() {
    for (const auto& info : attributes()) fillFromEnvironment(info);
    if (config_.has(Attribute::Profile))
      return load(config_.get(Attribute::Profile), config_.sourceOf(Attribute::Profile), true);
    if (config_.has(Attribute::Host) || !methods().empty()) return {};
    if (auto chosen = file_.setting("default_profile"); !chosen.empty())
      return load(chosen, "default_profile in " + file_.path(), true);
    return load(std::string(ConfigFile::kDefault), "the default", false);
  }

  Result<void> asCliProfile() {
    for (const auto& info : attributes())
      if (!isSignIn(info) && !isOfOneHost(info.attribute)) fillFromEnvironment(info);
    TROWEL_TRY(load(config_.get(Attribute::Profile), config_.sourceOf(Attribute::Profile), true));
    if (!environmentIsForHost()) return {};
    const auto own = methods();
    for (const auto& info : attributes())
      if (isSignIn(info) &&
          (info.method.empty() || own.empty() || own.contains(info.method) || config_.has(Attribute::AuthType)))
        fillFromEnvironment(info);
    return {};
  }

  // A host and no profile.
  Result<void> asProject() {
    const bool itsHost = environmentIsForHost();
    for (const auto& info : attributes())
      if (itsHost || (!isSignIn(info) && !isOfOneHost(info.attribute))) fillFromEnvironment(info);
    if (config_.has(Attribute::Profile))
      return load(config_.get(Attribute::Profile), config_.sourceOf(Attribute::Profile), true);
    if (!methods().empty()) return {};
    return loadForHost();
  }

  // ---- the environment

  void fillFromEnvironment(const AttributeInfo& info) {
    if (config_.has(info.attribute)) return;
    for (auto name : {info.variable, info.otherVariable}) {
      if (auto value = lookUp(environment_, name)) {
        config_.set(info.attribute, *std::move(value), fmt::format("the variable {}", name));
        return;
      }
    }
  }

  // False where the environment is about another host than the one that is known already.
  bool environmentIsForHost() const {
    auto host = lookUp(environment_, infoOf(Attribute::Host).variable);
    return !host || !config_.has(Attribute::Host) || isSameHost(*host, config_.get(Attribute::Host));
  }

  // ---- the file

  Result<void> load(std::string name, std::string source, bool mustBe) {
    if (name == ConfigFile::kSettings)
      return problem(
          ErrorCode::InvalidParams,
          fmt::format("'{}' ({}) holds settings of the Databricks CLI and cannot be used as a profile.", name, source));
    const auto* section = file_.find(name);
    if (!section) {
      // The SDKs do without the file where they do not need it.
      const bool isNeedless = overlay_ == Overlay::Sdk && file_.sections().empty() && config_.has(Attribute::Host);
      if (isNeedless) return {};
      if (!file_.problem().empty()) return problem(ErrorCode::InvalidParams, file_.problem());
      if (!mustBe) return {};
      return problem(ErrorCode::NotFound, fmt::format("There is no profile [{}] ({}) in {}, which has {}.",
                                                      core::redact(name), source, file_.path(), profileNames()));
    }
    if (!section->problem.empty()) return problem(ErrorCode::InvalidParams, section->problem);
    if (section->entries.empty() && !mustBe) return {};
    for (const auto& info : attributes()) {
      const auto* entry = section->find(info.key);
      if (!entry || info.attribute == Attribute::Profile || info.attribute == Attribute::ConfigFile) continue;
      if (info.attribute == Attribute::Host) hostOfProfile_ = entry->value;
      if (config_.has(info.attribute) || entry->value.empty()) continue;
      config_.set(info.attribute, entry->value, fmt::format("the profile {} in {}", name, file_.place(entry->line)));
      ofProfile_.insert(info.attribute);
    }
    profile_ = section;
    config_.set(Attribute::Profile, std::move(name), std::move(source));
    return {};
  }

  Result<void> loadForHost() {
    std::vector<std::string> names;
    auto host = normaliseHost(config_.get(Attribute::Host));
    if (!host) return {};  // readHost() says so
    auto collect = [&](const std::string& workspaceId) {
      names.clear();
      for (const auto& section : file_.sections()) {
        const auto* entry = section.find("host");
        auto there = entry ? normaliseHost(entry->value) : Result<HostAddress>(HostAddress{});
        if (!there || there->host != host->host || section.name == ConfigFile::kSettings) continue;
        const auto* id = section.find("workspace_id");
        if (workspaceId.empty() || (id ? id->value : there->workspaceId) == workspaceId) names.push_back(section.name);
      }
    };
    collect("");
    auto id = config_.has(Attribute::WorkspaceId) ? config_.get(Attribute::WorkspaceId) : host->workspaceId;
    if (names.size() > 1 && !id.empty()) collect(id);
    if (names.empty()) return {};
    if (names.size() > 1)
      return problem(ErrorCode::InvalidParams,
                     fmt::format("{} has several profiles for {}: {}. Choose one with --profile or "
                                 "DATABRICKS_CONFIG_PROFILE.",
                                 file_.path(), host->host, fmt::join(names, ", ")));
    return load(names.front(), "the one for this host in " + file_.path(), true);
  }

  std::string profileNames() const {
    std::vector<std::string> names;
    for (const auto& section : file_.sections())
      if (section.name != ConfigFile::kSettings) names.push_back(core::redact(section.name));
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
  }

  // ---- what came out

  Result<void> readHost() {
    if (!config_.has(Attribute::Host)) return {};
    const auto source = config_.sourceOf(Attribute::Host);
    auto address = normaliseHost(config_.get(Attribute::Host));
    if (!address) {
      config_.set(Attribute::Host, "", "");  // not even in the list of what is set: it may hold a password
      return problem(ErrorCode::InvalidParams,
                     fmt::format("The host from {} cannot be used. {}", source, address.error().message));
    }
    config_.set(Attribute::Host, address->host, source);
    fillIds(*address, source);
    // The profile's link to the same host may tell more.
    auto there = normaliseHost(hostOfProfile_);
    if (there && there->host == address->host)
      fillIds(*there, fmt::format("the profile {} in {}", profile_->name, file_.place(profile_->find("host")->line)));
    return {};
  }

  void fillIds(const HostAddress& address, const std::string& source) {
    if (!config_.has(Attribute::WorkspaceId)) config_.set(Attribute::WorkspaceId, address.workspaceId, source);
    if (!config_.has(Attribute::AccountId)) config_.set(Attribute::AccountId, address.accountId, source);
  }

  // The host of one place with the credentials of another.
  Result<void> checkProfileHost() {
    if (!profile_ || hostOfProfile_.empty() || isSameHost(hostOfProfile_, config_.get(Attribute::Host))) return {};
    // A sign-in of the CLI is kept under the profile's name, so even one without secrets holds credentials.
    const auto isOfProfile = [&](const AttributeInfo& info) {
      return ofProfile_.contains(info.attribute) && (!info.method.empty() || info.attribute == Attribute::AuthType);
    };
    const bool hasOwn = !methods().empty() && std::ranges::none_of(attributes(), isOfProfile);
    if (overlay_ != Overlay::Project && hasOwn) return {};
    auto there = normaliseHost(hostOfProfile_);
    return problem(
        ErrorCode::InvalidParams,
        fmt::format("The host is {} by {}, but the profile {} ({}) is for {}, and Trowel sends credentials "
                    "only to the host that they belong to. Choose another profile with --profile, or correct "
                    "one of the two.",
                    config_.get(Attribute::Host), config_.sourceOf(Attribute::Host), profile_->name,
                    file_.place(profile_->find("host")->line), there ? there->host : "another host"));
  }

  Result<void> readValues() {
    for (auto attribute : {Attribute::AzureUseMsi, Attribute::DisableOauthRefreshToken}) {
      if (!config_.has(attribute)) continue;
      auto value = asBool(config_.get(attribute));
      if (!value) return notUnderstood(attribute, "true and false");
      config_.set(attribute, *value ? "true" : "", config_.sourceOf(attribute));
    }
    if (config_.has(Attribute::OauthCallbackPort)) {
      const auto& text = config_.get(Attribute::OauthCallbackPort);
      std::uint16_t port = 0;
      auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), port);
      if (wrong != std::errc() || end != text.data() + text.size() || port == 0)
        return notUnderstood(Attribute::OauthCallbackPort, "the numbers from 1 to 65535");
    }
    if (config_.has(Attribute::AzureEnvironment) && !azureCloudNamed(config_.get(Attribute::AzureEnvironment)))
      return notUnderstood(Attribute::AzureEnvironment, "PUBLIC, USGOVERNMENT and CHINA");
    return {};
  }

  Result<void> checkMethods() {
    const auto& type = config_.get(Attribute::AuthType);
    const auto configured = methods();
    if (type.empty() && configured.size() > 1)
      return problem(ErrorCode::InvalidParams,
                     fmt::format("More than one way of signing in is configured: {}. Remove all but one, or choose one "
                                 "with auth_type (DATABRICKS_AUTH_TYPE).",
                                 fmt::join(configured, " and ")));
    const bool isGoogle = type.starts_with("google-") || (type.empty() && configured.empty() && namesGoogle());
    if (isGoogle)
      return problem(ErrorCode::Unsupported,
                     "This signs in with a Google service account, which Trowel cannot do yet. Sign in with OAuth "
                     "instead ('trowel auth login', and auth_type = databricks-cli), or add a token or client_id and "
                     "client_secret.");
    return {};
  }

  // What the SDKs know and Trowel does not. GOOGLE_CREDENTIALS does not count: other programs want it as well.
  bool namesGoogle() const {
    if (profile_ && (profile_->find("google_service_account") || profile_->find("google_credentials"))) return true;
    return overlay_ == Overlay::Sdk && lookUp(environment_, "DATABRICKS_GOOGLE_SERVICE_ACCOUNT").has_value();
  }

  // ---- small things

  // Sorted, so that messages do not change.
  std::set<std::string_view> methods() const {
    std::set<std::string_view> found;
    for (const auto& info : attributes()) {
      if (info.method.empty() || !config_.has(info.attribute)) continue;
      if (info.attribute == Attribute::AzureUseMsi && asBool(config_.get(info.attribute)) == false) continue;
      found.insert(info.method);
    }
    return found;
  }

  Result<void> notUnderstood(Attribute attribute, std::string_view known) const {
    return problem(ErrorCode::InvalidParams, fmt::format("The value of {} from {} cannot be understood; {} can.",
                                                         infoOf(attribute).key, config_.sourceOf(attribute), known));
  }

  Result<void> problem(ErrorCode code, std::string sentence) const {
    return core::fail(code, fmt::format("{} {}", sentence, whatIsSet(config_)));
  }

  const Overlay overlay_;
  const http::Environment& environment_;
  const ConfigFile& file_;
  Config config_;
  const ConfigFile::Section* profile_ = nullptr;  // that was loaded
  std::string hostOfProfile_;                     // as written there
  std::set<Attribute> ofProfile_;                 // what it gave
};

}  // namespace

Result<Config> resolve(const Request& request, const http::Environment& environment, const ConfigFile& file) {
  return Resolver(request, environment, file).run();
}

}  // namespace trowel::auth
