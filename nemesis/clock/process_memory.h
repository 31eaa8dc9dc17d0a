// The memory of another process, as it was when it was opened: after an exec nothing can be read
// any more, which tells one.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace tribunal {

class ProcessMemory {
 public:
  // Throws std::runtime_error when the process has gone or may not be looked into.
  explicit ProcessMemory(pid_t process);
  ~ProcessMemory();
  ProcessMemory(ProcessMemory&& other) noexcept;
  ProcessMemory& operator=(ProcessMemory&&) = delete;

  // Whether all of it was read or written. Writing goes past the protection of a page, where the
  // kernel lets it.
  bool read(std::uint64_t address, void* bytes, std::size_t length) const;
  bool write(std::uint64_t address, const void* bytes, std::size_t length) const;

 private:
  int file_;
};

// Where the kernel has mapped a process's vDSO.
struct VdsoPlace {
  std::uint64_t begin = 0, length = 0;
};
// Throws std::runtime_error when it has none, or has gone.
VdsoPlace find_vdso(pid_t process);
// The beginning alone, which is cheap to ask for; 0 when there is none.
std::uint64_t vdso_address(pid_t process);

}  // namespace tribunal
