// libfaketime as it is installed here: where it is, and where in its memory it keeps what it told a
// process last, which is how a process moved by it is read back.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace tribunal {

struct FaketimeLibrary {
  std::string path;
  // Offsets from where the library is loaded: the true time of its last reading of the wall clock,
  // and what it said then. Each a timespec.
  std::uint64_t true_at = 0, said_at = 0;
};

// The variant for programs with threads, in the usual places; empty: it is not installed.
std::string faketime_path();

inline constexpr const char* faketime_install = "apt-get install libfaketime";
inline constexpr const char* faketime_verb = "faketime-library";

// `<program> faketime-library` on a host: loads the library, has it tell a time, finds out where in
// its memory that stands, and prints what faketime_answer() reads.
int faketime_library_main();
// Nothing, where the library is not installed or keeps nothing that can be found again.
std::optional<FaketimeLibrary> faketime_answer(const std::string& printed);

nlohmann::json faketime_written(const FaketimeLibrary& library);
FaketimeLibrary faketime_read(const nlohmann::json& written);

// Where the library is loaded in a process; 0: it is not.
std::uint64_t faketime_base(pid_t process, const std::string& path);

}  // namespace tribunal
