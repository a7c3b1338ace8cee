// SPDX-License-Identifier: Apache-2.0
// Bodies that do not fit into memory, and the places outside the workspace where such bodies lie. A download that broke
// off asks for the rest only: with the time of change that the first answer named, so that nobody gets the beginning of
// one version with the end of another.
#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "databricks/client/rest_job.hpp"
#include "databricks/client/target.hpp"

namespace trowel::databricks {

namespace {

// Large bodies take their time; that nothing moves is for CallOptions::stall to see.
constexpr core::Duration kNoLimit = std::chrono::hours(24);

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

struct Range {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> total;
};

// "bytes 100-199/1000"; without what it does not say.
Range readRange(std::string_view contentRange) {
  constexpr std::string_view kUnit = "bytes ";
  if (!contentRange.starts_with(kUnit)) return {};
  contentRange.remove_prefix(kUnit.size());
  const auto dash = contentRange.find('-');
  const auto slash = contentRange.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos) return {};
  return {.first = number(contentRange.substr(0, dash)), .total = number(contentRange.substr(slash + 1))};
}

// What has come of a download, over all its attempts.
class Reading {
 public:
  Reading(const Sink& sink, std::string host) : sink_(sink), host_(std::move(host)) {}

  std::uint64_t taken() const { return taken_; }
  http::Headers& headers() { return headers_; }

  core::Result<void> begins(const http::HttpResponse& head) {
    skip_ = 0;
    if (taken_ == 0) {
      headers_ = head.headers;
      auto packing = http::headerOf(headers_, "Content-Encoding");
      packed_ = !packing.empty() && packing != "identity";
      return {};
    }
    for (auto name : {"Last-Modified", "ETag"})
      if (http::headerOf(head.headers, name) != http::headerOf(headers_, name)) return changed();
    if (head.status != 206) {
      skip_ = taken_;  // all of it once more
      return {};
    }
    const auto range = readRange(http::headerOf(head.headers, "Content-Range"));
    const auto size = number(http::headerOf(headers_, "Content-Length"));
    if (size && range.total && size != range.total) return changed();
    if (range.first != taken_)
      return core::fail(core::ErrorCode::DataLoss,
                        fmt::format("{} sent another part of the file than the one that was asked for.", host_));
    return {};
  }

  core::Result<void> comes(std::string_view part) {
    const auto known = std::min<std::uint64_t>(skip_, part.size());
    skip_ -= known;
    part.remove_prefix(static_cast<std::size_t>(known));
    taken_ += part.size();
    return part.empty() ? core::Result<void>() : sink_(part);
  }

  // False where the rest cannot be told from the positions that we know.
  bool askForRest(http::HttpRequest& request) const {
    if (packed_) return false;
    auto set = [&](std::string_view name, std::string value) {
      std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
      request.headers.emplace_back(name, std::move(value));
    };
    set("Range", fmt::format("bytes={}-", taken_));
    if (auto time = http::headerOf(headers_, "Last-Modified"); !time.empty())
      set("If-Unmodified-Since", std::string(time));
    return true;
  }

  std::unexpected<core::Error> changed() const {
    return core::fail(core::ErrorCode::Conflict,
                      fmt::format("What is being read from {} was changed meanwhile. Read it again.", host_));
  }

 private:
  const Sink& sink_;
  std::string host_;
  http::Headers headers_;
  std::uint64_t taken_ = 0;  // bytes that the sink has
  bool packed_ = false;      // unasked
  std::uint64_t skip_ = 0;   // bytes still to come that the sink has
};

// By status alone: storages of three clouds have nothing else in common. Nothing of the address but its host is told.
Refusal storageRefusal(const http::HttpResponse& response, const std::string& host, core::WallTime now) {
  Refusal refusal;
  refusal.retryAfter = http::parseRetryAfter(response.headers, now);
  auto& error = refusal.error;
  error.httpStatus = response.status;
  switch (response.status) {
    case 401:
    case 403:
      error.code = core::ErrorCode::PermissionDenied;
      error.message = fmt::format(
          "The storage {} does not accept the link that the workspace made for it, or no "
          "longer. Try again; where that does not help, ask the workspace's administrator "
          "whether this network may reach the storage.",
          host);
      return refusal;
    case 404:
    case 410:
      error.code = core::ErrorCode::NotFound;
      error.message = fmt::format("The storage {} no longer has what the workspace promised there.", host);
      return refusal;
    case 429:
      error.code = core::ErrorCode::RateLimited;
      refusal.verdict = http::Verdict::NotStarted;
      break;
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
      error.code = core::ErrorCode::Unavailable;
      refusal.verdict = http::Verdict::Unknown;
      break;
    default:
      error.code = core::ErrorCode::Unavailable;
      error.message = fmt::format("The storage {} refused this with HTTP {}.", host, response.status);
      return refusal;
  }
  error.message = fmt::format("The storage {} cannot answer now (HTTP {}). Try again later.", host, response.status);
  return refusal;
}

}  // namespace

