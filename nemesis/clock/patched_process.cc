#include "nemesis/clock/patched_process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "nemesis/clock/clock_reading.h"
#include "nemesis/clock/hook_code.h"
#include "nemesis/clock/prologue.h"
#include "nemesis/clock/stopped_threads.h"

namespace tribunal {
namespace {

using ImageBytes = std::vector<std::uint8_t>;

#if defined(__aarch64__)
constexpr std::size_t jump_length = jump_length_arm64;
constexpr auto jump = jump_arm64;
constexpr auto moved_prologue = moved_prologue_arm64;
std::size_t landing_pad(std::span<const std::uint8_t> function) {
  return landing_pad_arm64(function);
}
#else
constexpr std::size_t jump_length = jump_length_x86_64;
constexpr auto jump = jump_x86_64;
constexpr auto moved_prologue = moved_prologue_x86_64;
std::size_t landing_pad(std::span<const std::uint8_t>) { return 0; }
#endif

constexpr std::size_t longest_prologue = 32;
constexpr std::size_t stack_looked_at = 65536;
constexpr std::chrono::milliseconds between_tries(3);

ImageBytes image_of(const ProcessMemory& memory, const VdsoPlace& place) {
  ImageBytes bytes(place.length);
  if (!memory.read(place.begin, bytes.data(), bytes.size()))
    throw std::runtime_error("its vDSO cannot be read: it has gone, or may not be traced");
  return bytes;
}

// This program's vDSO, which nobody patches: the bytes that the kernel gives to every program.
const ImageBytes& kernels_image() {
  static const ImageBytes image = image_of(ProcessMemory(::getpid()), find_vdso(::getpid()));
  return image;
}

std::optional<std::uint32_t> find_block(const ImageBytes& image) {
  constexpr std::size_t alignment = 64;
  for (std::size_t at = 0; at + hook_code().block.size() <= image.size(); at += alignment)
    if (std::memcmp(image.data() + at, hook_magic.data(), hook_magic.size()) == 0)
      return static_cast<std::uint32_t>(at);
  return {};
}

// A process that may not make its code writable would be killed for trying, or fail at each call.
bool may_count(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("Seccomp:") && line.find_first_of("123456789") != std::string::npos)
      return false;
  std::ifstream mappings("/proc/self/smaps");  // the kernel seals every vDSO or none
  bool in_vdso = false;
  for (std::string line; std::getline(mappings, line);) {
    if (line.find('-') < line.find(' ')) in_vdso = line.ends_with("[vdso]");
    if (in_vdso && line.starts_with("VmFlags:") && (line + " ").find(" sl ") != std::string::npos)
      return false;
  }
  return true;
}

bool within(std::uint64_t address, std::uint64_t begin, std::uint64_t length) {
  return address >= begin && address - begin < length;
}

// Whether words of a stack look like what a signal handler will return to, and that is in the vDSO:
// a return address proves nothing, since old ones lie about in memory that a stack has left.
bool interrupted_there(const std::vector<std::uint64_t>& words, std::size_t at,
                       const VdsoPlace& vdso) {
  if (!within(words[at], vdso.begin, vdso.length)) return false;
#if defined(__aarch64__)
  constexpr std::uint64_t not_user_state = 0xffffffff0000001f;  // pstate follows pc
  return at + 1 < words.size() && (words[at + 1] & not_user_state) == 0;
#else
  constexpr std::uint64_t user_code_segment = 0x33;  // rip, flags, then segments
  return at + 2 < words.size() && (words[at + 2] & 0xffff) == user_code_segment;
#endif
}

// Whether a thread runs in the vDSO, or will go on there after the handler of a signal.
bool in_use(const ProcessMemory& memory, const StoppedThreads::Place& thread,
            const VdsoPlace& vdso) {
  if (within(thread.instruction, vdso.begin, vdso.length)) return true;
  std::vector<std::uint64_t> words(stack_looked_at / sizeof(std::uint64_t));
  std::size_t got = 0;
  for (std::uint64_t at = thread.stack & ~std::uint64_t{7}; got < words.size();) {
    const std::uint64_t here = std::min((4096 - at % 4096) / sizeof words[0], words.size() - got);
    if (!memory.read(at, words.data() + got, here * sizeof words[0])) break;
    got += here;
    at += here * sizeof words[0];
  }
  words.resize(got);
  for (std::size_t i = 0; i < words.size(); ++i)
    if (interrupted_there(words, i, vdso)) return true;
  return false;
}

struct Busy {};

// Tries again as long as a thread stands where it must not, until the deadline. Whether it was
// done.
bool while_stopped_and_clear(pid_t process, std::chrono::milliseconds deadline,
                             const std::function<void(const StoppedThreads&)>& body) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (true) {
    try {
      while_stopped(process, deadline, body);
      return true;
    } catch (const Busy&) {
      if (std::chrono::steady_clock::now() > until) return false;
    }
    std::this_thread::sleep_for(between_tries);
  }
}

}  // namespace

