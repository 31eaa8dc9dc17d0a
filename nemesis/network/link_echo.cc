#include "nemesis/network/link_echo.h"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/failed_step.h"
#include "nemesis/network/echo_mark.h"
#include "nemesis/network/packet_head.h"
#include "nemesis/tool_channel.h"

namespace tribunal {
namespace {

using nlohmann::json;
using Nanoseconds = std::int64_t;

constexpr std::uint32_t headers = 28;  // of IP and UDP

Nanoseconds echo_now() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

Descriptor open_echo_socket() {
  Descriptor socket(must(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                         "open a socket for echoes"));
  const int yes = 1, room = 16 << 20;
  ::setsockopt(socket.number(), SOL_SOCKET, SO_NO_CHECK, &yes, sizeof yes);
  if (::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(echo_port);
  must(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&own), sizeof own),
       "bind the port for echoes");
  return socket;
}

// What came of one session of datagrams.
struct Tally {
  std::uint64_t session = 0;
  std::uint64_t arrived = 0, twice = 0, late = 0, corrupted = 0, bytes = 0, unread = 0;
  std::uint32_t highest = 0;
  Nanoseconds first = 0, last = 0;
  std::vector<bool> seen;

  void note(std::uint32_t number, std::size_t size, Nanoseconds now) {
    constexpr std::uint32_t most = 1U << 22;
    if (number >= most) return;
    if (number >= seen.size()) seen.resize(number + 1);
    if (seen[number]) {
      ++twice;
      return;
    }
    seen[number] = true;
    if (number < highest) ++late;
    highest = std::max(highest, number);
    if (arrived++ == 0)
      first = now;
    else
      bytes += size + headers;  // the first began the span
    last = now;
  }
};

struct Destination {
  std::string address;
  sockaddr_in where{};
  std::vector<Nanoseconds> round_trips;
  std::vector<bool> answered;
};

struct Sending {
  std::vector<Destination> to;
  EchoMark mark;
  std::uint32_t count = 0;
  std::size_t bytes = 0;
  Nanoseconds gap = 0, patience = 0, next_at = 0;

  bool wants_answers() const { return mark.kind == EchoMark::Kind::question; }
  bool has_all_answers() const {
    return std::all_of(to.begin(), to.end(), [&](const Destination& destination) {
      return destination.round_trips.size() == count;
    });
  }
};

sockaddr_in echo_address(const std::string& address) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(echo_port);
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1)
    throw std::runtime_error("not an address: " + address);
  return where;
}

json round_trips_json(std::vector<Nanoseconds> times) {
  if (times.empty()) return {{"answered", 0}};
  std::sort(times.begin(), times.end());
  double sum = 0, squares = 0;
  for (const Nanoseconds time : times) {
    sum += static_cast<double>(time);
    squares += static_cast<double>(time) * static_cast<double>(time);
  }
  const auto count = static_cast<double>(times.size());
  const double mean = sum / count;
  const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
  return {{"answered", times.size()},
          {"least", times.front()},
          {"median", times[times.size() / 2]},
          {"mean", static_cast<Nanoseconds>(mean)},
          {"deviation", static_cast<Nanoseconds>(deviation)}};
}

class LinkEcho {
 public:
  LinkEcho() : socket_(open_echo_socket()) {}
  void serve();

 private:
  void ask(const json& question);
  void begin(const json& question);
  void send_due();
  void receive();
  void take(std::string_view datagram, const sockaddr_in& from);
  void take_answer(const EchoMark& mark, const sockaddr_in& from, Nanoseconds now);
  bool finished() const;
  json conclusion() const;
  json tally(const json& question);
  std::uint64_t unread() const;
  timespec patience() const;

  ToolChannel channel_;
  Descriptor socket_;
  std::optional<Sending> sending_;
  std::map<std::uint32_t, Tally> tallies_;  // by source; of its latest session
};

void LinkEcho::begin(const json& question) {
  Sending sending;
  sending.mark.kind =
      question["answers"].get<bool>() ? EchoMark::Kind::question : EchoMark::Kind::plain;
  sending.mark.session = question["session"];
  sending.count = question["count"];
  sending.bytes = question["bytes"];
  sending.gap = question["gap"];
  sending.patience = question["patience"];
  sending.next_at = echo_now();
  for (const std::string address : question["to"])
    sending.to.push_back(
        {address, echo_address(address), {}, std::vector<bool>(sending.count, false)});
  sending_ = std::move(sending);
}

// One of each look at the sockets, so that answers are not kept waiting by what is still to be
// sent.
void LinkEcho::send_due() {
  Sending& sending = *sending_;
  if (sending.mark.number >= sending.count || echo_now() < sending.next_at) return;
  sending.mark.sent = echo_now();
  const std::string datagram = write_echo(sending.mark, sending.bytes);
  for (const auto& to : sending.to)
    ::sendto(socket_.number(), datagram.data(), datagram.size(), 0,
             reinterpret_cast<const sockaddr*>(&to.where), sizeof to.where);
  ++sending.mark.number;
  sending.next_at += sending.gap;
  if (sending.mark.number == sending.count) sending.next_at = sending.mark.sent;
}

