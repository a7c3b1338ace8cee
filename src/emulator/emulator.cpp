// SPDX-License-Identifier: Apache-2.0
#include "trowel/emulator/emulator.hpp"

#include "emulator/emulator_core.hpp"
#include "emulator/server/http_server.hpp"
#include "trowel/core/log.hpp"

namespace trowel::emulator {

class Emulator::Impl {
 public:
  explicit Impl(std::unique_ptr<EmulatorCore> core) : core_(std::move(core)) {}

  core::Result<void> listen() {
    const Options& options = core_->options();
    std::shared_ptr<const TlsContext> tls;
    if (!options.tlsCert.empty() || !options.tlsKey.empty())
      tls = TROWEL_TRY(TlsContext::load(options.tlsCert, options.tlsKey));
    server_ = TROWEL_TRY(HttpServer::listen({.port = options.port, .tls = tls, .clock = core_->clock()}));
    host_ = (tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server_->port());
    TROWEL_TRY(core_->begin(host_));
    server_->serve([this](Request& request, BodyReader& body) { return core_->handle(request, body); });
    return {};
  }

  ~Impl() { stop(); }

  void stop() {
    core_->stop();
    if (server_) server_->stop();
  }

  EmulatorCore& core() { return *core_; }
  const std::string& host() const { return host_; }

 private:
  std::unique_ptr<EmulatorCore> core_;
  std::string host_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use everything above
};

core::Result<std::unique_ptr<Emulator>> Emulator::start(Options options, core::Clock& clock) {
  auto opened = TROWEL_TRY(EmulatorCore::open(std::move(options), clock));
  auto impl = std::make_unique<Impl>(std::move(opened));
  TROWEL_TRY(impl->listen());
  core::logInfo("emulator", "listening on " + impl->host());
  return std::unique_ptr<Emulator>(new Emulator(std::move(impl)));
}

Emulator::Emulator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Emulator::~Emulator() = default;

std::string Emulator::host() const { return impl_->host(); }
const core::SecretString& Emulator::token() const { return impl_->core().token(); }
const std::string& Emulator::userName() const { return impl_->core().options().userName; }
void Emulator::stop() { impl_->stop(); }
void Emulator::addFault(Fault fault) { impl_->core().faults().add(std::move(fault)); }
void Emulator::clearFaults() { impl_->core().faults().clear(); }
void Emulator::releaseHeld() { impl_->core().faults().release(); }
bool Emulator::awaitHeld(std::size_t count) { return impl_->core().faults().awaitHeld(count); }
std::vector<RequestRecord> Emulator::requests() const { return impl_->core().log().all(); }
void Emulator::clearRequests() { impl_->core().log().clear(); }
void Emulator::advanceClock(core::Duration duration) { impl_->core().clock().advance(duration); }

}  // namespace trowel::emulator
