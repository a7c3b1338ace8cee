// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 requests and responses as plain data, and the two functions between them and bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/emulator/fault.hpp"

namespace trowel::emulator {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;  // escaped where it must be, so that %2F can be told from a slash
  Fields query;      // decoded, in order
  Fields headers;    // names in lower case
  std::string body;
  int minorVersion = 1;

  std::string_view header(std::string_view lowerCaseName) const;  // the first of that name; empty
  std::size_t count(std::string_view lowerCaseName) const;
  bool keepAlive() const;
};

// The body of a request as it arrives. One thread.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  // The next bytes, empty at the end; valid until the next call. Unavailable where the client is gone.
  virtual core::Result<std::string_view> next() = 0;
  // What is still to come, where the client said how much.
  virtual std::optional<std::uint64_t> announced() const = 0;
  // Bytes that have come so far, as they were on the wire.
  virtual std::uint64_t received() const = 0;
};

// A body that is there already.
class MemoryBody final : public BodyReader {
 public:
  explicit MemoryBody(std::string bytes) : bytes_(std::move(bytes)) {}
  core::Result<std::string_view> next() override {
    return std::exchange(read_, true) ? std::string_view() : std::string_view(bytes_);
  }
  std::optional<std::uint64_t> announced() const override { return read_ ? 0 : bytes_.size(); }
  std::uint64_t received() const override { return bytes_.size(); }

 private:
  std::string bytes_;
  bool read_ = false;
};

// A part of a file, sent as a body without being read into memory.
struct FileBody {
  std::filesystem::path file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// How an answer goes out where a fault asks for more than the plain way.
struct Delivery {
  bool nothing = false;                      // not even the head goes out
  std::optional<std::uint64_t> bodyBytes{};  // of the body that go out; all
  std::int64_t lengthOff = 0;                // is added to the Content-Length
  std::uint64_t bytesPerSecond = 0;          // of the body; 0: as fast as it goes
  std::optional<FaultEnd> end{};             // of the connection, afterwards; it is kept, as the client wishes
};

struct Response {
  int status = 200;
  std::string body = {};
  std::optional<FileBody> file = {};  // instead of `body`
  std::string contentType = "application/json";
  Fields headers = {};
  Delivery delivery = {};

  bool hasBody() const { return status != 204 && status != 304; }
  std::uint64_t length() const { return !hasBody() ? 0 : file ? file->length : body.size(); }
};

// The request line and headers, without the empty line at the end. Nothing where they are not HTTP/1.x as RFC 9112
// wants it: also for two hosts, folded lines, and names and values with characters that they cannot have.
std::optional<Request> parseHead(std::string_view head);

// Splits "a=1&b=2", decoding %XX and plus signs.
Fields parseQuery(std::string_view query);

// How the end of a body is told to the client.
enum class BodyEnd : std::uint8_t { Length, Chunked, Close };

// Status line and headers with the empty line behind them. Header values lose line breaks.
std::string serializeHead(const Response& response, BodyEnd bodyEnd, bool keepAlive);

}  // namespace trowel::emulator
