// Whole folders copied and emptied, by descriptor. All throw std::system_error.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "harness/cluster/descriptor.h"

namespace tribunal {

Descriptor open_folder(int parent, const std::string& name);
Descriptor make_folder(int parent, const std::string& name);  // or opens it

// Each entry of a folder but `.` and `..` and `except`.
void for_each_entry(int folder, const std::string& except,
                    const std::function<void(const std::string& name)>& visit);

// Files, folders and symbolic links with owner, mode and times; holes stay holes, and what else
// there is stays away. Returns the bytes copied.
std::uint64_t copy_folder(int from, int to, const std::string& except);
// How many files of the one the other lacks, or has with another size or time of change.
std::uint64_t count_other_files(int one, int other, const std::string& except);
void empty_folder(int folder, const std::string& except);

}  // namespace tribunal
