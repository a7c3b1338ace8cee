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

namespace trowel::emulator {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;  // still escaped, so that %2F can be told from a slash
  Fields query;      // decoded, in order
  Fields headers;    // names in lower case
  std::string body;
  int minorVersion = 1;

  std::string_view header(std::string_view lowerCaseName) const;
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
};

// A part of a file, sent as a body without being read into memory.
struct FileBody {
  std::filesystem::path file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

enum class Delivery : std::uint8_t { Whole, Truncated, Dropped };

struct Response {
  int status = 200;
  std::string body = {};
  std::optional<FileBody> file = {};  // instead of `body`
  std::string contentType = "application/json";
  Fields headers = {};
  Delivery delivery = Delivery::Whole;
  std::size_t truncateAt = 0;  // bytes of the body that go out where delivery is Truncated
};

// The request line and headers, without the empty line at the end. Nothing where they are not HTTP/1.x.
std::optional<Request> parseHead(std::string_view head);

// Splits "a=1&b=2", decoding %XX and plus signs.
Fields parseQuery(std::string_view query);

// Status line, headers and (unless `headOnly`) body, ready to be sent. Header values lose line breaks.
std::string serialize(const Response& response, bool keepAlive, bool headOnly);

}  // namespace trowel::emulator
