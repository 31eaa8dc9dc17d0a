#include "nemesis/clock/process_memory.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace tribunal {

ProcessMemory::ProcessMemory(pid_t process)
    : file_(::open(fmt::format("/proc/{}/mem", process).c_str(), O_RDWR | O_CLOEXEC)) {
  if (file_ < 0)
    throw std::runtime_error(
        fmt::format("cannot open the memory of process {}: {}", process, std::strerror(errno)));
}

ProcessMemory::~ProcessMemory() {
  if (file_ >= 0) ::close(file_);
}

ProcessMemory::ProcessMemory(ProcessMemory&& other) noexcept
    : file_(std::exchange(other.file_, -1)) {}

bool ProcessMemory::read(std::uint64_t address, void* bytes, std::size_t length) const {
  return ::pread(file_, bytes, length, static_cast<off_t>(address)) == static_cast<ssize_t>(length);
}

bool ProcessMemory::write(std::uint64_t address, const void* bytes, std::size_t length) const {
  return ::pwrite(file_, bytes, length, static_cast<off_t>(address)) ==
         static_cast<ssize_t>(length);
}

VdsoPlace find_vdso(pid_t process) {
  std::ifstream maps(fmt::format("/proc/{}/maps", process));
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with("[vdso]")) continue;
    unsigned long begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) == 2) return {begin, end - begin};
  }
  throw std::runtime_error(fmt::format("process {} has no vDSO, or has gone", process));
}

std::uint64_t vdso_address(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/auxv", process), std::ios::binary);
  Elf64_auxv_t entry{};
  while (file.read(reinterpret_cast<char*>(&entry), sizeof entry))
    if (entry.a_type == AT_SYSINFO_EHDR) return entry.a_un.a_val;
  return 0;
}

}  // namespace tribunal
