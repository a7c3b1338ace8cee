// SPDX-License-Identifier: Apache-2.0
// A pipe in memory: bytes go in at one end and come out at the other, with a limit like the kernel's.
#pragma once

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include "trowel/rpc/endpoint.hpp"

namespace trowel::test {

// Any thread may use either end.
class MemoryPipe {
 public:
  explicit MemoryPipe(std::size_t capacity = 64UL * 1024) : capacity_(capacity) {}

  // Blocks while the pipe is full. False where it is closed.
  bool write(std::string_view bytes) {
    std::unique_lock lock(mutex_);
    while (!bytes.empty()) {
      changed_.wait(lock, [this] { return closed_ || bytes_.size() < capacity_; });
      if (closed_) return false;
      auto taken = std::min(bytes.size(), capacity_ - bytes_.size());
      bytes_ += bytes.substr(0, taken);
      bytes.remove_prefix(taken);
      changed_.notify_all();
    }
    return true;
  }

  // Blocks until there is something. 0 where the pipe is closed and empty.
  std::size_t read(char* buffer, std::size_t size) {
    std::unique_lock lock(mutex_);
    hungry_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return closed_ || !bytes_.empty(); });
    hungry_ = false;
    auto taken = std::min(size, bytes_.size());
    std::memcpy(buffer, bytes_.data(), taken);
    bytes_.erase(0, taken);
    changed_.notify_all();
    return taken;
  }

  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  // Blocks until a writer finds the pipe full.
  void awaitFull() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || bytes_.size() >= capacity_; });
  }

  // Blocks until the reader has dealt with everything and asks for more.
  void awaitDrained() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || (hungry_ && bytes_.empty()); });
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::string bytes_;
  bool hungry_ = false;  // the reader waits for bytes
  bool closed_ = false;
};

// The daemon's streams over two pipes.
inline rpc::Streams streamsOver(MemoryPipe& input, MemoryPipe& output) {
  return {.read = [&](char* buffer, std::size_t size) { return input.read(buffer, size); },
          .write = [&](std::string_view bytes) { return output.write(bytes); },
          .interrupt =
              [&](bool writes) {
                input.close();
                if (writes) output.close();
              }};
}

}  // namespace trowel::test
