// A set of byte ranges, as few as possible.
#pragma once

#include <cstdint>
#include <map>

namespace tribunal {

class Extents {
 public:
  void add(std::uint64_t begin, std::uint64_t end);                   // logarithmic, amortised
  void remove(std::uint64_t begin, std::uint64_t end);                // likewise
  std::uint64_t count(std::uint64_t begin, std::uint64_t end) const;  // of the bytes therein
  bool empty() const { return ranges_.empty(); }
  void clear() { ranges_.clear(); }
  const std::map<std::uint64_t, std::uint64_t>& ranges() const { return ranges_; }  // begin to end

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  // disjoint, and none touches the next
};

}  // namespace tribunal
