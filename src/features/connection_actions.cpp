// SPDX-License-Identifier: Apache-2.0
#include "connection_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/auth/config_file_store.hpp"
#include "trowel/auth/host.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using auth::Attribute;
using connection::Offer;
using connection::Source;
using core::ErrorCode;
using core::Json;
using core::Result;

constexpr const char* kBrowser = "browser";
constexpr const char* kToken = "token";

bool isPersonal(const Offer& offer) {
  auto type = offer.config.get(Attribute::AuthType);
  return type == "databricks-cli" ||
         (type.empty() && !offer.config.has(Attribute::Token) && !offer.config.has(Attribute::ClientSecret) &&
          !offer.config.has(Attribute::AzureClientSecret));
}

// Where the browser will come back to, as the address of the sign-in page says.
std::optional<std::string> callbackOf(std::string_view url) {
  constexpr std::string_view kParameter = "redirect_uri=";
  auto at = url.find(kParameter);
  if (at == std::string_view::npos) return std::nullopt;
  auto value = url.substr(at + kParameter.size());
  return core::percentDecode(value.substr(0, value.find('&')));
}

}  // namespace

void ConnectionActions::tell(const std::string& message) {
  constexpr int kInfo = 3;
  parts_.session.editor().lifecycleShowMessage({kInfo, core::redact(message)});
}

Result<std::string> ConnectionActions::pick(protocol::CommandCall& call, const Project& project) {
  protocol::PickParams pick;
  pick.title = "Connection of " + (project.name.empty() ? "this window" : project.name);
  pick.placeholder = "Choose the workspace to talk to";
  auto status = parts_.session.connections().status(project.path);
  for (const auto& offer : TROWEL_TRY(parts_.session.connections().offers(project.path, call.context.cancel))) {
    protocol::PickItem item;
    item.id = offer.id;
    item.label = offer.name;
    item.description = offer.id == status.id ? "chosen now" : offer.cloud ? std::string(toString(*offer.cloud)) : "";
    item.detail = !offer.problem.empty()         ? offer.problem
                  : offer.source == Source::Demo ? "A local workspace to try things in; needs no account"
                                                 : offer.host;
    item.icon = !offer.problem.empty() ? "warning" : offer.source == Source::Demo ? "beaker" : "plug";
    pick.items.push_back(std::move(item));
  }
  auto chosen = TROWEL_TRY(parts_.session.editor().uiPick(pick, call.context.cancel));
  return chosen.ids && !chosen.ids->empty() ? chosen.ids->front() : std::string();
}

Result<Offer> ConnectionActions::subject(protocol::CommandCall& call, const Project& project, bool preferOwn) {
  std::string id;
  if (call.target.node && call.target.view == protocol::view::kConnections) id = *call.target.node;
  if (id.empty() && preferOwn) id = parts_.session.connections().status(project.path).id;
  if (id.empty()) id = TROWEL_TRY(pick(call, project));
  if (id.empty()) return Offer{};
  auto all = TROWEL_TRY(parts_.session.connections().offers(project.path, call.context.cancel));
  auto it = std::ranges::find(all, id, &Offer::id);
  if (it == all.end())
    return core::fail(ErrorCode::NotFound, "The connection '" + id + "' is not there any more. Refresh the view.");
  return std::move(*it);
}

Result<Json> ConnectionActions::select(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  // A row of another view that tells of a failure leads here too; its id names no connection.
  bool onRow = call.target.node && call.target.view == protocol::view::kConnections;
  auto id = onRow ? *call.target.node : TROWEL_TRY(pick(call, project));
  if (!id.empty()) TROWEL_TRY(parts_.connection.choose(project, id, call.context));
  return Json();
}

Result<Json> ConnectionActions::demo(protocol::CommandCall& call) {
  TROWEL_TRY(parts_.connection.choose(TROWEL_TRY(parts_.session.project(call.folder)), "demo", call.context));
  return Json();
}

Result<Json> ConnectionActions::disconnect(protocol::CommandCall& call) {
  TROWEL_TRY(parts_.connection.choose(TROWEL_TRY(parts_.session.project(call.folder)), "", call.context));
  return Json();
}

Result<Json> ConnectionActions::test(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  auto offer = TROWEL_TRY(subject(call, project));
  if (offer.id.empty()) return Json();
  call.context.progress.report("Testing", offer.name);
  auto me = TROWEL_TRY(parts_.session.connections().test(offer, call.context.cancel));
  tell(fmt::format("{} answers: you are {}.", offer.name, me.userName));
  return Json();
}

