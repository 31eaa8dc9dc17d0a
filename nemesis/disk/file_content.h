// The bytes of one file, as those parts see them that damage or restore them: so that they can be
// tried on memory as well as on a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tribunal {

class FileContent {
 public:
  virtual ~FileContent() = default;
  virtual std::uint64_t size() const = 0;  // bytes
  // How many bytes were read: fewer than `length` only at the end of the file.
  virtual std::size_t read(std::uint64_t offset, char* to, std::size_t length) const = 0;
  virtual void write(std::uint64_t offset, const char* from, std::size_t length) = 0;
  virtual void resize(std::uint64_t size) = 0;  // grows by zeros

  // The same with what lies behind the end read as zeros.
  std::string read(std::uint64_t offset, std::size_t length) const;
};

// Through a descriptor opened for reading and writing, which must outlive it. Throws
// std::system_error.
class DescriptorContent : public FileContent {
 public:
  explicit DescriptorContent(int descriptor) : descriptor_(descriptor) {}

  using FileContent::read;
  std::uint64_t size() const override;
  std::size_t read(std::uint64_t offset, char* to, std::size_t length) const override;
  void write(std::uint64_t offset, const char* from, std::size_t length) override;
  void resize(std::uint64_t size) override;

 private:
  const int descriptor_;
};

}  // namespace tribunal
