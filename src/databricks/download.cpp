// SPDX-License-Identifier: Apache-2.0
#include "databricks/download.hpp"

namespace trowel::databricks {

namespace {
constexpr int kAttempts = 3;
}

core::Result<void> Download::run(const http::CallOptions& options) {
  for (int attempt = 1;; ++attempt) {
    sinkFailed_ = false;
    auto done = goOn(options);
    // A sink has conflicts of its own: a full disk.
    const bool isChanged = !done && done.error().code == core::ErrorCode::Conflict && !sinkFailed_;
    if (!isChanged || !restart_ || attempt == kAttempts) return done;
    TROWEL_TRY(restart_());
    forgetVersion();
    pieces_ = {};
    from_ = 0;
    arrived_ = 0;
  }
}

core::Result<void> Download::hand(std::string_view bytes) {
  auto taken = sink_(bytes);
  sinkFailed_ = !taken;
  if (taken) arrived_ += bytes.size();
  return taken;
}

core::Error Download::changed(core::Error error) const {
  error.code = core::ErrorCode::Conflict;
  error.message = "The file " + path_ + " was changed while it was read. Read it again.";
  return error;
}

}  // namespace trowel::databricks