Result<Json> ConnectionActions::copyHost(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  auto offer = TROWEL_TRY(subject(call, project));
  if (offer.id.empty()) return Json();
  auto status = parts_.session.connections().status(project.path);
  auto host = offer.id == status.id && !status.host.empty() ? status.host : offer.host;
  if (host.empty())
    return core::fail(ErrorCode::NotFound, "'" + offer.name + "' has no address as long as it is not connected.");
  TROWEL_TRY(parts_.session.editor().uiCopy({host}, call.context.cancel));
  return Json();
}

Result<Json> ConnectionActions::openInBrowser(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  auto offer = TROWEL_TRY(subject(call, project));
  if (offer.id.empty()) return Json();
  auto status = parts_.session.connections().status(project.path);
  bool chosen = offer.id == status.id;
  auto url = chosen && !status.host.empty() ? status.host : offer.host;
  if (url.empty())
    return core::fail(ErrorCode::NotFound, "'" + offer.name + "' has no address as long as it is not connected.");
  if (chosen && status.workspaceId != 0) url += fmt::format("/?o={}", status.workspaceId);
  TROWEL_TRY(parts_.session.editor().uiOpenUrl({.url = url, .callback = {}}, call.context.cancel));
  return Json();
}

Result<Json> ConnectionActions::copyEnvironment(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  auto variables = TROWEL_TRY(parts_.handOver.variables(project, call.context.cancel));
  std::string text;
  for (const auto& [name, value] : variables) text += "export " + name + "='" + value + "'\n";
  TROWEL_TRY(parts_.session.editor().uiCopy({text}, call.context.cancel));
  tell(
      "The variables are on the clipboard: paste them into a terminal. They hold no token; tools fetch short-lived "
      "ones from this window for as long as it is open.");
  return Json();
}

// ---- asking

Result<std::string> ConnectionActions::askHost(protocol::CommandCall& call, const std::string& title,
                                               std::string value) {
  std::string prompt = "Address of the workspace, as in your browser";
  while (true) {
    auto answer =
        TROWEL_TRY(parts_.session.editor().uiInput({.title = title,
                                                    .prompt = prompt,
                                                    .placeholder = "https://adb-1234567890123456.7.azuredatabricks.net",
                                                    .value = value,
                                                    .masked = {}},
                                                   call.context.cancel));
    if (!answer.value || answer.value->empty()) return std::string();
    auto host = auth::normaliseHost(*answer.value);
    if (host) return host->host;
    prompt = host.error().message;
    value = *answer.value;
  }
}

Result<core::SecretString> ConnectionActions::askToken(protocol::CommandCall& call, const std::string& title,
                                                       const std::string& prompt) {
  auto answer = TROWEL_TRY(parts_.session.editor().uiInput(
      {.title = title, .prompt = prompt, .placeholder = {}, .value = {}, .masked = true}, call.context.cancel));
  core::SecretString token(std::string(core::trim(answer.value.value_or(""))));
  if (answer.value) core::wipe(*answer.value);
  return token;
}

Result<bool> ConnectionActions::signInWithToken(protocol::CommandCall& call, const Offer& offer) {
  std::string prompt = "A personal access token of " + offer.host + " (Settings → Developer → Access tokens)";
  while (true) {
    auto token = TROWEL_TRY(askToken(call, "Token of " + offer.name, prompt));
    if (token.empty()) return false;
    auto tried = offer;
    tried.config.set(Attribute::AuthType, "pat", "the prompt");
    tried.config.set(Attribute::Token, token.reveal(), "the prompt");
    call.context.progress.report("Testing", offer.name);
    auto works = parts_.session.connections().test(tried, call.context.cancel);
    if (!works && works.error().code == ErrorCode::Unauthenticated) {
      prompt = "The workspace does not accept that token. Copy it again: it is shown only once, when it is made.";
      continue;
    }
    if (!works) return std::unexpected(works.error());
    auto kept = TROWEL_TRY(parts_.secrets.set({offer.id, offer.host}, token, call.context.cancel));
    if (kept.rung != connection::Rung::Keyring) tell(connection::describe(kept));
    return true;
  }
}

Result<bool> ConnectionActions::signInWithBrowser(protocol::CommandCall& call, const Offer& offer) {
  call.context.progress.report("Signing in", "waiting for your browser");
  auto config = offer.config;
  config.set(Attribute::AuthType, "databricks-cli", "Sign In");
  auto open = [&](const std::string& url) -> Result<void> {
    TROWEL_TRY(parts_.session.editor().uiOpenUrl({.url = url, .callback = callbackOf(url)}, call.context.cancel));
    return {};
  };
  auto person = TROWEL_TRY(auth::signInPerson(config, parts_.outside, open, call.context.cancel));
  core::logInfo("connection", "signed in; kept in " + person.place);
  return true;
}

