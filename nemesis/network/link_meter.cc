#include "nemesis/network/link_meter.h"

#include <algorithm>
#include <mutex>

#include "nemesis/every_host.h"
#include "nemesis/network/closing_echo.h"
#include "nemesis/network/link_echo.h"
#include "nemesis/tool_question.h"

namespace tribunal {
namespace {

using nlohmann::json;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr Milliseconds tool_patience = 20s;  // it may only be being started

nanoseconds time_in(const json& body, const char* name) {
  return nanoseconds(body.value(name, std::int64_t{0}));
}

json addresses_of(Cluster& cluster, const Links& links, const std::string& from) {
  json addresses = json::array();
  for (const auto& link : links)
    if (link.from == from) addresses.push_back(cluster.host(link.to).address());
  return addresses;
}

}  // namespace

double LinkReading::lost() const {
  const std::uint64_t seen = std::min(sent, arrived + unread);
  return sent == 0 ? 0 : 1 - static_cast<double>(seen) / static_cast<double>(sent);
}

double LinkReading::rate() const {
  return span.count() == 0 ? 0
                           : static_cast<double>(bytes) * 1e9 / static_cast<double>(span.count());
}

LinkReadings LinkMeter::measure(const Links& links, const LinkMeasurement& measurement) {
  ++session_;
  const json question{{"do", "send"},
                      {"session", session_},
                      {"count", measurement.count},
                      {"gap", measurement.gap.count()},
                      {"patience", measurement.patience.count()},
                      {"bytes", measurement.bytes},
                      {"answers", measurement.answers == LinkMeasurement::Answers::wanted}};
  std::mutex mutex;
  LinkReadings readings;
  const auto lasts = std::chrono::duration_cast<Milliseconds>(measurement.gap * measurement.count +
                                                              measurement.patience);
  on_every(cluster_, senders_of(links), [&](Host& from) {
    json own = question;
    own["to"] = addresses_of(cluster_, links, from.name());
    const json answer = ask_tool(from, link_echo_verb, own, tool_patience + lasts);
    const std::scoped_lock lock(mutex);
    for (const auto& link : links) {
      if (link.from != from.name()) continue;
      const json& body = answer["links"].at(cluster_.host(link.to).address());
      LinkReading& reading = readings[link];
      reading.sent = answer["sent"];
      reading.answered = body["answered"];
      reading.least = time_in(body, "least");
      reading.median = time_in(body, "median");
      reading.deviation = time_in(body, "deviation");
    }
  });
  tally(readings);
  last_ = readings;
  return readings;
}

void LinkMeter::tally(LinkReadings& readings) {
  Links links;
  for (const auto& [link, reading] : readings) links.insert(link);
  std::mutex mutex;
  on_every(cluster_, receivers_of(links), [&](Host& to) {
    for (const auto& link : links) {
      if (link.to != to.name()) continue;
      const json answer = ask_tool(
          to, link_echo_verb,
          {{"do", "tally"}, {"from", cluster_.host(link.from).address()}, {"session", session_}},
          tool_patience);
      const std::scoped_lock lock(mutex);
      LinkReading& reading = readings[link];
      reading.arrived = answer["arrived"];
      reading.twice = answer["twice"];
      reading.late = answer["late"];
      reading.corrupted = answer["corrupted"];
      reading.unread = answer["unread"];
      reading.bytes = answer["bytes"];
      reading.span = time_in(answer, "span");
    }
  });
}

LinkReadings LinkMeter::look_again(const Links& links) {
  LinkReadings readings;
  for (const auto& link : links) readings[link] = last_[link];
  tally(readings);
  return readings;
}

std::map<Link, LinkMeter::Closing> LinkMeter::close_connections(const Links& links,
                                                                nanoseconds patience) {
  std::mutex mutex;
  std::map<Link, Closing> closings;
  on_every(cluster_, senders_of(links), [&](Host& from) {
    const json question{{"do", "close"},
                        {"to", addresses_of(cluster_, links, from.name())},
                        {"patience", patience.count()}};
    const auto lasts = std::chrono::duration_cast<Milliseconds>(2 * patience);
    const json answer = ask_tool(from, closing_echo_verb, question, tool_patience + lasts);
    const std::scoped_lock lock(mutex);
    for (const auto& link : links) {
      if (link.from != from.name()) continue;
      const json& body = answer["links"].at(cluster_.host(link.to).address());
      Closing& closing = closings[link];
      closing.connected = body["connected"];
      if (body.contains("closed")) closing.closed = time_in(body, "closed");
    }
  });
  return closings;
}

void LinkMeter::prepare(Cluster& cluster) {
  auto ends = cluster.names();
  if (cluster.clients) ends.emplace_back(Cluster::clients_name);
  on_every(cluster, ends, [](Host& host) {
    ask_tool(host, link_echo_verb, {{"do", "tally"}, {"from", host.address()}, {"session", 0}},
             tool_patience);
    ask_tool(host, closing_echo_verb, {{"do", "close"}, {"to", json::array()}, {"patience", 0}},
             tool_patience);
  });
}

}  // namespace tribunal
