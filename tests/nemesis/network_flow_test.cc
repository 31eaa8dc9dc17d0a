// What becomes of packets, without a network: times are passed in and chance comes from a seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "nemesis/network/flow.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr Flow::Time millisecond = 1'000'000;

Packet numbered(std::uint32_t id, std::uint32_t bytes = 1000) {
  Packet packet;
  packet.id = id;
  packet.bytes = bytes;
  return packet;
}

Packet with_content(std::uint32_t id) {
  Packet packet = numbered(id, 100);
  packet.content = std::string(100, 'x');
  return packet;
}

std::vector<std::uint32_t> accepted(const std::vector<Sentence>& sentences) {
  std::vector<std::uint32_t> ids;
  for (const auto& sentence : sentences)
    if (sentence.accepted) ids.push_back(sentence.id);
  return ids;
}

// Lets `count` packets come, a millisecond apart, and waits for the last.
std::vector<Sentence> run(Flow& flow, std::uint32_t count, bool content = false) {
  std::vector<Sentence> sentences;
  for (std::uint32_t id = 0; id < count; ++id) {
    flow.deliver(id * millisecond, sentences);
    flow.take(content ? with_content(id) : numbered(id), id * millisecond, sentences);
  }
  flow.deliver((count + 100'000) * millisecond, sentences);
  return sentences;
}

TEST(Flow, an_untouched_flow_accepts_at_once) {
  Flow flow({}, 1);
  std::vector<Sentence> sentences;
  flow.take(numbered(7), 0, sentences);
  EXPECT_EQ(accepted(sentences), std::vector<std::uint32_t>{7});
  EXPECT_FALSE(flow.due());
}

TEST(Flow, a_delayed_packet_is_due_when_the_delay_is_over) {
  FlowShape shape;
  shape.delay = 50ms;
  Flow flow(shape, 1);
  std::vector<Sentence> sentences;
  flow.take(numbered(1), 0, sentences);
  flow.take(numbered(2), 10 * millisecond, sentences);
  EXPECT_EQ(flow.due(), 50 * millisecond);
  flow.deliver(50 * millisecond - 1, sentences);
  EXPECT_TRUE(sentences.empty());
  flow.deliver(50 * millisecond, sentences);
  EXPECT_EQ(accepted(sentences), std::vector<std::uint32_t>{1});
  flow.deliver(60 * millisecond, sentences);
  EXPECT_EQ(accepted(sentences), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(flow.counters(Sender::database).delayed, 2U);
}

struct Spread {
  double mean = 0, deviation = 0, least = 1e9, most = 0;
};

Spread delays(Jitter distribution) {
  FlowShape shape;
  shape.delay = 50ms;
  shape.jitter = 10ms;
  shape.distribution = distribution;
  Flow flow(shape, 3);
  Spread spread;
  constexpr int packets = 20'000;
  double squares = 0;
  for (std::uint32_t id = 0; id < packets; ++id) {
    std::vector<Sentence> sentences;
    flow.take(numbered(id), 0, sentences);
    const double delay = static_cast<double>(flow.due().value_or(0)) / millisecond;
    flow.release(sentences);
    spread.mean += delay / packets;
    squares += delay * delay / packets;
    spread.least = std::min(spread.least, delay);
    spread.most = std::max(spread.most, delay);
  }
  spread.deviation = std::sqrt(squares - spread.mean * spread.mean);
  return spread;
}

TEST(Flow, jitter_is_spread_as_its_distribution_says) {
  const Spread uniform = delays(Jitter::uniform), normal = delays(Jitter::normal),
               pareto = delays(Jitter::pareto);
  EXPECT_NEAR(uniform.mean, 50, 0.3);
  EXPECT_NEAR(uniform.deviation, 10 / std::sqrt(3.0), 0.2);
  EXPECT_GE(uniform.least, 40);
  EXPECT_LE(uniform.most, 60);
  EXPECT_NEAR(normal.mean, 50, 0.3);
  EXPECT_NEAR(normal.deviation, 10, 0.3);
  EXPECT_NEAR(pareto.mean, 49.5, 1);  // its tail is cut at 4 jitters, as netem's is
  EXPECT_GE(pareto.least, 43.3);
  EXPECT_GT(pareto.most, 85);
  EXPECT_LE(pareto.most, 90);
}

TEST(Flow, the_share_of_losses_is_kept_whatever_their_correlation) {
  for (const double correlation : {0.0, 0.75}) {
    FlowShape shape;
    shape.loss = 0.2;
    shape.correlation = correlation;
    Flow flow(shape, 5);
    const auto sentences = run(flow, 20'000);
    std::size_t lost = 0, lost_after_loss = 0;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      if (sentences[i].accepted) continue;
      ++lost;
      if (i > 0 && !sentences[i - 1].accepted) ++lost_after_loss;
    }
    EXPECT_EQ(sentences.size(), 20'000U);
    EXPECT_NEAR(static_cast<double>(lost), 4000, 300);
    EXPECT_NEAR(static_cast<double>(lost_after_loss) / static_cast<double>(lost),
                correlation + (1 - correlation) * 0.2, 0.03);
    EXPECT_EQ(flow.counters(Sender::database).lost, lost);
  }
}

TEST(Flow, the_same_seed_gives_the_same_fate) {
  FlowShape shape;
  shape.delay = 5ms;
  shape.jitter = 5ms;
  shape.loss = shape.duplicate = shape.reorder = shape.corrupt = 0.2;
  const auto fates = [&](std::uint64_t seed) {
    Flow flow(shape, seed);
    std::string text;
    for (const auto& sentence : run(flow, 500, true))
      text += std::to_string(sentence.id) + (sentence.accepted ? "+" : "-") + sentence.altered +
              (sentence.copy.empty() ? " " : "= ");
    return text;
  };
  EXPECT_EQ(fates(1), fates(1));
  EXPECT_NE(fates(1), fates(2));
}

TEST(Flow, a_reordered_packet_overtakes_the_delayed_ones) {
  FlowShape shape;
  shape.delay = 10ms;
  shape.reorder = 0.25;
  Flow flow(shape, 2);
  const auto order = accepted(run(flow, 4000));
  EXPECT_EQ(order.size(), 4000U);
  std::size_t late = 0;
  std::uint32_t highest = 0;
  for (const auto id : order) {
    if (id < highest) ++late;
    highest = std::max(highest, id);
  }
  EXPECT_GT(late, 1000U);
  EXPECT_NEAR(static_cast<double>(flow.counters(Sender::database).reordered), 1000, 120);
}

TEST(Flow, a_duplicate_and_a_corrupted_packet_differ_as_they_should) {
  FlowShape shape;
  shape.duplicate = 0.5;
  shape.corrupt = 0.5;
  Flow flow(shape, 9);
  std::size_t copies = 0, altered = 0;
  for (const auto& sentence : run(flow, 1000, true)) {
    EXPECT_TRUE(sentence.accepted);
    if (!sentence.copy.empty()) ++copies;
    if (sentence.altered.empty()) continue;
    ++altered;
    int bits = 0;
    for (std::size_t i = 0; i < 100; ++i) {
      const int turned = __builtin_popcount(static_cast<unsigned char>(sentence.altered[i] ^ 'x'));
      bits += turned;
      EXPECT_TRUE(i >= 20 || turned == 0);  // the IP header is left alone
    }
    EXPECT_EQ(bits, 1);
  }
  EXPECT_NEAR(static_cast<double>(copies), 500, 80);
  EXPECT_NEAR(static_cast<double>(altered), 500, 80);
}

TEST(Flow, a_rate_spaces_packets_by_their_size) {
  FlowShape shape;
  shape.rate = 100'000;
  Flow flow(shape, 1);
  std::vector<Sentence> sentences;
  for (std::uint32_t id = 0; id < 10; ++id) flow.take(numbered(id, 1000), 0, sentences);
  EXPECT_EQ(flow.due(), 10 * millisecond);
  flow.deliver(55 * millisecond, sentences);
  EXPECT_EQ(accepted(sentences).size(), 5U);
  flow.deliver(100 * millisecond, sentences);
  EXPECT_EQ(accepted(sentences).size(), 10U);
}

TEST(Flow, what_is_held_comes_in_its_order_when_it_is_released) {
  FlowShape shape;
  shape.hold = true;
  shape.limit = 3;
  Flow flow(shape, 1);
  std::vector<Sentence> sentences;
  for (std::uint32_t id = 0; id < 5; ++id) flow.take(numbered(id), id, sentences);
  EXPECT_FALSE(flow.due());
  flow.deliver(1'000'000 * millisecond, sentences);
  EXPECT_TRUE(accepted(sentences).empty());
  EXPECT_EQ(flow.counters(Sender::database).overflowed, 2U);  // the last to come are lost
  flow.release(sentences);
  EXPECT_EQ(accepted(sentences), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(flow.counters(Sender::database).released, 3U);
}

TEST(Flow, a_flow_for_closing_segments_leaves_the_others_alone) {
  FlowShape shape;
  shape.loss = 1;
  shape.segments = Segments::closing;
  Flow flow(shape, 1);
  std::vector<Sentence> sentences;
  flow.take(numbered(1), 0, sentences);
  Packet fin = numbered(2);
  fin.closing = true;
  flow.take(fin, 0, sentences);
  EXPECT_EQ(accepted(sentences), std::vector<std::uint32_t>{1});
  EXPECT_EQ(flow.counters(Sender::database).packets, 1U);
}

TEST(Flow, measurements_are_counted_apart) {
  Flow flow({}, 1);
  std::vector<Sentence> sentences;
  Packet packet = numbered(1);
  packet.sender = Sender::meter;
  flow.take(packet, 0, sentences);
  EXPECT_EQ(flow.counters(Sender::database).packets, 0U);
  EXPECT_EQ(flow.counters(Sender::meter).packets, 1U);
}

}  // namespace
}  // namespace tribunal
