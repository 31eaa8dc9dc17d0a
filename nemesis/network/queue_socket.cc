// Messages as in <linux/netfilter/nfnetlink_queue.h>. Many verdicts go in one send and many packets
// come in one receive: at a hundred thousand packets a second the system calls are what costs.
#include "nemesis/network/queue_socket.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>

#include "harness/cluster/failed_step.h"

namespace tribunal {
namespace {

constexpr std::uint32_t head_bytes = 80;  // the longest IP header and the flags of TCP behind it
constexpr std::uint32_t most_bytes = 0xffff;
constexpr std::uint32_t longest_queue = 1U << 20;
constexpr int receive_buffer = 64 << 20;
constexpr std::size_t message_room = 68 * 1024;
constexpr std::size_t messages_at_once = 32;
constexpr std::size_t enough_gathered = 60 * 1024;

template <class Value>
std::string bytes_of(const Value& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string padded(std::string text) {
  text.resize(NLMSG_ALIGN(text.size()), '\0');
  return text;
}

std::string attribute(std::uint16_t type, std::string_view content) {
  nlattr header{};
  header.nla_type = type;
  header.nla_len = static_cast<std::uint16_t>(sizeof header + content.size());
  return padded(bytes_of(header) + std::string(content));
}

std::string number_attribute(std::uint16_t type, std::uint32_t value) {
  return attribute(type, bytes_of(htonl(value)));
}

std::string message(std::uint16_t type, std::uint16_t queue, std::uint32_t sequence,
                    std::uint16_t flags, std::string_view attributes) {
  nlmsghdr header{};
  nfgenmsg about{};
  header.nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_QUEUE << 8 | type);
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  header.nlmsg_seq = sequence;
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + sizeof about + attributes.size());
  about.version = NFNETLINK_V0;
  about.res_id = htons(queue);
  return bytes_of(header) + bytes_of(about) + std::string(attributes);
}

std::string parameters(std::uint32_t range) {
  nfqnl_msg_config_params wanted{};
  wanted.copy_range = htonl(range);
  wanted.copy_mode = NFQNL_COPY_PACKET;
  return attribute(NFQA_CFG_PARAMS, bytes_of(wanted));
}

QueuedPacket packet_in(const char* data, std::size_t size) {
  QueuedPacket packet;
  while (size >= sizeof(nlattr)) {
    nlattr header;
    std::memcpy(&header, data, sizeof header);
    if (header.nla_len < sizeof header || header.nla_len > size) break;
    const std::string_view content(data + sizeof header, header.nla_len - sizeof header);
    std::uint32_t number = 0;
    if (content.size() >= sizeof number) std::memcpy(&number, content.data(), sizeof number);
    const int type = header.nla_type & NLA_TYPE_MASK;
    if (type == NFQA_PACKET_HDR) packet.id = ntohl(number);
    if (type == NFQA_CAP_LEN) packet.bytes = ntohl(number);
    if (type == NFQA_PAYLOAD) packet.content = content;
    const std::size_t step = std::min<std::size_t>(NLMSG_ALIGN(header.nla_len), size);
    data += step;
    size -= step;
  }
  if (packet.bytes == 0) packet.bytes = static_cast<std::uint32_t>(packet.content.size());
  return packet;
}

}  // namespace

QueueSocket::QueueSocket(std::uint16_t number)
    : number_(number),
      socket_(must(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER),
                   "open a netlink socket for packets")),
      received_(message_room * messages_at_once) {
  sockaddr_nl own{};
  own.nl_family = AF_NETLINK;
  must(::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&own), sizeof own),
       "bind a netlink socket");
  // The first is allowed to the machine's root alone; the second is cut to net.core.rmem_max.
  if (::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer,
                   sizeof receive_buffer) != 0)
    ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  nfqnl_msg_config_cmd bind{};
  bind.command = NFQNL_CFG_CMD_BIND;
  bind.pf = htons(AF_INET);
  configure(attribute(NFQA_CFG_CMD, bytes_of(bind)));
  configure(number_attribute(NFQA_CFG_QUEUE_MAXLEN, longest_queue) +
            number_attribute(NFQA_CFG_MASK, NFQA_CFG_F_FAIL_OPEN) +
            number_attribute(NFQA_CFG_FLAGS, NFQA_CFG_F_FAIL_OPEN));
  set(Copied::heads, Offered::as_joined);
  pollfd ready{socket_.number(), POLLIN, 0};
  while (::poll(&ready, 1, 0) > 0)
    receive([this](const QueuedPacket& packet) { accept(packet.id); });
  flush();
}