PatchedProcess::PatchedProcess(pid_t process)
    : process_(process),
      memory_(process),
      place_(find_vdso(process)),
      block_(find_block(image_of(memory_, place_))) {}

ImageBytes PatchedProcess::current_image() const { return image_of(memory_, place_); }

bool PatchedProcess::same_program() const {
  std::uint8_t first = 0;
  return memory_.read(place_.begin, &first, 1);
}

std::uint32_t PatchedProcess::jump_at(std::string_view function) const {
  const VdsoImage image(kernels_image());
  const auto at = image.function(function);
  if (!at || *at + longest_prologue > image.bytes().size())
    throw std::runtime_error(fmt::format("this kernel's vDSO has no {}", function));
  return static_cast<std::uint32_t>(*at + landing_pad(image.bytes().subspan(*at)));
}

// The hook as it will stand in this process, moving nothing yet.
ImageBytes PatchedProcess::make_block() const {
  const HookCode& code = hook_code();
  const ImageBytes& original = kernels_image();
  const auto room = VdsoImage(original).room_for(code.block.size());
  if (code.block.empty() || !room)
    throw std::runtime_error("this kernel's vDSO has no room for a hook");
  ImageBytes block(code.block.begin(), code.block.end());
  HookData head;
  std::memcpy(&head, block.data(), sizeof head);
  head.image = place_.begin;
  head.image_length = place_.length;
  head.counting = may_count(process_) ? counting_wanted : counting_off;
  for (std::size_t i = 0; i < code.functions.size(); ++i) {
    auto& kept = head.originals.at(i);
    kept.at = jump_at(code.functions[i].name);
    kept.length = jump_length;
    std::copy_n(original.begin() + kept.at, jump_length, kept.bytes.begin());
  }
  std::memcpy(block.data(), &head, sizeof head);
  const std::uint32_t first = head.originals[0].at;
  const auto moved = moved_prologue(std::span(original).subspan(first), first,
                                    std::int64_t{*room} + code.trampoline);
  if (moved && code.trampoline + moved->size() <= block.size())
    std::copy(moved->begin(), moved->end(), block.begin() + code.trampoline);
  return block;
}

void PatchedProcess::write(const StoppedThreads* stopped, std::uint64_t at, const void* bytes,
                           std::size_t length) const {
  if (memory_.write(place_.begin + at, bytes, length)) return;
  if (stopped != nullptr && stopped->poke(place_.begin + at, bytes, length)) return;
  throw std::runtime_error(fmt::format("the vDSO of process {} cannot be written", process_));
}

// A kernel may let only a tracer write where the process itself may not.
void PatchedProcess::write_data(std::size_t at, const void* bytes, std::size_t length) const {
  if (!block_) throw std::runtime_error(fmt::format("process {} is not patched", process_));
  if (memory_.write(place_.begin + *block_ + at, bytes, length)) return;
  while_stopped(process_, std::chrono::milliseconds(1000), [&](const StoppedThreads& stopped) {
    write(&stopped, *block_ + at, bytes, length);
  });
}

