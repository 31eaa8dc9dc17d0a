// One connection to one NATS server, in its text protocol. It promises a deadline for the whole of
// an exchange, to know whether any of a request may have left, and that an answer is one to this
// request: each has a subject of its own to be answered on. It never connects again by itself, and
// never sends a request twice.
#pragma once

#include <string>
#include <vector>

#include "clients/nats/frame.h"
#include "clients/nats/tcp_stream.h"
#include "harness/parts/access.h"

namespace tribunal {

struct NatsRequest {
  std::string subject;
  std::string payload = {};
  std::string headers = {};  // "Name: value\r\n" each
  // What a consumer delivers comes under the subject that it was published on: that is an answer,
  // too. One that an earlier request was too late for may pass for the answer to this one.
  std::string delivered = {};
};

struct NatsExchange {
  NatsEnd end = NatsEnd::answered;
  bool may_have_left = false;           // false: certainly not one byte of the requests was sent
  std::string error = {};               // what the server said before it closed; "" nothing
  std::size_t missing = 0;              // answers
  std::vector<NatsFrame> answers = {};  // in the order of the requests
};

// Used by one thread.
class NatsConnection {
 public:
  // `address`: "10.0.0.1", where port 4222 is meant, or "10.0.0.1:14222". Does not connect.
  explicit NatsConnection(const std::string& address, Access access = {});

  // Whether a request can be sent: connected, and not closed by the server since. Answers the
  // server's pings, and closes what cannot be used.
  bool usable();

  // Connects, introduces itself and waits until the server has taken that. Throws Rejected with why
  // that was not to be had by the deadline: nothing of any call was sent.
  void open(NatsDeadline until);

  // Sends all requests at once and waits for the first answer to each. Closes the connection unless
  // all were answered. pre: usable
  NatsExchange ask(const std::vector<NatsRequest>& requests, NatsDeadline until);

  void close();

 private:
  NatsEnd receive_answers(const std::vector<NatsRequest>& requests, NatsExchange& exchange,
                          NatsDeadline until);
  NatsEnd take(NatsFrame frame, const std::vector<NatsRequest>& requests, NatsExchange& exchange,
               NatsDeadline until);
  std::size_t place_of(std::string_view subject, const std::vector<NatsRequest>& requests) const;
  NatsEnd greet(NatsDeadline until, std::string& error);
  std::string inbox(std::uint64_t number) const;

  std::string address_;
  Access access_;
  TcpStream stream_;
  NatsParser parser_;
  std::string inbox_;        // of this connection; a request has a number below it
  std::uint64_t asked_ = 0;  // the number of the last request
};

// "10.0.0.1" -> "10.0.0.1:4222"; an address with a port is left as it is.
std::string nats_endpoint(const std::string& address);

}  // namespace tribunal