bool LinkEcho::finished() const {
  if (sending_->mark.number < sending_->count) return false;
  return (sending_->wants_answers() && sending_->has_all_answers()) ||
         echo_now() >= sending_->next_at + sending_->patience;
}

json LinkEcho::conclusion() const {
  json links = json::object();
  for (const auto& to : sending_->to) links[to.address] = round_trips_json(to.round_trips);
  return {{"sent", sending_->count}, {"links", std::move(links)}};
}

std::uint64_t LinkEcho::unread() const {
  std::uint32_t information[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof information;
  ::getsockopt(socket_.number(), SOL_SOCKET, SO_MEMINFO, information, &size);
  return information[SK_MEMINFO_DROPS];
}

json LinkEcho::tally(const json& question) {
  in_addr from{};
  ::inet_pton(AF_INET, question["from"].get<std::string>().c_str(), &from);
  const auto found = tallies_.find(from.s_addr);
  const Tally none;
  const bool known = found != tallies_.end() && found->second.session == question["session"];
  const Tally& tally = known ? found->second : none;
  return {{"arrived", tally.arrived},
          {"twice", tally.twice},
          {"late", tally.late},
          {"corrupted", tally.corrupted},
          {"bytes", tally.bytes},
          {"span", tally.last - tally.first},
          {"unread", known ? unread() - tally.unread : 0}};
}

void LinkEcho::take(std::string_view datagram, const sockaddr_in& from) {
  const Nanoseconds now = echo_now();
  const auto mark = read_echo(datagram);
  Tally& tally = tallies_[from.sin_addr.s_addr];
  if (!mark) {
    ++tally.corrupted;
    return;
  }
  if (mark->kind == EchoMark::Kind::answer) return take_answer(*mark, from, now);
  if (tally.session != mark->session) {
    tally = {};
    tally.session = mark->session;
    tally.unread = unread();
  }
  tally.note(mark->number, datagram.size(), now);
  if (mark->kind != EchoMark::Kind::question) return;
  EchoMark answer = *mark;
  answer.kind = EchoMark::Kind::answer;
  const std::string back = write_echo(answer, datagram.size());
  ::sendto(socket_.number(), back.data(), back.size(), 0, reinterpret_cast<const sockaddr*>(&from),
           sizeof from);
}

void LinkEcho::take_answer(const EchoMark& mark, const sockaddr_in& from, Nanoseconds now) {
  if (!sending_ || sending_->mark.session != mark.session || mark.number >= sending_->count) return;
  for (auto& to : sending_->to) {
    if (to.where.sin_addr.s_addr != from.sin_addr.s_addr || to.answered[mark.number]) continue;
    to.answered[mark.number] = true;
    to.round_trips.push_back(now - mark.sent);
  }
}

void LinkEcho::receive() {
  constexpr int most_at_once = 64;
  char buffer[2048];
  for (int i = 0; i < most_at_once; ++i) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(socket_.number(), buffer, sizeof buffer, 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0) return;
    take({buffer, static_cast<std::size_t>(got)}, from);
  }
}

void LinkEcho::ask(const json& question) {
  try {
    const std::string what = question["do"];
    if (what == "send") return begin(question);
    if (what != "tally") throw std::runtime_error("no such question: " + what);
    receive();  // what has arrived must count, however slow this machine is
    channel_.answer(tally(question));
  } catch (const std::exception& error) {
    channel_.answer({{"failed", error.what()}});
  }
}

timespec LinkEcho::patience() const {
  constexpr Nanoseconds second = 1'000'000'000;
  Nanoseconds wait = second;
  if (sending_) {
    const bool sent = sending_->mark.number >= sending_->count;
    const Nanoseconds until = sending_->next_at + (sent ? sending_->patience : 0);
    wait = std::clamp<Nanoseconds>(until - echo_now(), 0, second);
  }
  return {wait / second, wait % second};
}

void LinkEcho::serve() {
  while (!channel_.closed()) {
    const int asked = sending_ ? -1 : channel_.descriptor();  // one question after the other
    pollfd ready[] = {{socket_.number(), POLLIN, 0}, {asked, POLLIN, 0}};
    const timespec wait = patience();
    ::ppoll(ready, 2, &wait, nullptr);
    if (ready[0].revents) receive();
    if (sending_) {
      send_due();
      if (!finished()) continue;
      channel_.answer(conclusion());
      sending_.reset();
    } else if (ready[1].revents) {
      while (!sending_) {
        const auto question = channel_.next();
        if (!question) break;
        ask(*question);
      }
    }
  }
}

}  // namespace

int link_echo_main() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  try {
    LinkEcho().serve();
  } catch (const FailedStep& failed) {
    std::cerr << "link-echo: cannot " << failed.step << ": " << std::strerror(failed.error) << "\n";
    return 3;
  }
  return 0;
}

}  // namespace tribunal
