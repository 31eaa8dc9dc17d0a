#include "nemesis/clock/faketime_process.h"

#include <fmt/format.h>
#include <time.h>

#include <fstream>
#include <stdexcept>
#include <utility>

#include "nemesis/clock/program_facts.h"

namespace tribunal {
namespace {

bool executed_with(pid_t process, const std::string& variable) {
  std::ifstream file(fmt::format("/proc/{}/environ", process));
  for (std::string text; std::getline(file, text, '\0');)
    if (text == variable) return true;
  return false;
}

std::int64_t nanoseconds_in(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

bool begins_with_faketime(pid_t process, const std::string& library) {
  if (!executed_with(process, "LD_PRELOAD=" + library)) return false;
  try {
    return facts_of_program(fmt::format("/proc/{}/exe", process)).kind ==
           ProgramKind::with_libraries;
  } catch (const std::runtime_error&) {
    return false;  // it has gone
  }
}

FaketimeProcess::FaketimeProcess(pid_t process, FaketimeLibrary library)
    : process_(process), library_(std::move(library)), memory_(process) {}

// Another thread of it may be writing, so what was said is read before and after.
std::optional<FaketimeProcess::Reading> FaketimeProcess::last_reading() {
  if (base_ == 0) base_ = faketime_base(process_, library_.path);
  if (base_ == 0) return {};
  constexpr int most_tries = 10;
  for (int tries = 0; tries < most_tries; ++tries) {
    timespec said{}, truth{}, again{};
    if (!memory_.read(base_ + library_.said_at, &said, sizeof said) ||
        !memory_.read(base_ + library_.true_at, &truth, sizeof truth) ||
        !memory_.read(base_ + library_.said_at, &again, sizeof again))
      return {};
    if (truth.tv_nsec < 0 || said.tv_sec == 0) return {};  // none yet
    if (nanoseconds_in(said) == nanoseconds_in(again))
      return Reading{nanoseconds_in(truth), nanoseconds_in(said)};
  }
  return {};
}

void FaketimeProcess::count(const Reading& reading) {
  if (reading == counted_) return;
  counted_ = reading;
  ++readings_;
}

}  // namespace tribunal