// ---- sign in and out

Result<Json> ConnectionActions::signIn(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  if (!parts_.session.trusted())
    return core::fail(ErrorCode::Untrusted,
                      "This folder is not trusted. Trust it with 'Workspaces: Manage Workspace Trust' first.");
  auto offer = TROWEL_TRY(subject(call, project));
  if (offer.id.empty()) return Json();
  bool done = false;
  switch (offer.source) {
    case Source::Demo:
      done = true;
      break;
    case Source::Settings: {
      auto chosen = TROWEL_TRY(
          parts_.session.editor().uiPick({.title = "Sign in to " + offer.name,
                                          .placeholder = offer.host,
                                          .many = {},
                                          .items = {{.id = kBrowser,
                                                     .label = "With the browser",
                                                     .description = "recommended",
                                                     .detail = "As yourself; renewed by itself",
                                                     .icon = "globe",
                                                     .picked = {}},
                                                    {.id = kToken,
                                                     .label = "With a personal access token",
                                                     .description = {},
                                                     .detail = "Kept in the desktop's keyring, or by the editor",
                                                     .icon = "key",
                                                     .picked = {}}}},
                                         call.context.cancel));
      if (!chosen.ids || chosen.ids->empty()) return Json();
      bool browser = chosen.ids->front() == kBrowser;
      done = browser ? TROWEL_TRY(signInWithBrowser(call, offer)) : TROWEL_TRY(signInWithToken(call, offer));
      // A token that is stored would come first. That a keyring cannot be asked is no reason to be turned away.
      if (done && browser)
        if (auto removed = parts_.secrets.remove({offer.id, offer.host}, call.context.cancel); !removed)
          core::logWarn("connection", core::describe(removed.error()));
      break;
    }
    case Source::Profile:
    case Source::Project:
    case Source::Environment:
      if (!isPersonal(offer))
        return core::fail(ErrorCode::Unauthenticated,
                          fmt::format("'{}' does not sign in with the browser: its credentials come from {}. Renew "
                                      "them there; Trowel follows at once.",
                                      offer.name, offer.config.sourceOf(Attribute::Host)));
      done = TROWEL_TRY(signInWithBrowser(call, offer));
      break;
    case Source::Azure:
      // The chain asks for the editor's Microsoft account.
      done = true;
      break;
  }
  if (done) TROWEL_TRY(parts_.connection.choose(project, offer.id, call.context));
  return Json();
}

Result<Json> ConnectionActions::signOut(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  auto offer = TROWEL_TRY(subject(call, project));
  if (offer.id.empty()) return Json();
  bool something = false;
  if (offer.source == Source::Settings) {
    something = TROWEL_TRY(parts_.secrets.get({offer.id, offer.host}, call.context.cancel)).has_value();
    TROWEL_TRY(parts_.secrets.remove({offer.id, offer.host}, call.context.cancel));
  }
  if (isPersonal(offer))
    something = TROWEL_TRY(auth::signOutPerson(offer.config, parts_.outside, call.context.cancel)) || something;
  if (!something)
    return core::fail(ErrorCode::NotFound,
                      fmt::format("Trowel keeps no token of '{}'. Its credentials come from {}; remove them there.",
                                  offer.name, offer.config.sourceOf(Attribute::Host)));
  if (parts_.session.connections().status(project.path).id == offer.id)
    static_cast<void>(parts_.session.connections().select(project.path, offer.id, call.context.cancel));
  parts_.session.editor().treeChanged({std::string(protocol::view::kConnections), {}});
  tell("Signed out of " + offer.name + ".");
  return Json();
}

// ---- connections of the setting trowel.connections

Result<void> ConnectionActions::writeConnections(const Project& project, const std::string& replaced, const Json& entry,
                                                 const core::CancelToken& cancel) {
  auto connections = parts_.session.settings(project).connections;
  Json kept = Json::array();
  bool placed = entry.is_null();
  if (connections.is_array()) {
    for (const auto& each : connections) {
      if (core::stringAt(each, "name") != replaced) {
        kept.push_back(each);
      } else if (!placed) {
        // What else stands in the entry is not ours to drop.
        Json merged = each;
        merged.update(entry);
        kept.push_back(std::move(merged));
        placed = true;
      }
    }
  }
  if (!placed) kept.push_back(entry);
  TROWEL_TRY(parts_.session.editor().uiSetting(
      {.key = "trowel.connections", .value = kept, .folder = {}, .scope = protocol::SettingScope::User}, cancel));
  parts_.session.pullSettings(cancel);
  parts_.session.editor().treeChanged({std::string(protocol::view::kConnections), {}});
  return {};
}