void QueueSocket::configure(const std::string& attributes) {
  const std::string request = message(NFQNL_MSG_CONFIG, number_, ++asked_, NLM_F_ACK, attributes);
  must(::send(socket_.number(), request.data(), request.size(), 0), "configure a packet queue");
}

void QueueSocket::set(Copied copied, Offered offered) {
  configure(parameters(copied == Copied::packets ? most_bytes : head_bytes) +
            number_attribute(NFQA_CFG_MASK, NFQA_CFG_F_GSO) +
            number_attribute(NFQA_CFG_FLAGS, offered == Offered::as_joined ? NFQA_CFG_F_GSO : 0));
}

void QueueSocket::receive(const std::function<void(const QueuedPacket&)>& take) {
  std::array<mmsghdr, messages_at_once> headers{};
  std::array<iovec, messages_at_once> places{};
  for (std::size_t i = 0; i < messages_at_once; ++i) {
    places[i] = {received_.data() + i * message_room, message_room};
    headers[i].msg_hdr.msg_iov = &places[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  const int got =
      ::recvmmsg(socket_.number(), headers.data(), messages_at_once, MSG_DONTWAIT, nullptr);
  if (got < 0 && errno == ENOBUFS) ++overruns_;
  for (int i = 0; i < got; ++i)
    read_message(received_.data() + static_cast<std::size_t>(i) * message_room,
                 headers[static_cast<std::size_t>(i)].msg_len, take);
}

void QueueSocket::read_message(const char* data, std::size_t size,
                               const std::function<void(const QueuedPacket&)>& take) {
  constexpr std::size_t ahead = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg));
  while (size >= NLMSG_HDRLEN) {
    nlmsghdr header;
    std::memcpy(&header, data, sizeof header);
    if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > size) return;
    if (header.nlmsg_type == NLMSG_ERROR) {
      int error = 0;
      std::memcpy(&error, data + NLMSG_HDRLEN, sizeof error);
      // A verdict comes to nothing when its packet has gone with its link; that is no matter.
      if (error != 0 && header.nlmsg_seq != 0) throw FailedStep{"configure a packet queue", -error};
    } else if (header.nlmsg_len >= ahead) {
      take(packet_in(data + ahead, header.nlmsg_len - ahead));
    }
    const std::size_t step = std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), size);
    data += step;
    size -= step;
  }
}

void QueueSocket::sentence(std::uint32_t id, std::uint32_t verdict, std::string_view content) {
  nfqnl_msg_verdict_hdr header{};
  header.verdict = htonl(verdict);
  header.id = htonl(id);
  std::string attributes = attribute(NFQA_VERDICT_HDR, bytes_of(header));
  if (!content.empty()) attributes += attribute(NFQA_PAYLOAD, content);
  gathered_ += message(NFQNL_MSG_VERDICT, number_, 0, 0, attributes);
  if (gathered_.size() > enough_gathered) flush();
}

void QueueSocket::accept(std::uint32_t id) { sentence(id, NF_ACCEPT, {}); }
void QueueSocket::accept_altered(std::uint32_t id, std::string_view content) {
  sentence(id, NF_ACCEPT, content);
}
void QueueSocket::drop(std::uint32_t id) { sentence(id, NF_DROP, {}); }

void QueueSocket::flush() {
  if (gathered_.empty()) return;
  must(::send(socket_.number(), gathered_.data(), gathered_.size(), 0), "give verdicts on packets");
  gathered_.clear();
}

}  // namespace tribunal
