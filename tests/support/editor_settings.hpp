// SPDX-License-Identifier: Apache-2.0
// A settings.json of an editor, which the daemon reads and writes and the test may change at any time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "support/scripted_editor.hpp"

namespace trowel::test {

// Answers workspace/configuration, trowel/ui/settings and trowel/ui/setting of one editor. Any thread.
class EditorSettings {
 public:
  // `scope` is where everything is written: user, workspace or folder.
  EditorSettings(ScriptedEditor& editor, const std::string& scope) {
    editor.on("workspace/configuration", [state = state_](const core::Json& params) {
      core::Json values = core::Json::array();
      for (const auto& item : params.at("items")) values.push_back(state->section(item.at("section")));
      return values;
    });
    editor.on("trowel/ui/settings", [state = state_, scope](const core::Json& params) {
      core::Json values = core::Json::array();
      for (const auto& key : params.at("keys")) {
        core::Json each{{"key", key}};
        if (auto value = state->get(key); !value.is_null()) each[scope] = std::move(value);
        values.push_back(std::move(each));
      }
      return core::Json::object({{"values", std::move(values)}});
    });
    editor.on("trowel/ui/setting", [state = state_](const core::Json& params) {
      state->set(params.at("key"), params.at("value"));
      return core::Json();
    });
  }

  core::Json get(const std::string& key) const { return state_->get(key); }
  void set(const std::string& key, core::Json value) { state_->set(key, std::move(value)); }

 private:
  struct State {
    std::mutex mutex;  // guards everything below
    std::map<std::string, core::Json> values;

    core::Json get(const std::string& key) {
      std::lock_guard lock(mutex);
      auto it = values.find(key);
      return it == values.end() ? core::Json() : it->second;
    }
    void set(const std::string& key, core::Json value) {
      std::lock_guard lock(mutex);
      values[key] = std::move(value);
    }
    // "trowel.connections" is the member `connections` of the section `trowel`.
    core::Json section(const std::string& name) {
      std::lock_guard lock(mutex);
      core::Json members = core::Json::object();
      for (const auto& [key, value] : values)
        if (key.starts_with(name + ".") && !value.is_null()) members[key.substr(name.size() + 1)] = value;
      return members;
    }
  };

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace trowel::test
