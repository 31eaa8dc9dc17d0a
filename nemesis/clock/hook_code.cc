#include "nemesis/clock/hook_code.h"

#include "nemesis/clock/hook_data.h"

#if defined(__x86_64__) || defined(__aarch64__)
extern "C" const std::uint8_t tribunal_hook_begin[], tribunal_hook_end[],
    tribunal_hook_clock_gettime[], tribunal_hook_gettimeofday[], tribunal_hook_time[],
    tribunal_hook_trampoline[];
#endif

namespace tribunal {
namespace {

HookCode assembled_hook() {
#if defined(__x86_64__) || defined(__aarch64__)
  const auto at = [](const std::uint8_t* label) {
    return static_cast<std::uint32_t>(label - tribunal_hook_begin);
  };
#if defined(__x86_64__)
  std::vector<HookedFunction> functions{{"__vdso_clock_gettime", at(tribunal_hook_clock_gettime)},
                                        {"__vdso_gettimeofday", at(tribunal_hook_gettimeofday)},
                                        {"__vdso_time", at(tribunal_hook_time)}};
#else
  std::vector<HookedFunction> functions{{"__kernel_clock_gettime", at(tribunal_hook_clock_gettime)},
                                        {"__kernel_gettimeofday", at(tribunal_hook_gettimeofday)}};
#endif
  return {
      {tribunal_hook_begin, tribunal_hook_end}, std::move(functions), at(tribunal_hook_trampoline)};
#else
  return {};
#endif
}

}  // namespace

const HookCode& hook_code() {
  static const HookCode code = assembled_hook();
  return code;
}

}  // namespace tribunal