Result<Json> ConnectionActions::addOrEdit(protocol::CommandCall& call, const std::string& oldHost,
                                          const std::string& oldName) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  const bool isNew = oldName.empty();
  const std::string title = isNew ? "Add Connection" : "Edit " + oldName;
  auto host = TROWEL_TRY(askHost(call, title + " (1/2): Host", oldHost));
  if (host.empty()) return Json();
  auto all = TROWEL_TRY(parts_.session.connections().offers(project.path, call.context.cancel));
  std::string prompt = "A name for this connection";
  std::string suggested = isNew ? host.substr(host.find("//") + 2) : oldName;
  std::string name;
  while (name.empty()) {
    auto answer = TROWEL_TRY(parts_.session.editor().uiInput(
        {.title = title + " (2/2): Name", .prompt = prompt, .placeholder = {}, .value = suggested, .masked = {}},
        call.context.cancel));
    suggested = std::string(core::trim(answer.value.value_or("")));
    if (suggested.empty()) return Json();
    if (suggested != oldName && std::ranges::find(all, "settings:" + suggested, &Offer::id) != all.end())
      prompt = "There is a connection of that name already. Choose another name.";
    else
      name = suggested;
  }
  if (!isNew && (name != oldName || host != oldHost))
    TROWEL_TRY(parts_.secrets.remove({"settings:" + oldName, oldHost}, call.context.cancel));
  TROWEL_TRY(writeConnections(project, oldName, {{"name", name}, {"host", host}}, call.context.cancel));
  // Signing in chooses it; a connection that nobody can sign in to stays in the list, to be signed in to later.
  call.target = {.view = std::string(protocol::view::kConnections), .node = "settings:" + name};
  return signIn(call);
}

Result<Json> ConnectionActions::add(protocol::CommandCall& call) { return addOrEdit(call, "", ""); }

Result<Json> ConnectionActions::edit(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  auto offer = TROWEL_TRY(subject(call, project));
  if (offer.id.empty()) return Json();
  auto open = [&](const std::string& path) -> Result<Json> {
    TROWEL_TRY(parts_.session.editor().uiOpenDocument(
        {.uri = core::pathToUri(path), .content = {}, .language = {}, .title = {}}, call.context.cancel));
    return Json();
  };
  if (offer.source == Source::Profile) return open(parts_.configFile);
  if (!offer.file.empty()) return open(project.path + "/" + offer.file);
  if (offer.own) return addOrEdit(call, offer.host, offer.name);
  return core::fail(ErrorCode::Unsupported, fmt::format("'{}' comes from {}. Change it there; Trowel follows at once.",
                                                        offer.name, offer.config.sourceOf(Attribute::Host)));
}

Result<Json> ConnectionActions::remove(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(parts_.session.project(call.folder));
  auto offer = TROWEL_TRY(subject(call, project, false));
  if (offer.id.empty()) return Json();
  if (!offer.own && offer.source != Source::Profile)
    return core::fail(ErrorCode::Unsupported,
                      fmt::format("'{}' comes from {}. Remove it there; Trowel follows at once.", offer.name,
                                  offer.config.sourceOf(Attribute::Host)));
  auto answer = TROWEL_TRY(parts_.session.editor().uiConfirm(
      {.severity = protocol::Severity::Warning,
       .message = "Remove the connection " + offer.name + "?",
       .detail =
           offer.own
               ? "It goes from your settings, and its token from where Trowel keeps it. The workspace is not touched."
               : "The profile goes from the Databricks configuration file, also for the CLI and other tools.",
       .modal = true,
       .actions = {"Remove"}},
      call.context.cancel));
  if (answer.action != "Remove") return Json();
  if (offer.own) {
    TROWEL_TRY(parts_.secrets.remove({offer.id, offer.host}, call.context.cancel));
    TROWEL_TRY(writeConnections(project, offer.name, Json(), call.context.cancel));
  } else {
    TROWEL_TRY(auth::changeConfigFile(parts_.configFile, parts_.outside.home, parts_.lockFolder, parts_.session.clock(),
                                      call.context.cancel,
                                      [&](auth::ConfigFile& file) { return file.removeProfile(offer.name); }));
  }
  if (parts_.session.connections().status(project.path).id == offer.id)
    TROWEL_TRY(parts_.connection.choose(project, "", call.context));
  parts_.session.editor().treeChanged({std::string(protocol::view::kConnections), {}});
  return Json();
}

}  // namespace trowel::features
