// A measurement takes about half a second and a small part of the link. Bounds are wide where a
// busy machine could move a figure, and five standard deviations where chance can.
#include "nemesis/network/packet_effect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds measured_for = 500ms;

double milliseconds(nanoseconds time) { return static_cast<double>(time.count()) / 1e6; }

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

auto looking(const LinkMeasurement& measurement) {
  return [measurement](LinkMeter& meter, const Links& links) {
    return meter.measure(links, measurement);
  };
}

// As many datagrams as show a share well.
LinkMeasurement sampling(double share) {
  LinkMeasurement measurement;
  measurement.count =
      static_cast<std::uint32_t>(std::clamp(60 / std::max(share, 0.001), 200., 3000.));
  measurement.gap = measured_for / measurement.count;
  return measurement;
}

// Throws unless about `share` of the datagrams were met.
void expect_share(double measured, double share, double correlation, const LinkReading& reading,
                  const std::string& what) {
  const auto count = static_cast<double>(std::max<std::uint64_t>(reading.sent, 1));
  const double spread =
      std::sqrt(share * (1 - share) / count * (1 + correlation) / (1 - correlation));
  if (measured <= 0 || std::abs(measured - share) > 5 * spread + 0.01)
    throw std::runtime_error(fmt::format("{} of {} datagrams {}, not {}", percent(measured),
                                         reading.sent, what, percent(share)));
}

void expect_nothing(std::uint64_t count, const std::string& what) {
  if (count > 0) throw std::runtime_error(fmt::format("{} datagrams {}", count, what));
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void expect_no_loss(const LinkReading&, const LinkReading& after) {
  if (after.lost() > 0.01)
    throw std::runtime_error(
        fmt::format("{} of {} datagrams lost", percent(after.lost()), after.sent));
}

}  // namespace

PacketEffect delay_effect(const FlowShape& shape) {
  LinkMeasurement measurement;
  measurement.count = 40;
  measurement.gap = 5ms;
  measurement.patience = 2 * shape.delay + 10 * shape.jitter + 300ms;
  measurement.answers = LinkMeasurement::Answers::wanted;
  PacketEffect effect{shape, looking(measurement), {}, {}, {"delayed"}, "delayed"};
  // A busy machine's median wanders upwards, its least does not. Where the jitter is as large as
  // the delay only the spread tells.
  effect.shown = [shape](const LinkReading& before, const LinkReading& now, int ways) {
    if (now.answered == 0) throw std::runtime_error("no datagram came back");
    const double delay = milliseconds(shape.delay) * ways, jitter = milliseconds(shape.jitter);
    const std::string seen = fmt::format("RTT {:.1f} ms, was {:.1f} ms", milliseconds(now.median),
                                         milliseconds(before.median));
    const bool longer =
        milliseconds(now.median - before.least) >= 0.9 * delay - 0.5 * jitter * ways;
    const bool each = jitter > 0 || milliseconds(now.least) >= 0.9 * delay;
    const bool spread = milliseconds(now.deviation) >= jitter / 4;
    if (!longer || !each || !spread)
      throw std::runtime_error(
          fmt::format("{}, spread by {:.1f} ms", seen, milliseconds(now.deviation)));
    return seen;
  };
  effect.gone = [shape](const LinkReading& before, const LinkReading& after) {
    const bool longer =
        shape.jitter.count() == 0
            ? after.least > before.least + shape.delay / 2
            : after.median > before.median + std::max(shape.delay, shape.jitter) / 2;
    if (after.answered == 0 || longer)
      throw std::runtime_error(fmt::format("RTT {:.1f} ms, {:.1f} ms at the least",
                                           milliseconds(after.median), milliseconds(after.least)));
  };
  return effect;
}

PacketEffect loss_effect(const FlowShape& shape) {
  PacketEffect effect{shape, looking(sampling(shape.loss)), {}, expect_no_loss, {"lost"}, "lost"};
  effect.shown = [shape](const LinkReading&, const LinkReading& now, int) {
    expect_share(now.lost(), shape.loss, shape.correlation, now, "lost");
    return fmt::format("{} of {} datagrams lost", percent(now.lost()), now.sent);
  };
  return effect;
}

PacketEffect duplicate_effect(const FlowShape& shape) {
  PacketEffect effect{shape,       looking(sampling(shape.duplicate)), {}, {}, {"duplicated"},
                      "duplicated"};
  effect.shown = [shape](const LinkReading&, const LinkReading& now, int) {
    const double twice = share_of(now.twice, now.arrived);
    expect_share(twice, shape.duplicate, 0, now, "came twice");
    return fmt::format("{} of {} datagrams came twice", percent(twice), now.arrived);
  };
  effect.gone = [](const LinkReading& before, const LinkReading& after) {
    expect_no_loss(before, after);
    expect_nothing(after.twice, "came twice");
  };
  return effect;
}

