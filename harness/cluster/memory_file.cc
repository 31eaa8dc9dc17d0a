#include "harness/cluster/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "harness/record/error.h"

namespace tribunal {

Descriptor memory_file(const std::string& content) {
  Descriptor file(::memfd_create("tribunal", MFD_CLOEXEC));
  if (!file)
    throw Error(Blame::environment,
                std::string("cannot make a file in memory: ") + std::strerror(errno));
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t n = ::write(file.number(), content.data() + done, content.size() - done);
    if (n <= 0)
      throw Error(Blame::environment,
                  std::string("cannot write a file in memory: ") + std::strerror(errno));
    done += static_cast<std::size_t>(n);
  }
  ::lseek(file.number(), 0, SEEK_SET);
  ::fcntl(file.number(), F_SETFL, O_APPEND);
  return file;
}

std::string content_of(const Descriptor& file) {
  constexpr off_t most = off_t{16} << 20;
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return {};
  std::string content(static_cast<std::size_t>(std::min(status.st_size, most)), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t n = ::pread(file.number(), content.data() + done, content.size() - done,
                              static_cast<off_t>(done));
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  content.resize(done);
  return content;
}

}  // namespace tribunal
