#include "nemesis/disk/file_content.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tribunal {
namespace {

template <class Number>
Number checked(Number result, const char* step) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), step);
  return result;
}

}  // namespace

std::string FileContent::read(std::uint64_t offset, std::size_t length) const {
  std::string bytes(length, '\0');
  read(offset, bytes.data(), length);
  return bytes;
}

std::uint64_t DescriptorContent::size() const {
  struct stat status {};
  checked(::fstat(descriptor_, &status), "look at a file");
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t DescriptorContent::read(std::uint64_t offset, char* to, std::size_t length) const {
  std::size_t done = 0;
  while (done < length) {
    const ssize_t n =
        checked(::pread(descriptor_, to + done, length - done, static_cast<off_t>(offset + done)),
                "read a file");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void DescriptorContent::write(std::uint64_t offset, const char* from, std::size_t length) {
  for (std::size_t done = 0; done < length;)
    done += static_cast<std::size_t>(checked(
        ::pwrite(descriptor_, from + done, length - done, static_cast<off_t>(offset + done)),
        "write a file"));
}

void DescriptorContent::resize(std::uint64_t size) {
  checked(::ftruncate(descriptor_, static_cast<off_t>(size)), "change the size of a file");
}

}  // namespace tribunal
