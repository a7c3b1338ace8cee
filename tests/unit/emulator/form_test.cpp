// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/multipart.hpp"
#include "support/catch.hpp"

using namespace trowel::emulator;

namespace {

// Comes in pieces of that many bytes.
class Dripping final : public BodyReader {
 public:
  Dripping(std::string bytes, std::size_t size) : bytes_(std::move(bytes)), size_(size) {}
  trowel::core::Result<std::string_view> next() override {
    auto piece = std::string_view(bytes_).substr(at_, size_);
    at_ += piece.size();
    return piece;
  }
  std::optional<std::uint64_t> announced() const override { return std::nullopt; }
  std::uint64_t received() const override { return at_; }

 private:
  std::string bytes_;
  std::size_t size_;
  std::size_t at_ = 0;
};

const std::string kType = "multipart/form-data; boundary=\"xx\"";

std::string part(const std::string& name, const std::string& content) {
  return "--xx\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n";
}

}  // namespace

TEST_CASE("forms are read however they are cut") {
  const std::string tricky = "\r\n--x\r\n-\r\n--xy--\r";
  const std::string body = "preamble\r\n" + part("a", "1") + part("empty", "") + part("b", tricky) + "--xx--\r\nend";
  for (std::size_t size : {1, 2, 3, 7, 1000}) {
    INFO(size);
    Dripping source(body, size);
    FormReader form(source, kType);
    std::vector<std::string> read;
    while (auto name = form.nextPart().value()) {
      read.push_back(*name + "=");
      for (auto piece = form.nextPiece().value(); !piece.empty(); piece = form.nextPiece().value())
        read.back() += piece;
    }
    CHECK(read == std::vector<std::string>{"a=1", "empty=", "b=" + tricky});
  }
  auto parts = parseMultipart(body, kType);
  REQUIRE(parts);
  CHECK(parts->size() == 3);
  CHECK(parts->back().content == tricky);
}

TEST_CASE("parts may be skipped, and forms that are cut off are refused") {
  Dripping source(part("a", std::string(100'000, 'x')) + part("b", "2") + "--xx--", 1000);
  FormReader form(source, kType);
  CHECK(form.nextPart().value() == "a");
  CHECK(form.nextPart().value() == "b");
  CHECK(form.nextPiece().value() == "2");
  CHECK_FALSE(form.nextPart().value());

  CHECK_FALSE(parseMultipart(part("a", "1"), kType));
  CHECK_FALSE(parseMultipart("", kType));
  CHECK_FALSE(parseMultipart("--xx\r\nContent-Disposition: form-data; name=a", kType));
  CHECK_FALSE(parseMultipart(part("a", "1") + "--xx--", "multipart/form-data"));
}
