#include "nemesis/tool_channel.h"

#include <poll.h>
#include <sys/socket.h>

namespace tribunal {

using nlohmann::json;

std::optional<json> ToolChannel::next() {
  while (true) {
    if (const auto end = received_.find('\n'); end != std::string::npos) {
      const std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return json::parse(line);
    }
    char buffer[4096];
    const ssize_t got = ::recv(descriptor(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    closed_ = got <= 0;
    if (closed_) return {};
    received_.append(buffer, static_cast<std::size_t>(got));
  }
}

bool ToolChannel::answer(const json& body) {
  const std::string text = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  return ::send(descriptor(), text.data(), text.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(text.size());
}

void answer_all(const std::function<json(const json&)>& reply) {
  ToolChannel channel;
  while (!channel.closed()) {
    pollfd ready{channel.descriptor(), POLLIN, 0};
    ::poll(&ready, 1, -1);
    while (const auto question = channel.next()) {
      json body;
      try {
        body = reply(*question);
      } catch (const std::exception& error) {
        body = {{"failed", error.what()}};
      }
      channel.answer(body);
    }
  }
}

}  // namespace tribunal
