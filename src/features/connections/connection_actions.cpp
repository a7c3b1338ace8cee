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
constexpr const char* kAzure = "azure";  // no connection has that id

bool isPersonal(const Offer& offer) {
  auto type = offer.config.get(Attribute::AuthType);
  return type == "databricks-cli" ||
         (type.empty() && !offer.config.has(Attribute::Token) && !offer.config.has(Attribute::ClientSecret) &&
          !offer.config.has(Attribute::AzureClientSecret));
}

// Where it is written down, as the end of "… comes from".
std::string placeOf(const Offer& offer) {
  for (auto attribute : {Attribute::Host, Attribute::AzureWorkspaceResourceId, Attribute::Profile})
    if (auto source = offer.config.sourceOf(attribute); !source.empty()) return source;
  switch (offer.source) {
    case Source::Project:
      return offer.file.empty() ? "the project" : offer.file;
    case Source::Settings:
      return "the settings";
    case Source::Profile:
      return "the Databricks configuration file";
    case Source::Environment:
      return "the environment";
    case Source::Azure:
      return "Azure's list of workspaces";
    case Source::Demo:
      break;
  }
  return "Trowel itself";
}

std::string placeOfCredentials(const Offer& offer) {
  for (auto attribute : {Attribute::Token, Attribute::ClientSecret, Attribute::AzureClientSecret, Attribute::AuthType})
    if (auto source = offer.config.sourceOf(attribute); !source.empty()) return source;
  return placeOf(offer);
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

Result<void> ConnectionActions::requireTrust() const {
  if (parts_.session.trusted()) return {};
  return core::fail(ErrorCode::Untrusted,
                    "This folder is not trusted. Trust it with 'Workspaces: Manage Workspace Trust' first.");
}

Result<std::string> ConnectionActions::pick(Action& action) {
  const auto& project = action.project();
  std::vector<protocol::PickItem> items;
  auto status = parts_.session.connections().status(project.path);
  for (const auto& offer : TROWEL_TRY(parts_.session.connections().offers(project.path, action.cancel()))) {
    protocol::PickItem item;
    item.id = offer.id;
    item.label = offer.name;
    item.description = offer.id == status.id ? "chosen now" : offer.cloud ? std::string(toString(*offer.cloud)) : "";
    item.detail = !offer.problem.empty()         ? offer.problem
                  : offer.source == Source::Demo ? "A local workspace to try things in; needs no account"
                                                 : offer.host;
    item.icon = !offer.problem.empty() ? "warning" : offer.source == Source::Demo ? "beaker" : "plug";
    items.push_back(std::move(item));
  }
  if (parts_.offers.missesAzure(project))
    items.push_back({.id = kAzure,
                     .label = "Sign in to Azure…",
                     .description = {},
                     .detail = "Lists the workspaces of your subscriptions",
                     .icon = "azure",
                     .picked = {}});
  auto id = TROWEL_TRY(action.pick({.title = "Connection of " + (project.name.empty() ? "this window" : project.name),
                                    .placeholder = "Choose the workspace to talk to"},
                                   std::move(items)));
  if (id != kAzure) return id;
  action.report("Signing in", "asking Azure for its workspaces");
  Session::UserWaits waits(parts_.session);
  const auto notes = TROWEL_TRY(parts_.offers.discover(project, action.cancel()));
  if (notes.size() == 1) action.tell(notes.front());
  if (notes.size() > 1)
    action.tell(fmt::format("{} ({} more such notes are in Trowel's log.)", notes.front(), notes.size() - 1));
  return pick(action);
}

Result<Offer> ConnectionActions::subject(Action& action, bool preferOwn) {
  const auto& folder = action.project().path;
  auto rows = action.rows(protocol::view::kConnections);
  auto id = rows.empty() ? std::string() : rows.front();
  if (id.empty() && preferOwn) id = parts_.session.connections().status(folder).id;
  if (id.empty()) id = TROWEL_TRY(pick(action));
  auto all = TROWEL_TRY(parts_.session.connections().offers(folder, action.cancel()));
  auto it = std::ranges::find(all, id, &Offer::id);
  if (it == all.end())
    return core::fail(ErrorCode::NotFound, "The connection '" + id + "' is not there any more. Refresh the view.");
  return std::move(*it);
}

Result<Json> ConnectionActions::select(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto id = TROWEL_TRY(pick(action));
  TROWEL_TRY(parts_.connection.choose(action.project(), id, call.context));
  return Json();
}

Result<Json> ConnectionActions::activate(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto rows = action.rows(protocol::view::kConnections);
  // A key that somebody has bound to it comes without a row.
  if (rows.empty()) return select(call);
  TROWEL_TRY(parts_.connection.choose(action.project(), rows.front(), call.context));
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
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  TROWEL_TRY(requireTrust());
  auto offer = TROWEL_TRY(subject(action));
  action.report("Testing", offer.name);
  auto me = TROWEL_TRY(parts_.session.connections().test(offer, action.cancel()));
  action.tell(fmt::format("{} answers: you are {}.", offer.name, me.userName));
  return Json();
}

Result<Json> ConnectionActions::copyHost(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto offer = TROWEL_TRY(subject(action));
  auto status = parts_.session.connections().status(action.project().path);
  auto host = offer.id == status.id && !status.host.empty() ? status.host : offer.host;
  if (host.empty())
    return core::fail(ErrorCode::NotFound, "'" + offer.name + "' has no address as long as it is not connected.");
  TROWEL_TRY(action.copy(host));
  return Json();
}

Result<Json> ConnectionActions::openInBrowser(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto offer = TROWEL_TRY(subject(action));
  auto status = parts_.session.connections().status(action.project().path);
  bool chosen = offer.id == status.id;
  auto url = chosen && !status.host.empty() ? status.host : offer.host;
  if (url.empty())
    return core::fail(ErrorCode::NotFound, "'" + offer.name + "' has no address as long as it is not connected.");
  if (chosen && status.workspaceId != 0) url += fmt::format("/?o={}", status.workspaceId);
  TROWEL_TRY(action.openUrl(url));
  return Json();
}

Result<Json> ConnectionActions::copyEnvironment(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto variables = TROWEL_TRY(parts_.handOver.variables(action.project(), action.cancel()));
  std::string text;
  for (const auto& [name, value] : variables) text += "export " + name + "='" + value + "'\n";
  TROWEL_TRY(action.copy(text));
  action.tell(
      "The variables are on the clipboard: paste them into a terminal. They hold no token; tools fetch short-lived "
      "ones from this window for as long as it is open.");
  return Json();
}

// ---- asking

Result<std::string> ConnectionActions::askHost(Action& action, const std::string& title, const std::string& value) {
  auto text = TROWEL_TRY(action.line({.title = title,
                                      .prompt = "Address of the workspace, as in your browser",
                                      .placeholder = "https://adb-1234567890123456.7.azuredatabricks.net",
                                      .value = value,
                                      .masked = {}},
                                     [](const std::string& answer) {
                                       auto host = auth::normaliseHost(answer);
                                       return host ? std::string() : host.error().message;
                                     }));
  return TROWEL_TRY(auth::normaliseHost(text)).host;
}

Result<void> ConnectionActions::signInWithToken(Action& action, const Offer& offer) {
  std::string prompt = "A personal access token of " + offer.host + " (Settings → Developer → Access tokens)";
  while (true) {
    auto answer = TROWEL_TRY(action.secret("Token of " + offer.name, prompt));
    core::SecretString token(std::string(core::trim(answer.reveal())));
    auto tried = offer;
    tried.config.set(Attribute::AuthType, "pat", "the prompt");
    tried.config.set(Attribute::Token, token.reveal(), "the prompt");
    action.report("Testing", offer.name);
    auto works = parts_.session.connections().test(tried, action.cancel());
    if (!works && works.error().code == ErrorCode::Unauthenticated) {
      prompt = "The workspace does not accept that token. Copy it again: it is shown only once, when it is made.";
      continue;
    }
    if (!works) return std::unexpected(works.error());
    auto kept = TROWEL_TRY(parts_.secrets.set({offer.id, offer.host}, token, action.cancel()));
    if (kept.rung != connection::Rung::Keyring) action.tell(connection::describe(kept));
    return {};
  }
}

Result<void> ConnectionActions::signInWithBrowser(Action& action, const Offer& offer) {
  action.report("Signing in", "waiting for your browser");
  auto config = offer.config;
  config.set(Attribute::AuthType, "databricks-cli", "Sign In");
  auto open = [&](const std::string& url) -> Result<void> {
    TROWEL_TRY(action.editor().uiOpenUrl({.url = url, .callback = callbackOf(url)}, action.cancel()));
    return {};
  };
  auto person = TROWEL_TRY(auth::signInPerson(config, parts_.outside, open, action.cancel()));
  core::logInfo("connection", "signed in; kept in " + person.place);
  return {};
}

// Of an account that may be used already nothing is asked.
Result<void> ConnectionActions::signInWithMicrosoft(Action& action, const Offer& offer) {
  action.report("Signing in", offer.name);
  auto works = parts_.session.connections().test(offer, action.cancel());
  if (works) return {};
  if (works.error().code != ErrorCode::Unauthenticated) return std::unexpected(works.error());
  auto asking = offer;
  asking.config.set(Attribute::AuthType, "vscode-microsoft", "Sign In");
  Session::UserWaits waits(parts_.session);
  TROWEL_TRY(parts_.session.connections().test(asking, action.cancel()));
  return {};
}

// ---- sign in and out

Result<Json> ConnectionActions::signIn(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  TROWEL_TRY(requireTrust());
  auto offer = TROWEL_TRY(subject(action));
  if (!offer.problem.empty()) return core::fail(ErrorCode::NotConfigured, offer.problem);
  // What says itself how it signs in would not look at a token that is kept for it.
  auto way = offer.source == Source::Settings && !offer.tokenIsStored ? Source::Profile : offer.source;
  if (way == Source::Profile && offer.config.has(Attribute::AzureWorkspaceResourceId)) way = Source::Azure;
  switch (way) {
    case Source::Demo:
      break;
    case Source::Settings: {
      auto chosen = TROWEL_TRY(action.pick({.title = "Sign in to " + offer.name, .placeholder = offer.host},
                                           {{.id = kBrowser,
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
                                             .picked = {}}}));
      if (chosen == kToken) {
        TROWEL_TRY(signInWithToken(action, offer));
        break;
      }
      TROWEL_TRY(signInWithBrowser(action, offer));
      // A token that is stored would come first. That a keyring cannot be asked is no reason to be turned away.
      if (auto removed = parts_.secrets.remove({offer.id, offer.host}, action.cancel()); !removed)
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
                                      offer.name, placeOfCredentials(offer)));
      TROWEL_TRY(signInWithBrowser(action, offer));
      break;
    case Source::Azure:
      TROWEL_TRY(signInWithMicrosoft(action, offer));
      break;
  }
  TROWEL_TRY(parts_.connection.choose(action.project(), offer.id, call.context));
  return Json();
}

