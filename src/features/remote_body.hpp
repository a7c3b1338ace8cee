// SPDX-License-Identifier: Apache-2.0
// What the remote trees have in common on their way to the REST API: the body of an upload, the lane of their calls.
#pragma once

#include "trowel/http/client.hpp"
#include "trowel/sync/byte_stream.hpp"

namespace trowel::features {

// Nobody waits for a single file of a transfer: views and cells go first.
inline http::CallOptions bulk(const core::CancelToken& token) { return {.cancel = token, .lane = http::Lane::Bulk}; }

class RemoteBody final : public http::BodySource {
 public:
  // `bytes` outlives the body.
  explicit RemoteBody(sync::ByteSource& bytes) : bytes_(bytes) {}

  std::uint64_t size() const override { return bytes_.size(); }
  core::Result<std::size_t> read(std::span<char> into) override { return bytes_.read(into); }
  core::Result<void> rewind() override { return bytes_.rewind(); }

 private:
  sync::ByteSource& bytes_;
};

}  // namespace trowel::features
