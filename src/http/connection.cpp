// SPDX-License-Identifier: Apache-2.0
#include "http/connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>

#include "http/message/request_writer.hpp"
#include "http/transport_error.hpp"
#include "trowel/core/text.hpp"

namespace trowel::http {

namespace {

constexpr std::size_t kBlock = 32U << 10U;  // bytes
// A server may refuse a body before it has seen all of it, and closes then without reading the rest.
constexpr std::size_t kJoinedBody = 32U << 10U;  // up to here head and body go out in one packet

}  // namespace

class Connection::Exchange {
 public:
  Exchange(Connection& connection, const HttpRequest& request, const CallOptions& options, std::size_t maxBodyBytes,
           const Interrupt& interrupt, const std::function<void()>& onProgress)
      : stream_(*connection.stream_),
        connection_(connection),
        request_(request),
        options_(options),
        maxBodyBytes_(maxBodyBytes),
        interrupt_(interrupt),
        onProgress_(onProgress),
        reader_(request.method == "HEAD" ? AnswerReader::Expected::NoBody : AnswerReader::Expected::Body) {}

  HttpResult run() {
    if (auto sent = send(); !sent) return std::unexpected(std::move(sent).error());
    if (auto received = receive(); !received) return std::unexpected(std::move(received).error());
    if (connection_.plainProxy_ != nullptr && reader_.head().status == 407)
      return proxyRefusal(*connection_.plainProxy_, connection_.server_, 407);
    connection_.reusable_ = reader_.keepsAlive() && sentAll_ && leftover_ == 0;
    HttpResponse answer = std::move(reader_.head());
    answer.body = std::move(body_);
    return answer;
  }

 private:
  using Done = std::expected<void, TransportError>;

  Done send() {
    const bool streamed = request_.source != nullptr;
    std::optional<std::uint64_t> size;
    if (streamed || !request_.body.empty() || request_.method == "POST" || request_.method == "PUT" ||
        request_.method == "PATCH")
      size = streamed ? request_.source->size() : request_.body.size();
    std::optional<PlainProxy> proxy;
    if (connection_.plainProxy_ != nullptr) proxy.emplace(PlainProxy{connection_.plainProxy_->authorization});
    const auto head = requestHead(request_, connection_.server_, size, proxy);
    if (!streamed && request_.body.size() <= kJoinedBody)
      return write(core::SecretString(head.reveal() + request_.body).reveal());
    if (auto written = write(head.reveal()); !written) return written;
    return streamed ? sendStream(*size) : write(request_.body);
  }