Result<Json> ConnectionActions::signOut(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto offer = TROWEL_TRY(subject(action));
  if (offer.source == Source::Demo)
    return core::fail(ErrorCode::Unsupported, "The demo workspace needs no sign-in, so there is none to end.");
  if (offer.source == Source::Azure)
    return core::fail(ErrorCode::Unsupported,
                      fmt::format("'{}' signs in with an account of the editor or of the Azure CLI. Sign out there, or "
                                  "leave it with 'Trowel: Disconnect'.",
                                  offer.name));
  bool something = false;
  if (offer.source == Source::Settings) {
    something = TROWEL_TRY(parts_.secrets.get({offer.id, offer.host}, action.cancel())).has_value();
    TROWEL_TRY(parts_.secrets.remove({offer.id, offer.host}, action.cancel()));
  }
  if (isPersonal(offer))
    something = TROWEL_TRY(auth::signOutPerson(offer.config, parts_.outside, action.cancel())) || something;
  if (!something)
    return core::fail(ErrorCode::NotFound,
                      fmt::format("Trowel keeps no token of '{}'. Its credentials come from {}; remove them there.",
                                  offer.name, placeOfCredentials(offer)));
  if (parts_.session.connections().status(action.project().path).id == offer.id)
    static_cast<void>(parts_.session.connections().select(action.project().path, offer.id, action.cancel()));
  parts_.tree.changed(protocol::view::kConnections);
  action.tell("Signed out of " + offer.name + ".");
  return Json();
}

