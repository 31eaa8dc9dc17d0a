#include "nemesis/network/packet_queue.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iostream>
#include <set>

#include "harness/cluster/failed_step.h"
#include "nemesis/network/flow.h"
#include "nemesis/network/packet_head.h"
#include "nemesis/network/queue_socket.h"
#include "nemesis/tool_channel.h"

namespace tribunal {
namespace {

using nlohmann::json;

Flow::Time steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

json counters_json(const FlowCounters& counters) {
  return {{"packets", counters.packets},
          {"bytes", counters.bytes},
          {"delayed", counters.delayed},
          {"lost", counters.lost},
          {"duplicated", counters.duplicated},
          {"reordered", counters.reordered},
          {"corrupted", counters.corrupted},
          {"overflowed", counters.overflowed},
          {"held", counters.held},
          {"released", counters.released}};
}

json counters_json(const Flow& flow) {
  return {{"database", counters_json(flow.counters(Sender::database))},
          {"probe", counters_json(flow.counters(Sender::probe))},
          {"meter", counters_json(flow.counters(Sender::meter))},
          {"waiting", flow.waiting()}};
}

// Packets that come twice arrive the second time over the loopback interface, which the queue's
// rule leaves out.
class SecondArrival {
 public:
  SecondArrival()
      : socket_(
            must(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW), "open a raw socket")) {}

  void deliver(const std::string& packet) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    std::memcpy(&to.sin_addr, packet.data() + 16, sizeof to.sin_addr);
    ::sendto(socket_.number(), packet.data(), packet.size(), MSG_DONTWAIT,
             reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }

 private:
  Descriptor socket_;
};

struct NamedFlow {
  std::string name;
  Sender spared;
  std::set<std::uint32_t> sources;
  Flow flow;
};

class PacketQueue {
 public:
  PacketQueue() : socket_(packet_queue_number) {}
  void serve();

 private:
  json answer(const json& question);
  void set(const json& question);
  json remove(const std::string& name);
  json read() const;
  void adjust();
  void take(const QueuedPacket& queued);
  void carry_out();
  timespec patience() const;

  ToolChannel channel_;
  QueueSocket socket_;
  SecondArrival second_;
  std::vector<NamedFlow> flows_;  // those that hold first, then by name
  std::vector<Sentence> sentences_;
};

void PacketQueue::set(const json& question) {
  const Sender spared = question["spares"] == "meters" ? Sender::meter : Sender::probe;
  NamedFlow flow{
      question["flow"], spared, {}, Flow(question["shape"].get<FlowShape>(), question["seed"])};
  for (const auto& source : question["sources"]) {
    in_addr address{};
    if (::inet_pton(AF_INET, source.get<std::string>().c_str(), &address) != 1)
      throw std::runtime_error("not an address: " + source.dump());
    flow.sources.insert(address.s_addr);
  }
  remove(flow.name);
  flows_.push_back(std::move(flow));
  std::sort(flows_.begin(), flows_.end(), [](const NamedFlow& a, const NamedFlow& b) {
    const bool a_holds = a.flow.shape().hold, b_holds = b.flow.shape().hold;
    return a_holds != b_holds ? a_holds : a.name < b.name;
  });
  adjust();
}

json PacketQueue::remove(const std::string& name) {
  const auto found = std::find_if(flows_.begin(), flows_.end(),
                                  [&](const NamedFlow& flow) { return flow.name == name; });
  if (found == flows_.end()) return json::object();
  found->flow.release(sentences_);
  carry_out();
  const json last = counters_json(found->flow);
  flows_.erase(found);
  adjust();
  return {{"flows", {{name, last}}}};
}

json PacketQueue::read() const {
  json flows = json::object();
  for (const auto& flow : flows_) flows[flow.name] = counters_json(flow.flow);
  return {{"flows", std::move(flows)}, {"overruns", socket_.overruns()}};
}

json PacketQueue::answer(const json& question) {
  const std::string what = question["do"];
  if (what == "read") return read();
  if (what == "remove") return remove(question["flow"]);
  if (what != "set") throw std::runtime_error("no such question: " + what);
  set(question);
  return json::object();
}

// What the kernel copies and takes apart costs, so only what some flow needs.
void PacketQueue::adjust() {
  const auto some = [&](auto property) {
    return std::any_of(flows_.begin(), flows_.end(),
                       [&](const NamedFlow& flow) { return (flow.flow.shape().*property)(); });
  };
  socket_.set(some(&FlowShape::needs_content) ? Copied::packets : Copied::heads,
              some(&FlowShape::tells_packets_apart) ? Offered::one_by_one : Offered::as_joined);
}

void PacketQueue::take(const QueuedPacket& queued) {
  const PacketHead head = read_head(queued.content);
  const auto flow = std::find_if(flows_.begin(), flows_.end(), [&](const NamedFlow& one) {
    return one.spared != head.sender && one.sources.contains(head.source);
  });
  if (head.header == 0 || flow == flows_.end()) return socket_.accept(queued.id);
  Packet packet{queued.id, queued.bytes, head.header, head.sender, head.closing, {}};
  if (flow->flow.shape().needs_content() && queued.content.size() == queued.bytes)
    packet.content = queued.content;
  flow->flow.take(std::move(packet), steady_now(), sentences_);
}

void PacketQueue::carry_out() {
  for (const auto& sentence : sentences_) {
    if (!sentence.accepted)
      socket_.drop(sentence.id);
    else if (sentence.altered.empty())
      socket_.accept(sentence.id);
    else
      socket_.accept_altered(sentence.id, sentence.altered);
    if (!sentence.copy.empty()) second_.deliver(sentence.copy);
  }
  sentences_.clear();
  socket_.flush();
}

timespec PacketQueue::patience() const {
  constexpr Flow::Time second = 1'000'000'000;
  Flow::Time wait = second;
  const Flow::Time now = steady_now();
  for (const auto& flow : flows_)
    if (const auto due = flow.flow.due()) wait = std::clamp<Flow::Time>(*due - now, 0, wait);
  return {wait / second, wait % second};
}

void PacketQueue::serve() {
  while (!channel_.closed()) {
    pollfd ready[] = {{socket_.descriptor(), POLLIN, 0}, {channel_.descriptor(), POLLIN, 0}};
    const timespec wait = patience();
    ::ppoll(ready, 2, &wait, nullptr);
    if (ready[0].revents) socket_.receive([this](const QueuedPacket& packet) { take(packet); });
    for (auto& flow : flows_) flow.flow.deliver(steady_now(), sentences_);
    carry_out();
    if (!ready[1].revents) continue;
    while (const auto question = channel_.next()) {
      json body;
      try {
        body = answer(*question);
      } catch (const std::exception& error) {
        body = {{"failed", error.what()}};
      }
      channel_.answer(body);
    }
  }
}

}  // namespace

int packet_queue_main() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // nanoseconds; else every delay is 50 us longer
  try {
    PacketQueue().serve();
  } catch (const FailedStep& failed) {
    std::cerr << "packet-queue: cannot " << failed.step << ": " << std::strerror(failed.error)
              << "\n";
    return 3;
  }
  return 0;
}

}  // namespace tribunal
