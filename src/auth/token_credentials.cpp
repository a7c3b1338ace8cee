// SPDX-License-Identifier: Apache-2.0
#include "auth/token_credentials.hpp"

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

class TokenCredentials final : public http::Credentials {
 public:
  TokenCredentials(std::shared_ptr<TokenSource> source, std::vector<HeaderToken> more)
      : source_(std::move(source)), more_(std::move(more)) {}

  core::Result<http::Authorization> authorize(const core::CancelToken& cancel) override {
    auto token = TROWEL_TRY(source_->token(cancel));
    http::Authorization authorization{.value = core::SecretString("Bearer " + token.value.reveal())};
    for (const auto& one : more_) {
      auto second = one.source->token(cancel);
      if (second) {
        authorization.more.emplace_back(one.header, std::move(second->value));
      } else if (!one.optional || cancel.cancelled()) {
        return std::unexpected(std::move(second.error()));
      } else {
        core::logInfo("auth", "Going on without " + one.header + ". " + second.error().message);
      }
    }
    return authorization;
  }

  bool refused(const http::Authorization& used) override {
    constexpr std::string_view kBearer = "Bearer ";
    const auto& text = used.value.reveal();
    bool better = text.starts_with(kBearer) && source_->refused(core::SecretString(text.substr(kBearer.size())));
    for (const auto& one : more_)
      for (const auto& [header, value] : used.more)
        if (header == one.header) better = one.source->refused(value) || better;
    return better;
  }

 private:
  const std::shared_ptr<TokenSource> source_;
  const std::vector<HeaderToken> more_;
};

class FixedCredentials final : public http::Credentials {
 public:
  explicit FixedCredentials(core::SecretString value) : value_(std::move(value)) {}

  core::Result<http::Authorization> authorize(const core::CancelToken& /*cancel*/) override {
    return http::Authorization{.value = value_};
  }
  bool refused(const http::Authorization& /*used*/) override { return false; }

 private:
  const core::SecretString value_;
};

}  // namespace

std::shared_ptr<http::Credentials> tokenCredentials(std::shared_ptr<TokenSource> source,
                                                    std::vector<HeaderToken> more) {
  return std::make_shared<TokenCredentials>(std::move(source), std::move(more));
}

std::shared_ptr<http::Credentials> fixedCredentials(core::SecretString authorization) {
  return std::make_shared<FixedCredentials>(std::move(authorization));
}

}  // namespace trowel::auth
