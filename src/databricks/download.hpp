// SPDX-License-Identifier: Apache-2.0
// A large file on its way from a workspace, piece by piece: what is the same wherever it comes from.
#pragma once

#include <atomic>
#include <string>

#include "databricks/pieces.hpp"
#include "trowel/databricks/rest_client.hpp"
#include "trowel/databricks/transfer.hpp"

namespace trowel::databricks {

class Download : public Transfer {
 public:
  Download(std::string path, Sink sink, Restart restart, std::uint64_t from)
      : path_(std::move(path)), sink_(std::move(sink)), restart_(std::move(restart)), from_(from), arrived_(from) {}

  // A file that is changed meanwhile comes anew where the sink can restart, a few times.
  core::Result<void> run(const http::CallOptions& options) final;
  std::uint64_t arrived() const final { return arrived_; }

 protected:
  // Moves what has not arrived. Conflict where the file is not the one that it began with.
  virtual core::Result<void> goOn(const http::CallOptions& options) = 0;
  // Takes whichever version of the file there is the next time.
  virtual void forgetVersion() = 0;

  core::Result<void> hand(std::string_view bytes);
  core::Error changed(core::Error error = {}) const;

  const std::string& path() const { return path_; }
  std::uint64_t from() const { return from_; }  // where the first piece begins
  Pieces& pieces() { return pieces_; }

 private:
  const std::string path_;
  const Sink sink_;
  const Restart restart_;
  std::uint64_t from_;
  Pieces pieces_;
  bool sinkFailed_ = false;
  std::atomic<std::uint64_t> arrived_;
};

}  // namespace trowel::databricks
