// A queue of packets that the kernel hands over for a verdict (NFQUEUE), spoken to over a plain
// netlink socket.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cluster/descriptor.h"

namespace tribunal {

struct QueuedPacket {
  std::uint32_t id = 0;
  std::uint32_t bytes = 0;
  std::string_view content;  // the head of it, or all; valid until the next receive()
};

enum class Copied { heads, packets };
enum class Offered {
  one_by_one,
  as_joined
};  // whether the kernel takes joined packets apart first

class QueueSocket {
 public:
  // Takes over the queue `number` of this network namespace. While it is full, or if we are too
  // slow, packets pass unseen. Throws FailedStep.
  explicit QueueSocket(std::uint16_t number);

  int descriptor() const { return socket_.number(); }
  void set(Copied copied, Offered offered);  // from the next packet on

  // All that has come, without waiting. Throws FailedStep when the kernel refused what set() asked.
  void receive(const std::function<void(const QueuedPacket&)>& take);
  std::uint64_t overruns() const { return overruns_; }  // how often packets passed unseen

  // Verdicts are gathered until flush().
  void accept(std::uint32_t id);
  void accept_altered(std::uint32_t id, std::string_view content);
  void drop(std::uint32_t id);
  void flush();

 private:
  void configure(const std::string& attributes);
  void sentence(std::uint32_t id, std::uint32_t verdict, std::string_view content);
  void read_message(const char* data, std::size_t size,
                    const std::function<void(const QueuedPacket&)>& take);

  const std::uint16_t number_;
  Descriptor socket_;
  std::vector<char> received_;
  std::string gathered_;
  std::uint32_t asked_ = 0;  // requests to configure, whose errors matter
  std::uint64_t overruns_ = 0;
};

}  // namespace tribunal
