// What becomes of each packet of a flow: pure, with the time passed in and chance from a seed, so
// that the same packets at the same times fare the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "harness/record/random.h"
#include "nemesis/network/flow_shape.h"

namespace tribunal {

// Packets of the harness's own are counted apart.
enum class Sender {
  database,  // and its clients
  probe,     // looks whether there is a way at all
  meter,     // measures the way
};

struct Packet {
  std::uint32_t id = 0;
  std::uint32_t bytes = 0;    // with the IP header
  std::uint32_t header = 20;  // bytes of the IP header
  Sender sender = Sender::database;
  bool closing = false;  // TCP with FIN or RST
  std::string content;   // all of it, where FlowShape::needs_content(); else empty
};

struct Sentence {
  std::uint32_t id = 0;
  bool accepted = true;
  std::string altered;  // the packet's new content; empty: unchanged
  std::string copy;     // to be delivered beside it; empty: none
};

struct FlowCounters {
  std::uint64_t packets = 0, bytes = 0;  // that came
  std::uint64_t delayed = 0, lost = 0, duplicated = 0, reordered = 0, corrupted = 0;
  std::uint64_t overflowed = 0;          // lost since too many waited
  std::uint64_t held = 0, released = 0;  // held: kept now or before
};

class Flow {
 public:
  using Time = std::int64_t;  // nanoseconds of any steady clock

  Flow(const FlowShape& shape, std::uint64_t seed);

  const FlowShape& shape() const { return shape_; }
  const FlowCounters& counters(Sender sender) const;
  std::size_t waiting() const { return waiting_.size(); }

  void take(Packet packet, Time now, std::vector<Sentence>& sentences);
  void deliver(Time now, std::vector<Sentence>& sentences);  // what is due
  // All that waits, at once: held packets as they came, delayed ones as they were due.
  void release(std::vector<Sentence>& sentences);
  std::optional<Time> due() const;  // when deliver() has something to do

 private:
  struct Waiting {
    Time due = 0;
    std::uint64_t order = 0;
    Sender sender = Sender::database;
    Sentence sentence;
    bool operator>(const Waiting& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };

  bool chance(double share) { return share > 0 && random_.unit() < share; }
  bool loses();
  Time departure(const Packet& packet, Time now, FlowCounters& counters);
  double deviation();  // of the delay, in jitters
  void corrupt(Packet& packet, Sentence& sentence);
  Sentence next();

  FlowShape shape_;
  Random random_;
  bool lost_before_ = false;
  Time busy_until_ = 0;
  std::uint64_t order_ = 0;
  FlowCounters counters_[3];
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
};

}  // namespace tribunal