  Done sendStream(std::uint64_t size) {
    std::vector<char> block(kBlock);
    std::uint64_t sent = 0;
    while (sent < size && sentAll_) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), size - sent));
      auto count = request_.source->read(std::span(block).first(wanted));
      if (!count) return failed(Stage::Stopped, std::move(count).error());
      if (*count == 0)
        return transportFailure(Stage::Stopped, core::ErrorCode::DataLoss,
                                "What is being sent became shorter meanwhile, so sending it was stopped.");
      sent += *count;
      if (auto written = write({block.data(), *count}); !written) return written;
    }
    return {};
  }

  // Stops (without a failure) where the server answers already: it will not read the rest.
  Done write(std::string_view bytes) {
    while (!bytes.empty()) {
      auto moved = stream_.write(bytes);
      switch (moved.kind) {
        case Moved::Kind::Bytes:
          bytes.remove_prefix(moved.count);
          onProgress_();
          break;
        case Moved::Kind::Blocked:
          if (interrupt_.wait(stream_.descriptor(), static_cast<short>(moved.events | POLLIN)) ==
              Interrupt::Wake::Interrupted)
            return stopped("The request had only partly been sent. Check the network, and try again.");
          if (!stream_.hasInput()) break;
          [[fallthrough]];
        case Moved::Kind::End:
        case Moved::Kind::Failed:
          // There may be an answer to read all the same: 413 and a closed connection, for one.
          sentAll_ = false;
          writeProblem_ = moved.problem;
          return {};
      }
    }
    return {};
  }

  Done receive() {
    auto& buffer = connection_.buffer_;
    if (!buffer) buffer = std::make_unique_for_overwrite<char[]>(kBlock);
    while (reader_.state() != AnswerReader::State::Complete) {
      auto moved = stream_.read({buffer.get(), kBlock});
      switch (moved.kind) {
        case Moved::Kind::Bytes:
          onProgress_();
          if (auto taken = take({buffer.get(), moved.count}); !taken) return taken;
          break;
        case Moved::Kind::Blocked:
          if (interrupt_.wait(stream_.descriptor(), moved.events) == Interrupt::Wake::Interrupted) return late();
          break;
        case Moved::Kind::End:
          if (reader_.state() == AnswerReader::State::Head) return lost("it was closed");
          if (auto ended = reader_.end(); !ended) return damaged(ended.error());
          break;
        case Moved::Kind::Failed:
          if (reader_.state() == AnswerReader::State::Head) return lost(moved.problem);
          return damaged(fmt::format("it broke off ({})", moved.problem));
      }
      // Whatever came before an interruption may be cut off by it without a trace.
      if (interrupt_.interrupted()) return late();
    }
    if (inflate_ != nullptr)
      if (auto ended = inflate_->end(); !ended) return damaged(ended.error());
    return {};
  }

  Done take(std::string_view bytes) {
    while (!bytes.empty() && reader_.state() != AnswerReader::State::Complete) {
      const bool inHead = reader_.state() == AnswerReader::State::Head;
      auto step = reader_.take(bytes);
      if (!step) return damaged(step.error());
      bytes.remove_prefix(step->used);
      if (inHead && reader_.state() == AnswerReader::State::Body)
        if (auto begun = bodyBegins(); !begun) return begun;
      if (step->body.empty()) continue;
      auto put = [this](std::string_view part) { return keep(part); };
      auto kept = inflate_ != nullptr ? inflate_->take(step->body, put) : put(step->body);
      if (refused_) return failed(Stage::Stopped, *std::move(refused_));
      if (!kept) return damaged(kept.error());
    }
    leftover_ = bytes.size();
    return {};
  }

  Done bodyBegins() {
    const auto encoding = headerOf(reader_.head().headers, "Content-Encoding");
    if (core::equalsIgnoreCase(encoding, "gzip"))
      inflate_ = connection_.freshInflate();
    else if (!encoding.empty() && !core::equalsIgnoreCase(encoding, "identity"))
      return damaged("it is packed in a way that was not asked for");
    const int status = reader_.head().status;
    const bool success = status >= 200 && status < 300;
    handedOn_ = options_.onBody && success;
    if (!options_.onHead || !success) return {};
    auto seen = options_.onHead(reader_.head());
    return seen ? Done() : failed(Stage::Stopped, std::move(seen).error());
  }

  std::expected<void, std::string> keep(std::string_view part) {
    if (handedOn_) {
      auto taken = options_.onBody(part);
      if (taken) return {};
      refused_ = std::move(taken).error();
      return std::unexpected("refused");
    }
    if (part.size() > maxBodyBytes_ - body_.size())
      return std::unexpected(fmt::format("it is larger than {} MiB", maxBodyBytes_ >> 20U));
    body_.append(part);
    return {};
  }

  static std::unexpected<TransportError> failed(Stage stage, core::Error error) {
    TransportError failure{std::move(error)};
    failure.stage = stage;
    return std::unexpected(std::move(failure));
  }

  std::unexpected<TransportError> late() const {
    return stopped(reader_.state() == AnswerReader::State::Head
                       ? "The server had the request but had not answered. Try again later."
                       : "The answer had only partly come. Check the network, and try again.");
  }

  std::unexpected<TransportError> lost(std::string_view problem) const {
    return transportFailure(
        Stage::Exchange, core::ErrorCode::Unavailable,
        fmt::format("The connection to {} was lost before an answer came.", connection_.server_.text()),
        fmt::format("{} {}: {}", request_.method, connection_.server_.text(),
                    writeProblem_.empty() ? problem : writeProblem_));
  }

  std::unexpected<TransportError> damaged(std::string_view problem) const {
    const auto stage = reader_.state() == AnswerReader::State::Head ? Stage::Exchange : Stage::Body;
    return transportFailure(stage, core::ErrorCode::DataLoss,
                            fmt::format("The answer of {} cannot be used: {}.", connection_.server_.text(), problem),
                            fmt::format("{} {}", request_.method, connection_.server_.text()));
  }

  Stream& stream_;
  Connection& connection_;
  const HttpRequest& request_;
  const CallOptions& options_;
  std::size_t maxBodyBytes_;
  const Interrupt& interrupt_;
  const std::function<void()>& onProgress_;
  AnswerReader reader_;
  Inflate* inflate_ = nullptr;          // the connection's, where the body is packed
  std::optional<core::Error> refused_;  // by options.onBody
  std::string body_;
  std::string writeProblem_;
  std::size_t leftover_ = 0;  // bytes after the answer
  bool handedOn_ = false;
  bool sentAll_ = true;
};

HttpResult Connection::exchange(const HttpRequest& request, const CallOptions& options, std::size_t maxBodyBytes,
                                const Interrupt& interrupt, const std::function<void()>& onProgress) {
  reusable_ = false;
  return Exchange(*this, request, options, maxBodyBytes, interrupt, onProgress).run();
}

}  // namespace trowel::http
