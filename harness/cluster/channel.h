// The control socket between the controller and the init of a host: whole messages of JSON, with
// file descriptors beside them. The host's end is used by its one thread; of the controller's end,
// send from any one thread at a time.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "harness/cluster/descriptor.h"

namespace tribunal {

class Channel {
 public:
  struct Message {
    nlohmann::json body;
    std::vector<Descriptor> descriptors;
  };

  explicit Channel(Descriptor socket) : socket_(std::move(socket)) {}
  static std::pair<Descriptor, Descriptor> make_pair();  // throws FailedStep

  // False: the other end is gone, or has taken nothing for seconds.
  bool send(const nlohmann::json& body, const std::vector<int>& descriptors = {});
  std::optional<Message> receive();  // waits; nothing: the other end is gone
  int number() const { return socket_.number(); }

 private:
  Descriptor socket_;
};

}  // namespace tribunal
