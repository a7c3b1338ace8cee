// SPDX-License-Identifier: Apache-2.0
// Unpacks a gzip body as it comes. Demands its end and its checksum: a stream that was cut is an error, never a short
// body.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace trowel::http {

// Takes unpacked bytes; a failure stops the unpacking.
using ByteSink = std::function<std::expected<void, std::string>(std::string_view)>;

class Inflate {
 public:
  Inflate();
  ~Inflate();
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  // Ready for another body.
  void reset();
  // In pieces of at most 64 KiB, however far the bytes expand. The failure says why in words.
  std::expected<void, std::string> take(std::string_view packed, const ByteSink& sink);
  // Nothing more comes.
  std::expected<void, std::string> end() const;

 private:
  std::unique_ptr<z_stream> stream_;
  bool begun_ = false;
  bool ended_ = true;
};

}  // namespace trowel::http
