// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <string>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kWorthIt = 1024;
constexpr std::size_t kPiece = 64UL * 1024;
constexpr int kGzip = 15 + 16;  // zlib: the largest window, with gzip's head and tail

// zlib reads through a pointer to bytes that are not const, and changes none of them.
Bytef* input(std::string_view bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); }

// "gzip;q=0.5, *;q=0" (RFC 9110 12.5.3)
bool takesGzip(std::string_view accepted) {
  bool any = false;
  for (auto coding : core::split(accepted, ',')) {
    auto semicolon = coding.find(';');
    auto name = core::trim(coding.substr(0, semicolon));
    auto weight = semicolon == std::string_view::npos ? "" : core::trim(coding.substr(semicolon + 1));
    bool never = weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == std::string_view::npos;
    if (core::equalsIgnoreCase(name, "gzip") || core::equalsIgnoreCase(name, "x-gzip")) return !never;
    if (name == "*") any = !never;
  }
  return any;
}

bool isText(std::string_view contentType) {
  auto type = core::toLower(contentType);
  return type.starts_with("text/") || type.find("json") != std::string::npos || type.find("xml") != std::string::npos ||
         type.find("javascript") != std::string::npos;
}

std::string compress(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return done ? packed : std::string();
}

class GunzipReader final : public BodyReader {
 public:
  explicit GunzipReader(BodyReader& packed) : packed_(packed) { inflateInit2(&stream_, kGzip); }
  ~GunzipReader() override { inflateEnd(&stream_); }
  GunzipReader(const GunzipReader&) = delete;
  GunzipReader& operator=(const GunzipReader&) = delete;

  core::Result<std::string_view> next() override {
    piece_.resize(kPiece);
    stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
    stream_.avail_out = kPiece;
    while (stream_.avail_out == kPiece && !ended_) {
      if (stream_.avail_in == 0 && !TROWEL_TRY(refill())) continue;
      if (between_) inflateReset(&stream_);  // one gzip file may follow another (RFC 1952 2.2)
      between_ = false;
      int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        between_ = true;
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        return core::fail(core::ErrorCode::InvalidParams, "The body of the request is not in gzip format.");
      }
    }
    return std::string_view(piece_).substr(0, kPiece - stream_.avail_out);
  }

  std::optional<std::uint64_t> announced() const override { return std::nullopt; }
  std::uint64_t received() const override { return packed_.received(); }

 private:
  // False at the end, which must be the end of the last file as well.
  core::Result<bool> refill() {
    auto piece = TROWEL_TRY(packed_.next());
    if (piece.empty()) {
      if (!between_) return core::fail(core::ErrorCode::InvalidParams, "The gzip body of the request is cut off.");
      ended_ = true;
      return false;
    }
    stream_.next_in = input(piece);
    stream_.avail_in = static_cast<uInt>(piece.size());
    return true;
  }

  BodyReader& packed_;
  z_stream stream_{};
  std::string piece_;
  bool between_ = true;  // two files, or before the first
  bool ended_ = false;
};

}  // namespace

void compressBody(const Request& request, Response& response) {
  if (response.file || response.body.size() <= kWorthIt || response.status == 206 || !isText(response.contentType))
    return;
  for (const auto& [name, value] : response.headers)
    if (core::equalsIgnoreCase(name, "content-encoding")) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!takesGzip(request.header("accept-encoding"))) return;
  std::string packed = compress(response.body);
  if (packed.empty() || packed.size() >= response.body.size()) return;
  response.body = std::move(packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

Reply<BodyReader*> decodeBody(const Request& request, BodyReader& body, std::unique_ptr<BodyReader>& holder) {
  auto coding = core::trim(request.header("content-encoding"));
  if (coding.empty() || core::equalsIgnoreCase(coding, "identity")) return &body;
  if (!core::equalsIgnoreCase(coding, "gzip") && !core::equalsIgnoreCase(coding, "x-gzip"))
    return refuse(415, "MALFORMED_REQUEST", "The one content coding that is understood is gzip.");
  holder = std::make_unique<GunzipReader>(body);
  return holder.get();
}

}  // namespace trowel::emulator
