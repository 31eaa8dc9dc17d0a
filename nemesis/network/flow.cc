#include "nemesis/network/flow.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tribunal {
namespace {

constexpr Flow::Time never = std::numeric_limits<Flow::Time>::max();
constexpr double farthest = 4;  // as netem's tables end

}  // namespace

Flow::Flow(const FlowShape& shape, std::uint64_t seed) : shape_(shape), random_(seed) {}

const FlowCounters& Flow::counters(Sender sender) const {
  return counters_[static_cast<std::size_t>(sender)];
}

// The first look decides whether this packet fares as the last one, so the share of all that is
// lost stays what it was asked to be, whatever the correlation. (netem's own `loss P C` averages
// with the last draw instead, by which 20 % with 75 % loses almost nothing; its `gemodel` is this.)
bool Flow::loses() {
  if (shape_.loss <= 0) return false;
  if (!chance(shape_.correlation)) lost_before_ = chance(shape_.loss);
  return lost_before_;
}

// The shapes of netem's tables: pareto has three for its exponent, mean 0, and a long tail upwards.
double Flow::deviation() {
  if (shape_.distribution == Jitter::uniform) return 2 * random_.unit() - 1;
  const double share = 1 - random_.unit();  // in (0, 1]
  if (shape_.distribution == Jitter::pareto)
    return std::min(farthest, (1 / std::cbrt(share) - 1.5) * 4 / 3);
  const double angle = 2 * std::numbers::pi * random_.unit();
  return std::clamp(std::sqrt(-2 * std::log(share)) * std::cos(angle), -farthest, farthest);
}

void Flow::corrupt(Packet& packet, Sentence& sentence) {
  if (packet.content.size() <= packet.header) return;
  const std::uint64_t bits = (packet.content.size() - packet.header) * 8;
  const std::uint64_t bit = random_.below(bits);
  packet.content[packet.header + bit / 8] ^= static_cast<char>(1U << (bit % 8));
  sentence.altered = packet.content;
}

// When the packet arrives: after those before it where there is a rate, then after the delay.
Flow::Time Flow::departure(const Packet& packet, Time now, FlowCounters& counters) {
  if (shape_.hold) return never;
  Time leaves = now;
  if (shape_.rate > 0) {
    const double seconds = static_cast<double>(packet.bytes) / static_cast<double>(shape_.rate);
    leaves = busy_until_ = std::max(now, busy_until_) + static_cast<Time>(seconds * 1e9);
  }
  if (chance(shape_.reorder)) {
    ++counters.reordered;
    return leaves;
  }
  Time delay = shape_.delay.count();
  if (shape_.jitter.count() > 0)
    delay += static_cast<Time>(deviation() * static_cast<double>(shape_.jitter.count()));
  return leaves + std::max<Time>(delay, 0);
}

void Flow::take(Packet packet, Time now, std::vector<Sentence>& sentences) {
  FlowCounters& counters = counters_[static_cast<std::size_t>(packet.sender)];
  Sentence sentence{packet.id, true, {}, {}};
  if (shape_.segments == Segments::closing && !packet.closing)
    return sentences.push_back(std::move(sentence));
  ++counters.packets;
  counters.bytes += packet.bytes;
  const bool lost = loses(), full = waiting_.size() >= shape_.limit;
  if (lost || full) {
    ++(lost ? counters.lost : counters.overflowed);
    sentence.accepted = false;
    return sentences.push_back(std::move(sentence));
  }
  if (chance(shape_.duplicate) && !packet.content.empty()) {
    ++counters.duplicated;
    sentence.copy = packet.content;
  }
  if (chance(shape_.corrupt)) {
    corrupt(packet, sentence);
    if (!sentence.altered.empty()) ++counters.corrupted;
  }
  const Time due = departure(packet, now, counters);
  if (due <= now) return sentences.push_back(std::move(sentence));
  ++(due == never ? counters.held : counters.delayed);
  waiting_.push({due, ++order_, packet.sender, std::move(sentence)});
}

Sentence Flow::next() {
  Sentence sentence = std::move(const_cast<Waiting&>(waiting_.top()).sentence);
  waiting_.pop();
  return sentence;
}

void Flow::deliver(Time now, std::vector<Sentence>& sentences) {
  while (!waiting_.empty() && waiting_.top().due <= now) sentences.push_back(next());
}

void Flow::release(std::vector<Sentence>& sentences) {
  while (!waiting_.empty()) {
    if (waiting_.top().due == never)
      ++counters_[static_cast<std::size_t>(waiting_.top().sender)].released;
    sentences.push_back(next());
  }
}

std::optional<Flow::Time> Flow::due() const {
  if (waiting_.empty() || waiting_.top().due == never) return {};
  return waiting_.top().due;
}

}  // namespace tribunal
