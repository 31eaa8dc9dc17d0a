#include "nemesis/clock/faketime_library.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include "nemesis/clock/database_processes.h"
#include "nemesis/clock/process_memory.h"

namespace tribunal {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* file_name = "faketime/libfaketimeMT.so.1";
constexpr time_t ahead_of_truth = 1000;  // whole seconds, so that no rounding hides a reading

struct Mapping {
  std::uint64_t begin = 0, end = 0;
  bool writable = false;
  std::string file;  // empty: memory alone
};

std::vector<Mapping> mappings_of(pid_t process) {
  std::vector<Mapping> all;
  std::ifstream in(fmt::format("/proc/{}/maps", process));
  for (std::string line; std::getline(in, line);) {
    Mapping mapping;
    char rights[8] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &mapping.begin, &mapping.end, rights) != 3)
      continue;
    mapping.writable = rights[1] == 'w';
    if (const auto path = line.find('/'); path != std::string::npos)
      mapping.file = line.substr(path);
    all.push_back(std::move(mapping));
  }
  return all;
}

// What the library can write: its file's data, and the memory that follows without a gap.
std::vector<Mapping> data_of(const std::string& path) {
  std::vector<Mapping> data;
  std::uint64_t end_of_library = 0;
  for (const auto& mapping : mappings_of(::getpid())) {
    const bool follows = mapping.file.empty() && mapping.begin == end_of_library;
    if (mapping.file != path && !follows) continue;
    end_of_library = mapping.end;
    if (mapping.writable) data.push_back(mapping);
  }
  return data;
}

// Where in the library's data a time stands; 0: nowhere, or more than once.
std::uint64_t place_of(const timespec& time, const std::string& path) {
  const ProcessMemory own(::getpid());
  std::uint64_t place = 0;
  for (const auto& mapping : data_of(path)) {
    std::vector<char> bytes(mapping.end - mapping.begin);
    if (!own.read(mapping.begin, bytes.data(), bytes.size())) continue;
    for (std::size_t at = 0; at + sizeof time <= bytes.size(); at += sizeof(std::int64_t)) {
      if (std::memcmp(bytes.data() + at, &time, sizeof time) != 0) continue;
      if (place != 0) return 0;
      place = mapping.begin + at;
    }
  }
  return place;
}

json look_into(const std::string& path) {
  ::setenv("FAKETIME", fmt::format("+{}", ahead_of_truth).c_str(), 1);
  ::setenv("NO_FAKE_STAT", "1", 1);
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {{"failed", ::dlerror()}};
  const auto tell =
      reinterpret_cast<int (*)(clockid_t, timespec*)>(::dlsym(library, "clock_gettime"));
  timespec said{};
  if (tell == nullptr || tell(CLOCK_REALTIME, &said) != 0) return {{"failed", "it tells no time"}};
  const timespec truth{said.tv_sec - ahead_of_truth, said.tv_nsec};
  const std::uint64_t base = faketime_base(::getpid(), path);
  const std::uint64_t said_at = place_of(said, path), true_at = place_of(truth, path);
  if (base == 0 || said_at == 0 || true_at == 0)
    return {{"failed", "what it told last is not found in its memory"}};
  return faketime_written({path, true_at - base, said_at - base});
}

}  // namespace

std::string faketime_path() {
  std::vector<fs::path> places = {"/usr/lib", "/usr/lib64", "/usr/local/lib"};
  std::error_code none;
  for (fs::directory_iterator entry("/usr/lib", none), end; !none && entry != end;
       entry.increment(none))
    places.push_back(entry->path());
  for (const auto& place : places)
    if (fs::exists(place / file_name, none)) return fs::canonical(place / file_name, none);
  return {};
}

int faketime_library_main() {
  must_be_on_a_host();  // what the library shares with other processes goes with the host
  const std::string path = faketime_path();
  std::cout << (path.empty() ? json{{"failed", "it is not installed"}} : look_into(path))
            << std::endl;
  ::_exit(0);
}

std::optional<FaketimeLibrary> faketime_answer(const std::string& printed) {
  const json answer = json::parse(printed, nullptr, false);
  if (answer.is_discarded() || answer.contains("failed")) return {};
  return faketime_read(answer);
}

json faketime_written(const FaketimeLibrary& library) {
  return {{"path", library.path}, {"true at", library.true_at}, {"said at", library.said_at}};
}

FaketimeLibrary faketime_read(const json& written) {
  return {written["path"], written["true at"], written["said at"]};
}

std::uint64_t faketime_base(pid_t process, const std::string& path) {
  for (const auto& mapping : mappings_of(process))
    if (mapping.file == path) return mapping.begin;
  return 0;
}

}  // namespace tribunal