// The order in which it is safe to be killed at any point: the hook, which nobody enters; its mark,
// by which it is found again; then one jump after the other, each written at once.
void PatchedProcess::write_patch(const StoppedThreads& stopped, const ImageBytes& block) {
  for (const auto& thread : stopped.places())
    for (const auto& function : hook_code().functions)
      if (within(thread.instruction, place_.begin + jump_at(function.name) + 1, jump_length - 1))
        throw Busy{};
  if (!block_) {
    const auto room = VdsoImage(kernels_image()).room_for(block.size());
    const std::size_t mark = hook_magic.size();
    write(&stopped, *room + mark, block.data() + mark, block.size() - mark);
    write(&stopped, *room, block.data(), mark);
    block_ = room;
  }
  for (const auto& function : hook_code().functions) {
    const std::uint32_t from = jump_at(function.name);
    const auto code = jump(from, std::int64_t{*block_} + function.entry);
    write(&stopped, from, code.data(), code.size());
  }
}

void PatchedProcess::patch(std::chrono::milliseconds deadline) {
  if (block_) {
    bool entered = true;
    const ImageBytes image = current_image();
    for (const auto& function : hook_code().functions) {
      const std::uint32_t from = jump_at(function.name);
      const auto code = jump(from, std::int64_t{*block_} + function.entry);
      entered = entered && std::equal(code.begin(), code.end(), image.begin() + from);
    }
    if (entered) return;
    move(HookRecord{});
  }
  if (current_image().size() != kernels_image().size())
    throw std::runtime_error(fmt::format("process {} has another vDSO than we have", process_));
  const ImageBytes block = make_block();
  if (!while_stopped_and_clear(process_, deadline,
                               [&](const StoppedThreads& stopped) { write_patch(stopped, block); }))
    throw std::runtime_error(
        fmt::format("process {} was always in the middle of reading a clock", process_));
}

HookData PatchedProcess::data() const {
  HookData head;
  if (!block_) throw std::runtime_error(fmt::format("process {} is not patched", process_));
  if (!memory_.read(place_.begin + *block_, &head, sizeof head))
    throw std::runtime_error(fmt::format("process {} has gone", process_));
  return head;
}

void PatchedProcess::move(const HookRecord& record) {
  const auto next = static_cast<std::uint8_t>(data().generation + 1);
  write_data(offsetof(HookData, records) + (next & 1) * sizeof record, record.data(),
             sizeof record);
  write_data(offsetof(HookData, generation), &next, 1);
}

HookRecord PatchedProcess::record() const {
  const HookData head = data();
  return head.records.at(head.generation & 1);
}

std::optional<PatchedProcess::Calls> PatchedProcess::calls() const {
  const HookData head = data();
  if (head.counting != counting_on) return {};
  return Calls{head.counters[0], head.counters[1]};
}

ClockTimes PatchedProcess::read_clocks() const {
  if (!block_) return true_clocks();
  const std::uint32_t from = jump_at(hook_code().functions[0].name);
  const ImageBytes image = current_image();
  const auto code = jump(from, std::int64_t{*block_} + hook_code().functions[0].entry);
  if (!std::equal(code.begin(), code.end(), image.begin() + from)) return true_clocks();
  return run_copy_of(image, from, *block_);
}

bool PatchedProcess::wipe(const StoppedThreads& stopped) {
  for (const auto& thread : stopped.places())
    if (in_use(memory_, thread, place_)) return false;
  write(&stopped, *block_, kernels_image().data() + *block_, hook_code().block.size());
  return true;
}

Restored PatchedProcess::restore(std::chrono::milliseconds deadline) {
  if (!block_) return Restored::wholly;
  const bool wholly =
      while_stopped_and_clear(process_, deadline, [&](const StoppedThreads& stopped) {
        for (const auto& function : hook_code().functions) {
          const std::uint32_t from = jump_at(function.name);
          write(&stopped, from, kernels_image().data() + from, jump_length);
        }
        if (!wipe(stopped)) throw Busy{};
      });
  if (!wholly) return Restored::entries_only;
  block_.reset();
  return Restored::wholly;
}

bool PatchedProcess::pristine() const { return current_image() == kernels_image(); }

}  // namespace tribunal
