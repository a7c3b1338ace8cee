// SPDX-License-Identifier: Apache-2.0
// Any bytes from the editor: cut differently they mean the same, and whatever is answered is JSON.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rpc/message.hpp"
#include "trowel/rpc/framing.hpp"

using namespace trowel::rpc;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<Frame> framesOf(std::string_view bytes, std::size_t piece) {
  FrameReader reader;
  std::vector<Frame> frames;
  while (!bytes.empty()) {
    auto size = std::min(piece, bytes.size());
    reader.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
    while (auto frame = reader.next()) frames.push_back(*std::move(frame));
  }
  return frames;
}

void checkMessage(std::string_view text) {
  auto message = parseMessage(text);
  if (const auto* malformed = std::get_if<Malformed>(&message))
    require(trowel::core::Json::parse(malformed->reply).contains("error"));
  if (const auto* request = std::get_if<Request>(&message))
    require(trowel::core::Json::parse(successReply(request->id, request->params)).contains("result"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto whole = framesOf(bytes, SIZE_MAX);
  auto cut = framesOf(bytes, 1 + size / 7);
  // A header that is too long is given up at the end of a piece, so such streams may differ.
  if (size < kMaxHeader) {
    require(whole.size() == cut.size());
    for (std::size_t i = 0; i < whole.size(); ++i)
      require(whole[i].body == cut[i].body && whole[i].problem == cut[i].problem);
  }
  for (const auto& frame : whole) checkMessage(frame.body);
  checkMessage(bytes);
  return 0;
}
