#include "clients/nats/connection.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "harness/parts/client.h"

namespace tribunal {
namespace {

std::string new_inbox() {
  std::random_device random;
  return fmt::format("_INBOX.{:08x}{:08x}", random(), random());
}

std::string introduction(const Access& access) {
  nlohmann::json about = {{"verbose", false},      {"pedantic", false}, {"lang", "c++"},
                          {"version", "1"},        {"protocol", 0},     {"headers", true},
                          {"no_responders", true}, {"echo", false},     {"name", "tribunal"},
                          {"tls_required", false}};
  if (!access.user.empty()) about["user"] = access.user;
  if (!access.password.empty()) about["pass"] = access.password;
  return about.dump();
}

}  // namespace

NatsConnection::NatsConnection(const std::string& address, Access access)
    : address_(nats_endpoint(address)), access_(std::move(access)) {}

void NatsConnection::close() { stream_.close(); }

std::string NatsConnection::inbox(std::uint64_t number) const {
  return fmt::format("{}.{}", inbox_, number);
}

bool NatsConnection::usable() {
  if (!stream_.is_open()) return false;
  try {
    NatsEnd end = NatsEnd::answered;
    while (end == NatsEnd::answered) end = stream_.receive_now(parser_.bytes());
    bool usable = end == NatsEnd::late;
    while (auto frame = parser_.next()) {
      bool ignored = false;
      if (frame->kind == NatsKind::error) usable = false;
      if (frame->kind == NatsKind::ping)
        usable = usable && stream_.send_all("PONG\r\n", std::chrono::steady_clock::now(),
                                            ignored) == NatsEnd::answered;
    }
    if (usable) return true;
  } catch (const NatsNonsense&) {
  }
  close();
  return false;
}

void NatsConnection::open(NatsDeadline until) {
  close();
  if (access_.tls) throw Rejected("the client of NATS does not speak TLS");
  parser_ = {};
  inbox_ = new_inbox();
  asked_ = 0;
  stream_.open(address_, until);
  std::string error;
  const NatsEnd end = greet(until, error);
  if (end == NatsEnd::answered) return;
  close();
  if (!error.empty()) throw Rejected("the server refuses the connection: " + error);
  throw Rejected(end == NatsEnd::late ? "no connection in time" : "no connection to be had");
}

// The server speaks first, and answers the ping once it has taken all before it.
NatsEnd NatsConnection::greet(NatsDeadline until, std::string& error) try {
  bool ignored = false;
  const std::string hello =
      fmt::format("CONNECT {}\r\nSUB {}.* 1\r\nPING\r\n", introduction(access_), inbox_);
  const NatsEnd sent = stream_.send_all(hello, until, ignored);
  if (sent != NatsEnd::answered) return sent;
  while (true) {
    while (auto frame = parser_.next()) {
      if (frame->kind == NatsKind::pong) return NatsEnd::answered;
      if (frame->kind == NatsKind::error) error = frame->payload;
    }
    const NatsEnd end = stream_.receive(parser_.bytes(), until);
    if (end != NatsEnd::answered) return end;
  }
} catch (const NatsNonsense&) {
  return NatsEnd::garbled;
}

NatsExchange NatsConnection::ask(const std::vector<NatsRequest>& requests, NatsDeadline until) {
  NatsExchange exchange;
  std::string bytes;
  for (const NatsRequest& request : requests)
    append_publication(bytes, request.subject, inbox(++asked_), request.headers, request.payload);
  exchange.answers.resize(requests.size());
  exchange.missing = requests.size();
  exchange.end = stream_.send_all(bytes, until, exchange.may_have_left);
  if (exchange.end == NatsEnd::answered) try {
      exchange.end = receive_answers(requests, exchange, until);
    } catch (const NatsNonsense&) {
      exchange.end = NatsEnd::garbled;
    }
  if (exchange.end != NatsEnd::answered) close();
  return exchange;
}

NatsEnd NatsConnection::receive_answers(const std::vector<NatsRequest>& requests,
                                        NatsExchange& exchange, NatsDeadline until) {
  while (true) {
    while (auto frame = parser_.next()) {
      const NatsEnd end = take(std::move(*frame), requests, exchange, until);
      if (end != NatsEnd::answered || exchange.missing == 0) return end;
    }
    const NatsEnd end = stream_.receive(parser_.bytes(), until);
    if (end != NatsEnd::answered) return end;
  }
}

// Several servers may answer one request, and the first counts; what comes to earlier requests is
// such a second answer.
NatsEnd NatsConnection::take(NatsFrame frame, const std::vector<NatsRequest>& requests,
                             NatsExchange& exchange, NatsDeadline until) {
  bool ignored = false;
  if (frame.kind == NatsKind::ping) return stream_.send_all("PONG\r\n", until, ignored);
  if (frame.kind == NatsKind::error) exchange.error = frame.payload;
  if (frame.kind != NatsKind::message) return NatsEnd::answered;
  const std::size_t place = place_of(frame.subject, requests);
  if (place == requests.size() || !exchange.answers[place].subject.empty())
    return NatsEnd::answered;
  exchange.answers[place] = std::move(frame);
  --exchange.missing;
  return NatsEnd::answered;
}

// Which of the requests it answers; their number: none.
std::size_t NatsConnection::place_of(std::string_view subject,
                                     const std::vector<NatsRequest>& requests) const {
  if (subject.starts_with(inbox_) && subject.size() > inbox_.size() + 1) {
    std::uint64_t number = 0;
    std::from_chars(subject.data() + inbox_.size() + 1, subject.data() + subject.size(), number);
    const std::uint64_t before = asked_ - requests.size();
    return number > before && number <= asked_ ? number - before - 1 : requests.size();
  }
  std::size_t place = 0;
  while (place < requests.size() &&
         (requests[place].delivered.empty() || requests[place].delivered != subject))
    ++place;
  return place;
}

std::string nats_endpoint(const std::string& address) {
  return address.find(':') == std::string::npos ? address + ":4222" : address;
}

}  // namespace tribunal
