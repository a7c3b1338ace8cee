// SPDX-License-Identifier: Apache-2.0
// Any bytes that come as a request, from the head to what the endpoint answers, without a socket in between: the answer
// is one that HTTP knows, is JSON where it says so, and nothing outside the data folder is touched.
//
// The input is a head, an empty line and a body. The token is added, so that the search is for what stands behind it.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "emulator/emulator_core.hpp"
#include "emulator/server/gzip.hpp"
#include "emulator/server/multipart.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/text.hpp"

using namespace trowel;
using namespace trowel::emulator;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// In small pieces, as a slow client would send it.
class Bytes final : public BodyReader {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  core::Result<std::string_view> next() override {
    auto piece = bytes_.substr(at_, 7);
    at_ += piece.size();
    return piece;
  }
  std::optional<std::uint64_t> announced() const override { return std::nullopt; }
  std::uint64_t received() const override { return at_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

EmulatorCore& workspace() {
  static std::unique_ptr<EmulatorCore> made = [] {
    auto opened = EmulatorCore::open({}, core::systemClock());
    require(opened.has_value());
    require((*opened)->begin("http://127.0.0.1:1").has_value());
    return *std::move(opened);
  }();
  return *made;
}

// What starts processes, which is not what is searched here, and what waits on purpose.
bool isLeftOut(std::string_view path) {
  for (std::string_view part : {"execute", "run-now", "runs/submit", "repair", "repos", "statements", "/emulator/"})
    if (path.find(part) != std::string_view::npos) return true;
  return false;
}

void check(const Response& response) {
  require(response.status >= 200 && response.status <= 599);
  serializeHead(response, BodyEnd::Length, true);
  bool packed = false;
  for (const auto& [name, value] : response.headers)
    packed = packed || core::equalsIgnoreCase(name, "content-encoding");
  if (!packed && !response.file && response.contentType == "application/json" && !response.body.empty())
    require(core::Json::accept(response.body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  auto end = std::min(input.find("\n\n"), input.size());
  auto body = input.substr(std::min(end + 2, input.size()));
  static_cast<void>(parseMultipart(body, "multipart/form-data; boundary=b"));
  auto request = parseHead(input.substr(0, end));
  if (!request || isLeftOut(request->path)) return 0;
  std::erase_if(request->headers, [](const auto& each) { return each.first == "authorization"; });
  request->headers.emplace_back("authorization", "Bearer " + workspace().token().reveal());
  Bytes bytes(body);
  check(workspace().handle(*request, bytes));
  return 0;
}
