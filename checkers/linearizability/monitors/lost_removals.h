// Removals whose answers were lost may have taken any of the values that seem left inside. Two
// assumptions enclose the truth: that all of these values stayed, and that each could leave with
// the very first such removal. Between them a matching by deadlines is tried, which proves itself.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/linearizability/monitors/cells.h"
#include "checkers/linearizability/monitors/contents.h"

namespace tribunal {

// A value left inside must be gone within `deadline`, a cell. That may be a hope only: then what
// holds for certain is `latest`, a later one, or `none` if nothing does.
struct Obligation {
  static constexpr std::uint32_t none = UINT32_MAX;

  std::uint32_t deadline;
  std::uint32_t element;
  std::uint32_t latest = 0;
};

inline Event removal_began(const History& history, const Contents& contents, std::size_t removal) {
  return history.operations[contents.removals[removal]].began;
}

// Lets every value left inside leave from `began` on.
inline void let_leave(Contents& contents, Event began) {
  for (Stay& element : contents.elements) {
    if (element.left()) element.out_began = began;
  }
}

// The hopes that no removal comes in time for become what is certain. False: there were none such.
inline bool give_up_hopes(const History& history, const Contents& contents, const Cells& cells,
                          std::vector<Obligation>& obligations) {
  std::size_t used = 0;
  bool gave_up = false;
  for (Obligation& one : obligations) {
    const bool in_time = used < contents.removals.size() &&
                         cells.after(removal_began(history, contents, used)) <= one.deadline;
    if (in_time || one.deadline >= one.latest) {
      ++used;
      continue;
    }
    one.deadline = one.latest;
    gave_up = true;
  }
  std::erase_if(obligations,
                [](const Obligation& one) { return one.deadline == Obligation::none; });
  return gave_up;
}

// Gives each obligation a removal of its own, the first to the most urgent; every other value
// stays. False: there are too few.
inline bool assign(const History& history, const Cells& cells, std::vector<Obligation>& obligations,
                   Contents& contents) {
  const auto by_deadline = [](const Obligation& a, const Obligation& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.element < b.element;
  };
  constexpr int rounds = 16;
  for (int round = 0; round < rounds; ++round) {
    std::sort(obligations.begin(), obligations.end(), by_deadline);
    if (!give_up_hopes(history, contents, cells, obligations)) break;
  }
  let_leave(contents, contents.end);
  if (obligations.size() > contents.removals.size()) return false;
  for (std::size_t i = 0; i < obligations.size(); ++i) {
    const Event began = removal_began(history, contents, i);
    if (cells.after(began) > obligations[i].deadline) return false;
    contents.elements[obligations[i].element].out_began = began;
  }
  return true;
}

// Cells that end wherever any value begins or ceases to be certainly inside, whichever removals
// are assumed.
inline Cells inside_cells(const History& history, const Contents& contents) {
  Cells cells(contents.end, 2 * contents.elements.size() + contents.removals.size() + 1);
  for (const Stay& element : contents.elements) {
    if (!element.inside()) continue;
    cells.add_border(element.in_ended);
    cells.add_border(element.out_began);
  }
  for (std::size_t i = 0; i < contents.removals.size(); ++i)
    cells.add_border(removal_began(history, contents, i));
  cells.add_border(contents.end);
  cells.number();
  return cells;
}

}  // namespace tribunal
