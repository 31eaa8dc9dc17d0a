// SOCK_SEQPACKET keeps messages apart and tells when the other end has died.
#include "harness/cluster/channel.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>

#include "harness/cluster/failed_step.h"

namespace tribunal {
namespace {

constexpr std::size_t most_descriptors = 8;
constexpr std::size_t most_bytes = 256 * 1024;
constexpr timeval send_deadline{5, 0};

std::vector<Descriptor> descriptors_of(msghdr& header) {
  std::vector<Descriptor> descriptors;
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    int numbers[most_descriptors];
    const std::size_t bytes = part->cmsg_len - CMSG_LEN(0);
    std::memcpy(numbers, CMSG_DATA(part), bytes);
    for (std::size_t i = 0; i < bytes / sizeof(int); ++i) descriptors.emplace_back(numbers[i]);
  }
  return descriptors;
}

}  // namespace

std::pair<Descriptor, Descriptor> Channel::make_pair() {
  int ends[2];
  must(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "make a control socket");
  for (const int end : ends)
    ::setsockopt(end, SOL_SOCKET, SO_SNDTIMEO, &send_deadline, sizeof send_deadline);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

bool Channel::send(const nlohmann::json& body, const std::vector<int>& descriptors) {
  const std::string text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  iovec data{const_cast<char*>(text.data()), text.size()};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int) * most_descriptors)] = {};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  if (!descriptors.empty()) {
    const std::size_t bytes = descriptors.size() * sizeof(int);
    header.msg_control = space;
    header.msg_controllen = CMSG_SPACE(bytes);
    cmsghdr* part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(part), descriptors.data(), bytes);
  }
  ssize_t sent = 0;
  do sent = ::sendmsg(socket_.number(), &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(text.size());
}

std::optional<Channel::Message> Channel::receive() {
  std::string text(most_bytes, '\0');
  iovec data{text.data(), text.size()};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int) * most_descriptors)] = {};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = space;
  header.msg_controllen = sizeof space;
  ssize_t got = 0;
  do got = ::recvmsg(socket_.number(), &header, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return {};
  Message message{{}, descriptors_of(header)};
  text.resize(static_cast<std::size_t>(got));
  message.body = nlohmann::json::parse(text, nullptr, false);
  if (message.body.is_discarded()) return {};  // cut short: as good as gone
  return message;
}

}  // namespace tribunal
