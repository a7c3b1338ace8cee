// SPDX-License-Identifier: Apache-2.0
// One connection to a server, and the exchanges on it, one after the other.
#pragma once

#include <memory>
#include <optional>

#include "http/message/answer_reader.hpp"
#include "http/message/inflate.hpp"
#include "http/net/interrupt.hpp"
#include "http/net/stream.hpp"
#include "trowel/http/origin.hpp"
#include "trowel/http/proxy.hpp"

namespace trowel::http {

class Connection {
 public:
  // `plainProxy`: the stream leads to this proxy, which passes plain http requests on. It outlives the connection.
  Connection(std::unique_ptr<Stream> stream, Origin server, const Proxy* plainProxy)
      : stream_(std::move(stream)), server_(std::move(server)), plainProxy_(plainProxy) {}
  ~Connection() { stream_->finish(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `onProgress` after bytes have moved. The body of an answer may have `maxBodyBytes` unpacked, unless options.onBody
  // takes it.
  HttpResult exchange(const HttpRequest& request, const CallOptions& options, std::size_t maxBodyBytes,
                      const Interrupt& interrupt, const std::function<void()>& onProgress);

  // The last answer was complete and nothing has happened since.
  bool reusable() { return reusable_ && !stream_->hasInput(); }

 private:
  class Exchange;
  Inflate* freshInflate() {
    if (inflate_)
      inflate_->reset();
    else
      inflate_.emplace();
    return &*inflate_;
  }

  std::unique_ptr<Stream> stream_;
  Origin server_;
  const Proxy* plainProxy_;
  bool reusable_ = true;
  // Kept from one exchange to the next: each large block that is freed makes the allocator sort all small ones.
  std::unique_ptr<char[]> buffer_;
  std::optional<Inflate> inflate_;
};

}  // namespace trowel::http
