// SPDX-License-Identifier: Apache-2.0
// A pair of file descriptors as the streams of a conversation, with signals and the parent's death as its end.
#pragma once

#include <functional>
#include <mutex>
#include <string_view>

#include "trowel/os/poll.hpp"
#include "trowel/os/unique_fd.hpp"
#include "trowel/rpc/endpoint.hpp"

namespace trowel::app {

class Stdio {
 public:
  // Borrows both descriptors. `ended` runs on the reading thread, once, when a signal or the parent's end came.
  Stdio(int in, int out, std::function<void()> ended) : in_(in), out_(out), ended_(std::move(ended)) {}

  rpc::Streams streams();

  // SIGTERM, SIGINT and SIGHUP become readable there (signalfd). Before any thread is started.
  void watchSignals();
  // Any thread. A process that is gone already counts as ended.
  void watchParent(std::int64_t pid);

 private:
  std::size_t read(char* buffer, std::size_t size);
  bool write(std::string_view bytes);

  int in_;
  int out_;
  std::function<void()> ended_;
  os::WakeFd stopReading_;
  os::WakeFd stopWriting_;
  os::WakeFd parentKnown_;
  os::UniqueFd signals_;
  std::mutex mutex_;  // guards parent_
  os::UniqueFd parent_;
};

}  // namespace trowel::app
