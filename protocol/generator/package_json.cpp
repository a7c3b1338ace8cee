// SPDX-License-Identifier: Apache-2.0
// Writes the generated blocks of extension-shim/package.json: commands, views, welcome texts and settings.
#include "model.hpp"

namespace trowel::generator {

namespace {

Json schemaOf(const Setting& setting) {
  Json schema = setting.schema.is_null() ? Json{{"type", setting.type}} : setting.schema;
  schema["default"] = setting.defaultValue;
  schema["scope"] = setting.scope;
  schema["markdownDescription"] = setting.doc;
  return schema;
}

// A codicon, or one of our own, which has a file for each kind of theme.
Json iconOf(const std::string& name) {
  constexpr std::string_view kOwn = "trowel-";
  if (!name.starts_with(kOwn)) return "$(" + name + ")";
  auto file = name.substr(kOwn.size()) + ".svg";
  return {{"light", "media/light/" + file}, {"dark", "media/dark/" + file}};
}

}  // namespace

Output generatePackageJson(const Model& model, const std::string& current) {
  Json package = current.empty() ? Json::object() : Json::parse(current);
  Json& contributes = package["contributes"];

  Json commands = Json::array();
  for (const auto& command : model.commands) {
    Json entry{{"command", command.id}, {"title", command.title}, {"category", model.category}};
    if (!command.icon.empty()) entry["icon"] = iconOf(command.icon);
    if (!command.when.empty()) entry["enablement"] = command.when;
    commands.push_back(std::move(entry));
  }
  contributes["commands"] = std::move(commands);

  const auto container = model.container.at("id").get<std::string>();
  contributes["viewsContainers"] = {{"activitybar", Json::array({model.container})}};
  Json views = Json::array();
  Json welcome = Json::array();
  for (const auto& view : model.views) {
    Json entry{{"id", view.id}, {"name", view.title}};
    if (view.collapsed) entry["visibility"] = "collapsed";
    views.push_back(std::move(entry));
    if (!view.welcome.empty()) welcome.push_back({{"view", view.id}, {"contents", view.welcome}});
  }
  contributes["views"] = {{container, std::move(views)}};
  contributes["viewsWelcome"] = std::move(welcome);

  Json properties = Json::object();
  for (const auto& setting : model.settings) properties[setting.key] = schemaOf(setting);
  contributes["configuration"] = {{"title", model.category}, {"properties", std::move(properties)}};
  return {"extension-shim/package.json", package.dump(2) + "\n"};
}

}  // namespace trowel::generator
