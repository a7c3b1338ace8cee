// SPDX-License-Identifier: Apache-2.0
// TLS for the emulator's connections: one certificate, one context, a stream for each connection.
#pragma once

#include <filesystem>
#include <memory>

#include "emulator/server/stream.hpp"
#include "trowel/core/error.hpp"

struct ssl_ctx_st;

namespace trowel::emulator {

// TLS 1.2 and above. Any thread.
class TlsContext {
 public:
  // A PEM file with the certificate, and what stands above it, and one with its key. InvalidParams where they cannot be
  // read or do not belong together.
  static core::Result<std::unique_ptr<TlsContext>> load(const std::filesystem::path& certificate,
                                                        const std::filesystem::path& key);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The stream must not outlive the context.
  std::unique_ptr<Stream> wrap(os::UniqueFd socket) const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace trowel::emulator
