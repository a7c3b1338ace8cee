// SPDX-License-Identifier: Apache-2.0
// An editor at the other end of a conversation: sends what the test says, answers the daemon by a script, and keeps
// everything that it hears.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/memory_pipe.hpp"
#include "trowel/core/json.hpp"

namespace trowel::test {

// Any thread; the script runs on the editor's own. Waits have no time limit: a test that hangs is ended by ctest.
class ScriptedEditor {
 public:
  // The result of a request of the daemon's; nothing where the editor never answers.
  using Answer = std::function<std::optional<core::Json>(const core::Json& params)>;

  ScriptedEditor(MemoryPipe& toDaemon, MemoryPipe& fromDaemon);
  ~ScriptedEditor();

  // What the daemon's requests are answered with; requests without a script get null. Replaces an earlier one.
  void on(const std::string& method, Answer answer);

  // The id of the request.
  std::int64_t send(const std::string& method, const core::Json& params);
  void sendAs(const core::Json& id, const std::string& method, const core::Json& params);
  void notify(const std::string& method, const core::Json& params);
  void raw(std::string_view bytes);

  // The whole message. The first one, where by mistake there are several.
  core::Json reply(const core::Json& id);
  std::size_t replies(const core::Json& id);
  // Every reply to that id, once there are so many.
  std::vector<core::Json> awaitReplies(const core::Json& id, std::size_t count);

  // The params of the first notification or request of that method that fits, past or to come.
  core::Json await(const std::string& method, const std::function<bool(const core::Json& params)>& fits = {});
  // What has come so far.
  std::vector<core::Json> heard(const std::string& method);
  void forget();

  // Ids that were not answered as often as they were asked; call it when the daemon has ended.
  std::vector<core::Json> unpaired();
  // Text of every error that was shown to the user.
  std::vector<std::string> errorsShown();

  // Stops reading, as an editor does that hangs; and goes on.
  void freeze();
  void thaw();

 private:
  void read();
  void take(const core::Json& message);
  void write(const core::Json& message);

  MemoryPipe& toDaemon_;
  MemoryPipe& fromDaemon_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::string, Answer> script_;
  std::map<core::Json, std::size_t> asked_;
  std::map<core::Json, std::vector<core::Json>> replies_;
  std::vector<std::pair<std::string, core::Json>> heard_;
  std::int64_t nextId_ = 1;
  bool frozen_ = false;
  bool ended_ = false;  // nothing comes any more
  std::thread reader_;
};

}  // namespace trowel::test
