// SPDX-License-Identifier: Apache-2.0
// The body of an upload that a remote tree sends.
#pragma once

#include "trowel/http/client.hpp"
#include "trowel/sync/byte_stream.hpp"

namespace trowel::features {

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
