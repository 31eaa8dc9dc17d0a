#include "clients/zookeeper/four_letters.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace tribunal {
namespace {

using std::chrono::steady_clock;

// Closes with its owner.
struct ZooSocket {
  int descriptor = -1;
  ~ZooSocket() {
    if (descriptor >= 0) close(descriptor);
  }
};

bool await_zoo_socket(int descriptor, short events, ZooDeadline until) {
  while (true) {
    const auto left = std::chrono::ceil<Milliseconds>(until - steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd waiting{descriptor, events, 0};
    if (poll(&waiting, 1, static_cast<int>(left)) > 0) return true;
  }
}

bool connect_zoo_socket(ZooSocket& own, const std::string& endpoint, ZooDeadline until) {
  const std::size_t colon = endpoint.rfind(':');
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  if (getaddrinfo(endpoint.substr(0, colon).c_str(), endpoint.substr(colon + 1).c_str(), &hints,
                  &found) != 0)
    return false;
  own.descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int begun =
      own.descriptor < 0 ? -1 : connect(own.descriptor, found->ai_addr, found->ai_addrlen);
  const bool waits = begun != 0 && own.descriptor >= 0 && errno == EINPROGRESS;
  freeaddrinfo(found);
  return begun == 0 || (waits && await_zoo_socket(own.descriptor, POLLOUT, until));
}

}  // namespace

std::string zookeeper_says(const std::string& endpoint, const std::string& word,
                           ZooDeadline until) {
  ZooSocket own;
  if (!connect_zoo_socket(own, endpoint, until)) return {};
  if (send(own.descriptor, word.data(), word.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(word.size()))
    return {};
  std::string said;
  while (steady_clock::now() < until) {
    char bytes[1024];
    const ssize_t n = recv(own.descriptor, bytes, sizeof bytes, 0);
    if (n > 0) {
      said.append(bytes, static_cast<std::size_t>(n));
    } else if (n == 0) {
      return said;
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
      return {};
    } else if (!await_zoo_socket(own.descriptor, POLLIN, until)) {
      return {};
    }
  }
  return {};
}

std::string zookeeper_role_in(const std::string& answer) {
  const std::string label = "\nMode: ";
  const std::size_t at = answer.find(label);
  if (at == std::string::npos) return "";
  const std::size_t from = at + label.size();
  const std::string mode = answer.substr(from, answer.find('\n', from) - from);
  if (mode == "leader" || mode == "standalone") return "leader";
  return mode == "follower" ? "follower" : "";
}

}  // namespace tribunal
