// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/zip.hpp"

#include <zlib.h>

#include <cstdint>

namespace trowel::emulator {

namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kCentralHeader = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kMaxEntries = 65'535;
constexpr std::uint16_t kUtf8 = 1U << 11;
constexpr std::uint16_t kEncrypted = 1U << 0;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint16_t kDate = 0x21;  // 1980-01-01: archives of equal content are equal

void put16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value & 0xff);
  out += static_cast<char>(value >> 8 & 0xff);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value & 0xffff);
  put16(out, value >> 16);
}

std::uint16_t get16(std::string_view bytes, std::size_t at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  return static_cast<std::uint16_t>(byte(at) | byte(at + 1) << 8);
}

std::uint32_t get32(std::string_view bytes, std::size_t at) {
  return get16(bytes, at) | static_cast<std::uint32_t>(get16(bytes, at + 2)) << 16;
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));  // zlib's own idiom
}

// Raw deflate, without zlib's frame. Empty where it does not get smaller.
std::string deflated(std::string_view content) {
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(content.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));  // zlib does not write there
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  bool whole = ::deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? out.size() - stream.avail_out : 0);
  ::deflateEnd(&stream);
  return out;
}

// `size` is what the archive says: anything else is damage.
std::optional<std::string> inflated(std::string_view packed, std::size_t size) {
  z_stream stream{};
  if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) return std::nullopt;
  std::string out(size + 1, '\0');  // one more, so that too much is seen
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  bool whole = ::inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == size;
  ::inflateEnd(&stream);
  if (!whole) return std::nullopt;
  out.resize(size);
  return out;
}

// What local and central headers have in common.
void putCommon(std::string& out, std::uint16_t method, std::uint32_t crc, std::size_t packed, std::size_t size,
               std::size_t nameLength) {
  put16(out, 20);  // version needed: 2.0
  put16(out, kUtf8);
  put16(out, method);
  put16(out, 0);
  put16(out, kDate);
  put32(out, crc);
  put32(out, static_cast<std::uint32_t>(packed));
  put32(out, static_cast<std::uint32_t>(size));
  put16(out, static_cast<std::uint32_t>(nameLength));
  put16(out, 0);  // extra field
}

// The record at the end may have a comment of up to 64 KiB behind it.
std::optional<std::size_t> findEnd(std::string_view archive) {
  if (archive.size() < kEndSize) return std::nullopt;
  std::size_t lowest = archive.size() - std::min(archive.size(), kEndSize + 0xffff);
  for (std::size_t at = archive.size() - kEndSize + 1; at-- > lowest;)
    if (get32(archive, at) == kEnd) return at;
  return std::nullopt;
}

}  // namespace

std::string writeZip(const std::vector<ZipEntry>& entries) {
  std::string out;
  std::string central;
  for (const auto& entry : entries) {
    auto packed = deflated(entry.content);
    bool smaller = !packed.empty() && packed.size() < entry.content.size();
    std::string_view body = smaller ? packed : entry.content;
    auto method = smaller ? kDeflated : kStored;
    auto crc = checksum(entry.content);
    auto offset = out.size();
    put32(out, kLocalHeader);
    putCommon(out, method, crc, body.size(), entry.content.size(), entry.name.size());
    out.append(entry.name).append(body);
    put32(central, kCentralHeader);
    put16(central, 20);  // made by: 2.0
    putCommon(central, method, crc, body.size(), entry.content.size(), entry.name.size());
    put16(central, 0);  // comment
    put16(central, 0);  // disk
    put16(central, 0);  // internal attributes
    put32(central, 0);  // external attributes
    put32(central, static_cast<std::uint32_t>(offset));
    central.append(entry.name);
  }
  auto start = out.size();
  out += central;
  put32(out, kEnd);
  put32(out, 0);  // disks
  put16(out, static_cast<std::uint32_t>(entries.size()));
  put16(out, static_cast<std::uint32_t>(entries.size()));
  put32(out, static_cast<std::uint32_t>(central.size()));
  put32(out, static_cast<std::uint32_t>(start));
  put16(out, 0);  // comment
  return out;
}

std::optional<std::vector<ZipEntry>> readZip(std::string_view archive, std::size_t limit) {
  auto end = findEnd(archive);
  if (!end) return std::nullopt;
  std::size_t count = get16(archive, *end + 10);
  std::size_t at = get32(archive, *end + 16);
  std::vector<ZipEntry> entries;
  for (std::size_t i = 0; i < count && i < kMaxEntries; ++i) {
    if (at > *end || *end - at < kCentralSize || get32(archive, at) != kCentralHeader) return std::nullopt;
    auto flags = get16(archive, at + 8);
    auto method = get16(archive, at + 10);
    auto crc = get32(archive, at + 16);
    std::size_t packed = get32(archive, at + 20);
    std::size_t size = get32(archive, at + 24);
    std::size_t nameLength = get16(archive, at + 28);
    std::size_t behind = nameLength + get16(archive, at + 30) + get16(archive, at + 32);
    std::size_t local = get32(archive, at + 42);
    if (*end - at - kCentralSize < behind || (flags & kEncrypted) != 0 || size > limit) return std::nullopt;
    ZipEntry entry{.name = std::string(archive.substr(at + kCentralSize, nameLength))};
    at += kCentralSize + behind;

    if (local > *end || *end - local < kLocalSize || get32(archive, local) != kLocalHeader) return std::nullopt;
    std::size_t body = local + kLocalSize + get16(archive, local + 26) + get16(archive, local + 28);
    if (body > *end || *end - body < packed) return std::nullopt;
    auto bytes = archive.substr(body, packed);
    if (method == kStored && packed == size) {
      entry.content = bytes;
    } else if (auto whole = method == kDeflated ? inflated(bytes, size) : std::nullopt) {
      entry.content = *std::move(whole);
    } else {
      return std::nullopt;
    }
    if (checksum(entry.content) != crc) return std::nullopt;
    limit -= size;
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace trowel::emulator