// ---- connections of the setting trowel.connections

Result<void> ConnectionActions::writeConnections(const Project& project, const Offer* old, const Json& entry,
                                                 const core::CancelToken& cancel) {
  auto kept = parts_.session.settings(project).connections;
  if (!kept.is_array()) kept = Json::array();
  if (old == nullptr) {
    kept.push_back(entry);
  } else {
    // Names need not be unique there, so the place counts.
    const auto at = old->entry;
    bool there = at < kept.size() && kept[at].is_object();
    if (auto name = there ? core::stringAt(kept[at], "name") : ""; !there || (!name.empty() && name != old->name))
      return core::fail(ErrorCode::Conflict, "The setting trowel.connections has just been changed. Try again.");
    // What else stands in the entry is not ours to drop.
    if (entry.is_null())
      kept.erase(at);
    else
      kept[at].update(entry);
  }
  TROWEL_TRY(parts_.session.editor().uiSetting(
      {.key = "trowel.connections", .value = kept, .folder = {}, .scope = protocol::SettingScope::User}, cancel));
  parts_.session.pullSettings(cancel);
  parts_.tree.changed(protocol::view::kConnections);
  return {};
}

Result<Json> ConnectionActions::addOrEdit(protocol::CommandCall& call, const Offer* old) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  TROWEL_TRY(requireTrust());
  const bool isNew = old == nullptr;
  const std::string oldHost = isNew ? "" : old->host;
  const std::string oldName = isNew ? "" : old->name;
  const std::string title = isNew ? "Add Connection" : "Edit " + oldName;
  auto host = TROWEL_TRY(askHost(action, title + " (1/2): Host", oldHost));
  auto all = TROWEL_TRY(parts_.session.connections().offers(action.project().path, action.cancel()));
  auto name = TROWEL_TRY(action.line(
      {.title = title + " (2/2): Name",
       .prompt = "A name for this connection",
       .placeholder = {},
       .value = isNew ? host.substr(host.find("//") + 2) : oldName,
       .masked = {}},
      [&](const std::string& answer) {
        bool taken = answer != oldName && std::ranges::find(all, "settings:" + answer, &Offer::id) != all.end();
        return taken ? std::string("There is a connection of that name already. Choose another name.") : std::string();
      }));
  if (!isNew && (name != oldName || host != oldHost))
    TROWEL_TRY(parts_.secrets.remove({old->id, oldHost}, action.cancel()));
  TROWEL_TRY(writeConnections(action.project(), old, {{"name", name}, {"host", host}}, action.cancel()));
  // Signing in chooses it; a connection that nobody can sign in to stays in the list, to be signed in to later.
  call.targets = {{.view = std::string(protocol::view::kConnections), .node = "settings:" + name, .generation = {}}};
  return signIn(call);
}

