// What an executable file tells of the program in it before it runs: of what kind it is, and which
// functions it takes from the libraries that it is linked with.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace tribunal {

enum class ProgramKind {
  other,              // a script, or nothing that this machine runs by itself in 64 bits
  without_libraries,  // linked statically: nothing can be loaded before it
  go,                 // reads clocks by code of its own, whatever it is linked with
  with_libraries
};

struct ProgramFacts {
  ProgramKind kind = ProgramKind::other;
  std::set<std::string> imports;  // without their versions
};

// Throws std::runtime_error when it cannot be read. Linear in its symbols.
ProgramFacts facts_of_program(const std::filesystem::path& file);

}  // namespace tribunal