core::Result<core::Json> RestClient::upload(const Call& call, const core::Json& params, http::BodySource& source,
                                            const CallOptions& options) const {
  auto [path, rest] = fillPath(call.path, params);
  auto job = jobFor(call, withQuery(std::move(path), rest));
  job.request.headers.emplace_back("Content-Type", "application/octet-stream");
  job.request.source = &source;
  job.rewind = [&source](http::HttpRequest&) { return source.rewind().has_value(); };
  auto unhurried = options;
  unhurried.timeout = kNoLimit;
  return runForJson(job, unhurried, nullptr);
}

core::Result<http::Headers> RestClient::download(const Call& call, const core::Json& params, const Sink& sink,
                                                 const CallOptions& options) const {
  auto [path, rest] = fillPath(call.path, params);
  auto job = jobFor(call, withQuery(std::move(path), rest));
  job.request.headers.back().second = "*/*";
  return receive(job, sink, call.ranges, options);
}

core::Result<http::Headers> RestClient::receive(Job& job, const Sink& sink, bool ranges, CallOptions options) const {
  Reading reading(sink, job.request.origin);
  // Positions count the bytes on the way, and must be those of the file.
  if (ranges) job.request.headers.emplace_back("Accept-Encoding", "identity");
  job.rewind = [&](http::HttpRequest& request) {
    return reading.taken() == 0 || (ranges && reading.askForRest(request));
  };
  job.progress = [&] { return reading.taken(); };
  options.timeout = kNoLimit;
  options.onHead = [&](const http::HttpResponse& head) { return reading.begins(head); };
  options.onBody = [&](std::string_view part) { return reading.comes(part); };

  auto response = run(job, options);
  if (response) return reading.taken() == 0 ? std::move(response->headers) : std::move(reading.headers());
  const int status = response.error().httpStatus;
  if (reading.taken() > 0 && (status == 412 || status == 416)) return reading.changed();
  return std::unexpected(std::move(response).error());
}

core::Result<RestClient::Job> RestClient::jobFor(const SignedLink& link, Verb verb) const {
  const std::string& url = link.url.reveal();
  const auto slash = url.find('/', url.find("://") == std::string::npos ? 0 : url.find("://") + 3);
  auto origin = http::parseOrigin(url.substr(0, slash));
  // A workspace that is reached over TLS has no business naming a place without.
  if (!origin || (origin->scheme != "https" && config_.host.scheme == "https"))
    return core::fail(core::ErrorCode::DataLoss,
                      fmt::format("{} named a storage whose address cannot be used.", config_.host.text()));
  Job job;
  job.request.method = toString(verb);
  job.request.origin = origin->text();
  job.request.target = slash == std::string::npos ? "/" : url.substr(slash, url.find('#') - slash);
  job.request.headers = link.headers;
  job.request.headers.emplace_back("User-Agent", config_.userAgent);
  job.safety = Safety::Safe;
  job.isOurHost = false;
  job.name = fmt::format("{} of a signed link to {}", job.request.method, job.request.origin);
  job.refusal = [this, host = job.request.origin](const http::HttpResponse& response) {
    return storageRefusal(response, host, clock_.wallNow());
  };
  return job;
}

core::Result<http::HttpResponse> RestClient::fetch(const SignedLink& link, const CallOptions& options) const {
  auto job = TROWEL_TRY(jobFor(link, Verb::Get));
  return run(job, options);
}

core::Result<http::HttpResponse> RestClient::remove(const SignedLink& link, const CallOptions& options) const {
  auto job = TROWEL_TRY(jobFor(link, Verb::Delete));
  return run(job, options);
}

core::Result<http::HttpResponse> RestClient::upload(const SignedLink& link, http::BodySource& source,
                                                    const CallOptions& options) const {
  auto job = TROWEL_TRY(jobFor(link, Verb::Put));
  job.request.source = &source;
  job.rewind = [&source](http::HttpRequest&) { return source.rewind().has_value(); };
  auto unhurried = options;
  unhurried.timeout = kNoLimit;
  return run(job, unhurried);
}

core::Result<http::Headers> RestClient::download(const SignedLink& link, const Sink& sink,
                                                 const CallOptions& options) const {
  auto job = TROWEL_TRY(jobFor(link, Verb::Get));
  return receive(job, sink, true, options);
}

}  // namespace trowel::databricks
