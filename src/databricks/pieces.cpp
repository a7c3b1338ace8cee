// SPDX-License-Identifier: Apache-2.0
#include "databricks/pieces.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "trowel/core/worker_pool.hpp"

namespace trowel::databricks {

namespace {

// The first failure of several threads; it cancels what the others are doing.
class FirstFailure {
 public:
  explicit FirstFailure(const core::CancelToken& parent) : stop_(parent) {}

  core::CancelToken token() const { return stop_.token(); }

  void set(core::Error error) {
    {
      std::lock_guard lock(mutex_);
      if (!error_) error_ = std::move(error);
    }
    stop_.cancel(core::CancelReason::Superseded);
  }

  core::Result<void> result() {
    std::lock_guard lock(mutex_);
    return error_ ? core::Result<void>(std::unexpected(*error_)) : core::Result<void>();
  }

 private:
  core::CancelSource stop_;
  std::mutex mutex_;  // guards error_
  std::optional<core::Error> error_;
};

class Threads {
 public:
  template <typename Run>
  Threads(std::size_t count, Run run) {
    for (std::size_t i = 0; i < count; ++i)
      threads_.emplace_back([run, i] {
        core::nameThread("piece-" + std::to_string(i + 1));
        run();
      });
  }

 private:
  std::vector<std::jthread> threads_;  // joined by their ends
};

struct Window {
  std::mutex mutex;  // guards everything below
  std::condition_variable changed;
  std::uint64_t next = 0;  // to be fetched
  bool failed = false;
  Pieces& pieces;
};

}  // namespace

core::Result<void> fetchPieces(Pieces& pieces, std::uint64_t count, std::size_t width, const core::CancelToken& cancel,
                               const FetchPiece& fetch, const TakePiece& take) {
  FirstFailure failure(cancel);
  Window window{.mutex = {}, .changed = {}, .next = pieces.taken, .pieces = pieces};
  auto fail = [&](core::Error error) {
    failure.set(std::move(error));
    std::lock_guard lock(window.mutex);
    window.failed = true;
    window.changed.notify_all();
  };

  auto fetchThem = [&] {
    std::unique_lock lock(window.mutex);
    while (true) {
      window.changed.wait(lock,
                          [&] { return window.failed || window.next == count || window.next < pieces.taken + width; });
      if (window.failed || window.next == count) return;
      const auto number = window.next++;
      // Those of an attempt before this one, which may have been handed over by now.
      if (number < pieces.taken || pieces.here.contains(number)) continue;
      lock.unlock();
      auto piece = fetch(number, failure.token());
      if (!piece) return fail(std::move(piece).error());
      lock.lock();
      pieces.here.emplace(number, *std::move(piece));
      window.changed.notify_all();
    }
  };

  {
    Threads threads(static_cast<std::size_t>(std::min<std::uint64_t>(width, count - pieces.taken)), fetchThem);
    std::unique_lock lock(window.mutex);
    while (pieces.taken < count) {
      window.changed.wait(lock, [&] { return window.failed || pieces.here.contains(pieces.taken); });
      if (window.failed) break;
      const auto& piece = pieces.here.at(pieces.taken);  // stays where it is, whatever comes in beside it
      lock.unlock();
      auto done = take(piece);
      if (!done) fail(done.error());
      lock.lock();
      if (!done) break;
      pieces.here.erase(pieces.taken++);
      window.changed.notify_all();
    }
  }
  return failure.result();
}

core::Result<void> sendPieces(std::size_t width, const core::CancelToken& cancel,
                              const std::function<core::Result<void>(const core::CancelToken& cancel)>& work) {
  FirstFailure failure(cancel);
  {
    Threads threads(width, [&] {
      if (auto done = work(failure.token()); !done) failure.set(std::move(done).error());
    });
  }
  return failure.result();
}

}  // namespace trowel::databricks
