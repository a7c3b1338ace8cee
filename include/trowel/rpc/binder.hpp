// SPDX-License-Identifier: Apache-2.0
// Which method runs what, and on which lane. Filled once, before the conversation begins, by generated code.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"
#include "trowel/rpc/progress.hpp"

namespace trowel::rpc {

// What a handler knows of its call.
struct CallContext {
  core::CancelToken cancel;
  Progress progress;
};

// Which thread runs a handler.
struct Lane {
  enum class Kind : std::uint8_t { Inline, Worker, Serial };

  Kind kind = Kind::Worker;
  std::string key;  // Serial: the field of params whose value names the queue

  static Lane inlined() { return {Kind::Inline, {}}; }  // main: must not block
  static Lane worker() { return {Kind::Worker, {}}; }
  static Lane serial(std::string key) { return {Kind::Serial, std::move(key)}; }  // a worker, one after the other
};

class Binder {
 public:
  using RequestHandler = std::function<core::Result<core::Json>(const core::Json& params, CallContext& call)>;
  using NotificationHandler = std::function<core::Result<void>(const core::Json& params)>;

  struct BoundRequest {
    Lane lane;
    RequestHandler run;
  };

  void request(std::string method, Lane lane, RequestHandler handler) {
    requests_.emplace(std::move(method), BoundRequest{std::move(lane), std::move(handler)});
  }
  void notification(std::string method, NotificationHandler handler) {
    notifications_.emplace(std::move(method), std::move(handler));
  }

  // Null where nothing is bound.
  const BoundRequest* findRequest(const std::string& method) const {
    auto it = requests_.find(method);
    return it == requests_.end() ? nullptr : &it->second;
  }
  const NotificationHandler* findNotification(const std::string& method) const {
    auto it = notifications_.find(method);
    return it == notifications_.end() ? nullptr : &it->second;
  }

 private:
  std::unordered_map<std::string, BoundRequest> requests_;
  std::unordered_map<std::string, NotificationHandler> notifications_;
};

}  // namespace trowel::rpc
