// SPDX-License-Identifier: Apache-2.0
#include "connection/sources/project.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "connection/sources/bundle_file.hpp"
#include "trowel/auth/resolve.hpp"
#include "trowel/core/text.hpp"

namespace trowel::connection {

namespace {

using auth::Attribute;
using core::ErrorCode;
using core::Result;

// What a project may say about signing in, as with the CLI. Not where tokens are fetched, nor which file or variable of
// this machine is one: a repository is other people's text.
constexpr std::array kOfProject = {
    Attribute::Host,          Attribute::Profile,          Attribute::AuthType,
    Attribute::AccountId,     Attribute::WorkspaceId,      Attribute::ClientId,
    Attribute::AzureUseMsi,   Attribute::AzureClientId,    Attribute::AzureWorkspaceResourceId,
    Attribute::AzureTenantId, Attribute::AzureEnvironment,
};

constexpr std::string_view kDefaultTarget = "default";  // of a bundle without targets

Result<Bundle> readBundle(const ProjectFiles& files) {
  Bundle bundle;
  for (const auto& file : files.bundle) mergeBundle(TROWEL_TRY(parseBundle(file.text, file.path)), bundle);
  return bundle;
}

std::string namesOf(const std::vector<BundleTarget>& targets) {
  std::vector<std::string> names;
  for (const auto& target : targets) names.push_back(target.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

// By the rules of the CLI.
Result<BundleTarget> chooseTarget(const Bundle& bundle, const SourceInputs& inputs) {
  std::string asked = inputs.target;
  std::string by = "";
  if (asked.empty() && inputs.environment) {
    asked = inputs.environment("DATABRICKS_BUNDLE_TARGET").value_or("");
    by = " (DATABRICKS_BUNDLE_TARGET)";
  }
  const auto& targets = bundle.targets;
  if (!asked.empty()) {
    auto it = std::ranges::find(targets, asked, &BundleTarget::name);
    if (it != targets.end()) return *it;
    if (targets.empty() && asked == kDefaultTarget) return BundleTarget{.name = asked};
    return core::fail(ErrorCode::NotFound,
                      fmt::format("The bundle has no target '{}'{}; it has {}. Choose one of them.", asked, by,
                                  targets.empty() ? "none" : namesOf(targets)));
  }
  if (targets.empty()) return BundleTarget{.name = std::string(kDefaultTarget)};
  if (targets.size() == 1) return targets.front();
  std::vector<BundleTarget> defaults;
  std::ranges::copy_if(targets, std::back_inserter(defaults), &BundleTarget::isDefault);
  if (defaults.size() == 1) return defaults.front();
  if (defaults.empty())
    return core::fail(ErrorCode::InvalidParams,
                      fmt::format("The bundle has the targets {} and none of them is the default. Mark one with "
                                  "'default: true', or set DATABRICKS_BUNDLE_TARGET.",
                                  namesOf(targets)));
  return core::fail(ErrorCode::InvalidParams,
                    fmt::format("The bundle has several default targets: {}. Leave 'default: true' at one of them.",
                                namesOf(defaults)));
}

// The official extension's choices: what it wrote for this target, else what it wrote before there was one.
struct Overrides {
  core::Json fields;
  std::string path;
};

Overrides overridesOf(const ProjectFiles& files, const std::string& target, Offer& offer) {
  auto it = files.overrides.find(target);
  const auto& file = it == files.overrides.end() ? files.rootOverrides : it->second;
  if (file.text.empty()) return {core::Json::object(), {}};
  auto fields = core::parseJson(file.text);
  if (fields && fields->is_object()) return {*std::move(fields), file.path};
  offer.notes.push_back(file.path + " is passed over, for it is no JSON object.");
  return {core::Json::object(), {}};
}

Result<auth::Config> bundleConfig(const Bundle& bundle, const BundleTarget& target, const Overrides& overrides,
                                  const SourceInputs& inputs, Offer& offer) {
  auto workspace = target.workspace;
  workspace.insert(bundle.workspace.begin(), bundle.workspace.end());
  if (auto profile = core::stringAt(overrides.fields, "authProfile"); !profile.empty())
    workspace["profile"] = {profile, overrides.path};

  auth::Request request{.overlay = auth::Overlay::Project};
  for (const auto& info : auth::attributes()) {
    auto it = workspace.find(std::string(info.key));
    if (it == workspace.end() || it->second.text.empty()) continue;
    if (std::ranges::find(kOfProject, info.attribute) == kOfProject.end()) {
      offer.notes.push_back(fmt::format("{}: '{}' is passed over, for a project may not say that. Set it in a profile.",
                                        it->second.place, info.key));
      continue;
    }
    // Nobody signs in by what has yet to be computed, and the CLI refuses it as well.
    if (it->second.text.find("${") != std::string::npos)
      return core::fail(
          ErrorCode::InvalidParams,
          fmt::format("{}: '{}' is computed from a variable, which cannot be done before signing in. Write "
                      "the value itself{}.",
                      it->second.place, info.key,
                      info.variable.empty() ? "" : fmt::format(", or leave it out and set {}", info.variable)));
    request.given.set(info.attribute, it->second.text, it->second.place);
  }

  auto cluster = target.clusterId.text.empty() ? bundle.clusterId : target.clusterId;
  if (auto chosen = core::stringAt(overrides.fields, "clusterId"); !chosen.empty()) cluster = {chosen, overrides.path};
  if (core::boolAt(overrides.fields, "serverless")) {
    request.given.set(Attribute::ServerlessComputeId, "auto", overrides.path);
  } else if (cluster.text.find("${") != std::string::npos) {
    offer.notes.push_back(
        fmt::format("{}: the cluster is computed from a variable, so Trowel does not know it.", cluster.place));
  } else {
    request.given.set(Attribute::ClusterId, cluster.text, cluster.place);
  }
  return auth::resolve(request, inputs.environment, inputs.configFile);
}

Result<auth::Config> legacyConfig(const SourceInputs& inputs) {
  const auto& file = inputs.project.legacy;
  auto fields = core::parseJson(file.text);
  if (!fields || !fields->is_object())
    return core::fail(ErrorCode::InvalidParams, file.path + " is no JSON object. Correct or remove it.");
  auth::Request request{.overlay = auth::Overlay::Project};
  request.given.set(Attribute::Host, core::stringAt(*fields, "host"), file.path);
  request.given.set(Attribute::Profile, core::stringAt(*fields, "profile"), file.path);
  request.given.set(Attribute::ClusterId, core::stringAt(*fields, "clusterId"), file.path);
  auto type = core::stringAt(*fields, "authType");
  if (type != "profile") request.given.set(Attribute::AuthType, type, file.path);
  return auth::resolve(request, inputs.environment, inputs.configFile);
}

void takeBundle(const SourceInputs& inputs, Offer& offer) {
  auto bundle = readBundle(inputs.project);
  auto target = bundle ? chooseTarget(*bundle, inputs) : std::unexpected(bundle.error());
  if (!target) {
    offer.problem = std::move(target).error().message;
    return;
  }
  offer.file = inputs.project.bundle.front().path;
  offer.id = "project:" + target->name;
  offer.name = fmt::format("{} ({})", bundle->name.empty() ? "bundle" : bundle->name, target->name);
  auto overrides = overridesOf(inputs.project, target->name, offer);
  takeConfig(offer, bundleConfig(*bundle, *target, overrides, inputs, offer),
             fmt::format("The target '{}' of {} names no host. Add 'host' to its 'workspace', or choose a profile.",
                         target->name, inputs.project.bundle.front().path));
}

}  // namespace

std::optional<Offer> projectOffer(const SourceInputs& inputs, const SyncFields& defaults) {
  const auto& files = inputs.project;
  if (files.empty()) return std::nullopt;
  Offer offer;
  offer.source = Source::Project;
  offer.id = "project:" + std::string(kDefaultTarget);
  offer.name = "Project";
  offer.notes = files.notes;
  if (files.bundle.empty()) {
    offer.file = files.legacy.path;
    takeConfig(offer, legacyConfig(inputs), files.legacy.path + " names no host.");
  } else {
    takeBundle(inputs, offer);
  }
  takeSyncFields(offer, {}, defaults, inputs);
  return offer;
}

}  // namespace trowel::connection
