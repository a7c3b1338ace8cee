// SPDX-License-Identifier: Apache-2.0
#include "http/message/inflate.hpp"

#include <array>

namespace trowel::http {

Inflate::Inflate() : stream_(std::make_unique<z_stream>()) { ::inflateInit2(stream_.get(), 15 + 16); }
Inflate::~Inflate() { ::inflateEnd(stream_.get()); }

void Inflate::reset() {
  ::inflateReset(stream_.get());
  begun_ = false;
  ended_ = true;
}

std::expected<void, std::string> Inflate::take(std::string_view packed, const ByteSink& sink) {
  std::array<char, 64U << 10U> out;
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream_->avail_in = static_cast<uInt>(packed.size());
  bool more = false;  // the output was full: there may be more without further input
  while (stream_->avail_in > 0 || more) {
    if (ended_ && begun_) ::inflateReset(stream_.get());  // a body may be several members in a row
    begun_ = true;
    ended_ = false;
    stream_->next_out = reinterpret_cast<Bytef*>(out.data());
    stream_->avail_out = static_cast<uInt>(out.size());
    const int result = ::inflate(stream_.get(), Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
      return std::unexpected("its gzip data are damaged");
    const auto count = out.size() - stream_->avail_out;
    if (count > 0)
      if (auto taken = sink({out.data(), count}); !taken) return taken;
    ended_ = result == Z_STREAM_END;
    more = !ended_ && stream_->avail_out == 0;
  }
  return {};
}

std::expected<void, std::string> Inflate::end() const {
  if (!ended_ || !begun_) return std::unexpected("its gzip data broke off");
  return {};
}

}  // namespace trowel::http
