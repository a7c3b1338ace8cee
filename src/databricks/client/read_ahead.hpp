// SPDX-License-Identifier: Apache-2.0
// Fetches the pages of a list on a thread of its own, while the reader is busy with the one before.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/http/client.hpp"

namespace trowel::databricks {

struct Page {
  http::HttpResponse answer;
  bool last = false;  // the list ends with it
};

// One page waits for the reader and one more may be on its way, never more. One reader.
class ReadAhead {
 public:
  // Called on the thread, again and again, until a page is the last one or an error. Must end soon after a cancel.
  using Fetch = std::function<core::Result<Page>(const core::CancelToken& cancel)>;

  ReadAhead(Fetch fetch, const core::CancelToken& cancel);
  ~ReadAhead();  // ends the call under way and the thread
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // Waits for the next page, in their order. Not after the last one or an error.
  core::Result<Page> next();

 private:
  void run();

  Fetch fetch_;
  core::CancelSource stop_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::optional<core::Result<Page>> waiting_;
  bool stopped_ = false;

  std::jthread thread_;
};

}  // namespace trowel::databricks
