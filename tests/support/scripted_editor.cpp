// SPDX-License-Identifier: Apache-2.0
#include "support/scripted_editor.hpp"

#include <stdexcept>

#include "trowel/rpc/framing.hpp"

namespace trowel::test {

using core::Json;

ScriptedEditor::ScriptedEditor(MemoryPipe& toDaemon, MemoryPipe& fromDaemon)
    : toDaemon_(toDaemon), fromDaemon_(fromDaemon), reader_([this] { read(); }) {}

ScriptedEditor::~ScriptedEditor() {
  thaw();
  fromDaemon_.close();
  reader_.join();
}

void ScriptedEditor::on(const std::string& method, Answer answer) {
  std::lock_guard lock(mutex_);
  script_[method] = std::move(answer);
}

std::int64_t ScriptedEditor::send(const std::string& method, const Json& params) {
  std::int64_t id = 0;
  {
    std::lock_guard lock(mutex_);
    id = nextId_++;
  }
  sendAs(id, method, params);
  return id;
}

void ScriptedEditor::sendAs(const Json& id, const std::string& method, const Json& params) {
  {
    std::lock_guard lock(mutex_);
    ++asked_[id];
  }
  write({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
}

void ScriptedEditor::notify(const std::string& method, const Json& params) {
  write({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

void ScriptedEditor::raw(std::string_view bytes) { toDaemon_.write(bytes); }

void ScriptedEditor::write(const Json& message) { toDaemon_.write(rpc::encodeFrame(core::dumpJson(message))); }

Json ScriptedEditor::reply(const Json& id) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || replies_.contains(id); });
  if (!replies_.contains(id)) throw std::runtime_error("the daemon ended without a reply to " + id.dump());
  return replies_[id].front();
}

std::size_t ScriptedEditor::replies(const Json& id) {
  std::lock_guard lock(mutex_);
  return replies_.contains(id) ? replies_[id].size() : 0;
}

std::vector<Json> ScriptedEditor::awaitReplies(const Json& id, std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || replies_[id].size() >= count; });
  return replies_[id];
}

Json ScriptedEditor::await(const std::string& method, const std::function<bool(const Json& params)>& fits) {
  std::unique_lock lock(mutex_);
  std::size_t seen = 0;
  while (true) {
    for (; seen < heard_.size(); ++seen) {
      const auto& [name, params] = heard_[seen];
      if (name == method && (!fits || fits(params))) return params;
    }
    if (ended_) throw std::runtime_error("the daemon ended without " + method);
    changed_.wait(lock);
  }
}

std::vector<Json> ScriptedEditor::heard(const std::string& method) {
  std::lock_guard lock(mutex_);
  std::vector<Json> found;
  for (const auto& [name, params] : heard_)
    if (name == method) found.push_back(params);
  return found;
}

void ScriptedEditor::forget() {
  std::lock_guard lock(mutex_);
  heard_.clear();
}

std::vector<Json> ScriptedEditor::unpaired() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_; });
  std::vector<Json> ids;
  for (const auto& [id, times] : asked_)
    if (replies_[id].size() != times) ids.push_back(id);
  return ids;
}

std::vector<std::string> ScriptedEditor::errorsShown() {
  std::vector<std::string> texts;
  for (const auto& shown : heard("window/showMessage"))
    if (core::intAt(shown, "type") == 1) texts.push_back(core::stringAt(shown, "message"));
  for (const auto& shown : heard("trowel/ui/confirm"))
    if (core::stringAt(shown, "severity") == "error") texts.push_back(core::stringAt(shown, "message"));
  return texts;
}

void ScriptedEditor::freeze() {
  std::lock_guard lock(mutex_);
  frozen_ = true;
}

void ScriptedEditor::thaw() {
  std::lock_guard lock(mutex_);
  frozen_ = false;
  changed_.notify_all();
}

void ScriptedEditor::read() {
  rpc::FrameReader frames;
  std::string buffer(64UL * 1024, '\0');
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !frozen_; });
    }
    auto size = fromDaemon_.read(buffer.data(), buffer.size());
    if (size == 0) break;
    frames.feed({buffer.data(), size});
    while (auto frame = frames.next()) take(Json::parse(frame->body));
  }
  std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void ScriptedEditor::take(const Json& message) {
  Answer answer;
  {
    std::lock_guard lock(mutex_);
    auto method = core::stringAt(message, "method");
    if (method.empty()) {
      replies_[message.at("id")].push_back(message);
    } else {
      heard_.emplace_back(method, message.value("params", Json()));
      if (script_.contains(method)) answer = script_[method];
    }
    changed_.notify_all();
    if (method.empty() || !message.contains("id")) return;
  }
  auto result = answer ? answer(message.value("params", Json())) : Json();
  if (result) write({{"jsonrpc", "2.0"}, {"id", message.at("id")}, {"result", *result}});
}

}  // namespace trowel::test
