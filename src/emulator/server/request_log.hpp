// SPDX-License-Identifier: Apache-2.0
// Remembers which requests came and how they were answered; on request also in a file.
#pragma once

#include <deque>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <vector>

#include "emulator/server/http_message.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"
#include "trowel/emulator/request_record.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator {

// Any thread. A record is there before the first byte of its answer goes out: who has the answer finds it counted.
class RequestLog {
 public:
  // Appends a line of JSON per request to `file`, which is made with mode 0600. PermissionDenied where that cannot be.
  core::Result<void> writeTo(const std::filesystem::path& file);

  void add(RequestRecord record);
  std::vector<RequestRecord> all() const;  // oldest first, the last 10,000
  void clear();                            // the file stays as it is

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::deque<RequestRecord> records_;
  os::UniqueFd file_;
};

// The request's part of a record, with secrets masked.
RequestRecord recordOf(const Request& request);
core::Json describeRecord(const RequestRecord& record);

}  // namespace trowel::emulator
