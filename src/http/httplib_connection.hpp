// SPDX-License-Identifier: Apache-2.0
// One kept connection to one server, over cpp-httplib; its .cpp is the only file of the room that sees that library.
#pragma once

#include <memory>

#include "trowel/http/client.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::http {

// Used by one call at a time; interrupt() from any thread. Connects with its first exchange.
class HttplibConnection {
 public:
  explicit HttplibConnection(const Origin& origin);
  ~HttplibConnection();

  // Blocks; ends early only through interrupt(). The errors are in words for the user.
  HttpResult exchange(const HttpRequest& request, std::size_t maxBodyBytes);

  // Ends the exchange that is running, in whatever phase, and spoils the connection for good.
  void interrupt();

  // Open, and nothing came in since the last answer. Bytes or an end of stream on an idle connection belong to no
  // request of ours: whoever reads on would take them for the next answer.
  bool reusable() const;

 private:
  class Client;
  std::unique_ptr<Client> client_;
};

}  // namespace trowel::http
