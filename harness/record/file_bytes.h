// The bytes of a file or of standard input: mapped where that can be done, unpacked if gzip or zstd
// packed them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tribunal {

class FileBytes {
 public:
  // "-" is standard input. Throws Error(usage) if the file cannot be read or unpacked, and
  // Error(environment) if what must be held of it is more than `most_bytes`.
  FileBytes(const std::filesystem::path& path, std::uint64_t most_bytes);
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes();

  std::string_view text() const;
  const std::string& name() const { return name_; }    // for messages
  std::uint64_t held() const { return held_.size(); }  // of memory; what is mapped costs none

 private:
  void map(int descriptor, std::size_t size);
  void read_all(int descriptor, std::uint64_t most_bytes);

  std::string name_;
  void* mapped_ = nullptr;
  std::size_t size_ = 0;
  std::string held_;
};

// What `packed` was before gzip or zstd packed it, one stream or several; `name` is for messages.
// Throws as FileBytes does.
bool is_packed(std::string_view text);
std::string unpack(std::string_view packed, const std::string& name, std::uint64_t most_bytes);

// 80 % of the memory that this machine can still give.
std::uint64_t memory_to_spare();

[[noreturn]] void fail_for_memory(const std::string& name, std::uint64_t needed,
                                  std::uint64_t most_bytes);

}  // namespace tribunal
