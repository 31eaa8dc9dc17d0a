#include "harness/record/random.h"

#include <bit>

namespace tribunal {
namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (auto& word : state_) word = splitmix(seed);
}

Random Random::stream(std::uint64_t seed, std::string_view stream, std::uint64_t which) {
  std::uint64_t mixed = 0xcbf29ce484222325ULL;  // FNV-1a over the name
  for (unsigned char c : stream) mixed = (mixed ^ c) * 0x100000001b3ULL;
  mixed ^= splitmix(seed);
  mixed += which * 0xd1342543de82ef95ULL;
  return Random(mixed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  const std::uint64_t reject_below = (0 - bound) % bound;  // rejection keeps it uniform
  std::uint64_t draw;
  do draw = next();
  while (draw < reject_below);
  return draw % bound;
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

}  // namespace tribunal