Result<Json> ConnectionActions::add(protocol::CommandCall& call) { return addOrEdit(call, nullptr); }

Result<Json> ConnectionActions::edit(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto offer = TROWEL_TRY(subject(action));
  auto open = [&](const std::string& path) -> Result<Json> {
    TROWEL_TRY(action.editor().uiOpenDocument(
        {.uri = core::pathToUri(path), .content = {}, .language = {}, .title = {}}, action.cancel()));
    return Json();
  };
  if (offer.source == Source::Profile) return open(parts_.configFile);
  if (!offer.file.empty()) return open(action.project().path + "/" + offer.file);
  if (offer.own) return addOrEdit(call, &offer);
  if (offer.source == Source::Demo)
    return core::fail(ErrorCode::Unsupported, "The demo workspace is part of Trowel; there is nothing to edit.");
  return core::fail(ErrorCode::Unsupported, fmt::format("'{}' comes from {}. Change it there; Trowel follows at once.",
                                                        offer.name, placeOf(offer)));
}

Result<Json> ConnectionActions::remove(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto offer = TROWEL_TRY(subject(action, false));
  if (offer.source == Source::Demo)
    return core::fail(ErrorCode::Unsupported, "The demo workspace is part of Trowel; there is nothing to remove.");
  if (!offer.own && offer.source != Source::Profile)
    return core::fail(
        ErrorCode::Unsupported,
        fmt::format("'{}' comes from {}. Remove it there; Trowel follows at once.", offer.name, placeOf(offer)));
  TROWEL_TRY(action.confirm(
      "Remove the connection " + offer.name + "?",
      offer.own ? "It goes from your settings, and its token from where Trowel keeps it. The workspace is not touched."
                : "The profile goes from the Databricks configuration file, also for the CLI and other tools.",
      "Remove"));
  if (offer.own) {
    TROWEL_TRY(parts_.secrets.remove({offer.id, offer.host}, action.cancel()));
    TROWEL_TRY(writeConnections(action.project(), &offer, Json(), action.cancel()));
  } else {
    TROWEL_TRY(auth::changeConfigFile(parts_.configFile, parts_.outside.home, parts_.lockFolder, parts_.session.clock(),
                                      action.cancel(),
                                      [&](auth::ConfigFile& file) { return file.removeProfile(offer.name); }));
  }
  if (parts_.session.connections().status(action.project().path).id == offer.id)
    TROWEL_TRY(parts_.connection.choose(action.project(), "", call.context));
  parts_.tree.changed(protocol::view::kConnections);
  return Json();
}

}  // namespace trowel::features