// A delayed packet comes late when one of those sent within the delay after it is not delayed.
PacketEffect reorder_effect(const FlowShape& shape) {
  LinkMeasurement measurement = sampling(shape.reorder);
  measurement.patience = shape.delay + 100ms;
  PacketEffect effect{shape, looking(measurement), {},
                      {},    {"reordered"},        "not delayed as the rest"};
  effect.shown = [shape, measurement](const LinkReading&, const LinkReading& now, int) {
    const double behind = static_cast<double>(shape.delay / measurement.gap);
    const double expected = (1 - shape.reorder) * (1 - std::pow(1 - shape.reorder, behind));
    const double late = share_of(now.late, now.arrived);
    const std::string seen =
        fmt::format("{} of {} datagrams came after a later one", percent(late), now.arrived);
    if (late < expected / 2) throw std::runtime_error(seen);
    return seen;
  };
  effect.gone = [](const LinkReading& before, const LinkReading& after) {
    expect_no_loss(before, after);
    expect_nothing(after.late, "came after a later one");
  };
  return effect;
}

// A bit in the header of UDP makes a datagram go astray, one behind it is seen.
PacketEffect corrupt_effect(const FlowShape& shape) {
  PacketEffect effect{shape, looking(sampling(shape.corrupt)), {}, {}, {"corrupted"}, "corrupted"};
  effect.shown = [shape](const LinkReading&, const LinkReading& now, int) {
    const double wrong =
        share_of(now.sent - std::min(now.sent, now.arrived + now.unread), now.sent);
    expect_share(wrong, shape.corrupt, 0, now, "corrupted");
    if (now.corrupted == 0) throw std::runtime_error("no datagram came corrupted");
    return fmt::format("{} of {} datagrams came with a bit turned", now.corrupted, now.sent);
  };
  effect.gone = [](const LinkReading& before, const LinkReading& after) {
    expect_no_loss(before, after);
    expect_nothing(after.corrupted, "came with a bit turned");
  };
  return effect;
}

// Half as much again as the rate is sent for a while; what the database sends meanwhile makes the
// figure smaller.
PacketEffect rate_effect(const FlowShape& shape) {
  const double rate = static_cast<double>(shape.rate);
  constexpr double seconds = 0.4, over = 1.5;
  LinkMeasurement measurement;
  measurement.bytes = static_cast<std::size_t>(std::clamp(rate * seconds * over / 60, 64., 1400.));
  const double packet = static_cast<double>(measurement.bytes) + 28;
  measurement.count = static_cast<std::uint32_t>(std::max(20., rate * seconds * over / packet));
  measurement.gap = nanoseconds(static_cast<std::int64_t>(packet / (rate * over) * 1e9));
  measurement.patience = nanoseconds(
      static_cast<std::int64_t>(std::max(0.5, packet * measurement.count / rate) * 1e9));
  PacketEffect effect{shape, looking(measurement), {}, {}, {"delayed", "overflowed"}, "slowed"};
  effect.shown = [rate](const LinkReading&, const LinkReading& now, int) {
    const std::string seen = fmt::format("{:.1f} kB/s", now.rate() / 1000);
    if (now.rate() <= 0 || now.rate() > 1.15 * rate) throw std::runtime_error(seen);
    return seen;
  };
  effect.gone = [rate](const LinkReading&, const LinkReading& after) {
    if (after.rate() < 1.2 * rate)
      throw std::runtime_error(fmt::format("{:.1f} kB/s", after.rate() / 1000));
  };
  return effect;
}

PacketEffect hold_effect(const FlowShape& shape) {
  PacketEffect effect{shape, looking({}), {}, expect_no_loss, {"held", "overflowed"}, "held"};
  effect.shown = [](const LinkReading&, const LinkReading& now, int) {
    expect_nothing(now.arrived, "arrived");
    return fmt::format("none of {} datagrams arrived", now.sent);
  };
  return effect;
}

PacketEffect slow_close_effect(const FlowShape& shape) {
  const nanoseconds patience = std::min<nanoseconds>(shape.delay / 2, measured_for);
  PacketEffect effect{shape, {}, {}, {}, {"delayed", "lost"}, "delayed or lost"};
  effect.look = [patience](LinkMeter& meter, const Links& links) {
    LinkReadings readings;
    for (const auto& [link, closing] : meter.close_connections(links, patience)) {
      LinkReading& reading = readings[link];
      reading.sent = 1;
      reading.arrived = closing.connected ? 1 : 0;
      reading.answered = closing.closed ? 1 : 0;
      reading.median = closing.closed.value_or(patience);
    }
    return readings;
  };
  effect.shown = [patience](const LinkReading& before, const LinkReading& now, int) {
    if (now.arrived == 0) throw std::runtime_error("no connection could be made");
    if (now.answered > 0)
      throw std::runtime_error(
          fmt::format("a connection ended within {:.1f} ms", milliseconds(now.median)));
    return fmt::format("a connection did not end within {:.0f} ms, before in {:.1f} ms",
                       milliseconds(patience), milliseconds(before.median));
  };
  effect.gone = [patience](const LinkReading&, const LinkReading& after) {
    if (after.answered == 0)
      throw std::runtime_error(
          fmt::format("a connection did not end within {:.0f} ms", milliseconds(patience)));
  };
  return effect;
}

}  // namespace tribunal
