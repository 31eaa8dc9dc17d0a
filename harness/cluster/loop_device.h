// A disk that the kernel serves from a file: an image on a loop device. The kernel takes it away
// when nobody holds it any more, so that whoever dies leaves none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/cluster/descriptor.h"

namespace tribunal {

class LoopDevice {
 public:
  // Makes the image, with an empty ext4 in it, and binds it to a free device; the image has no name
  // from then on. Takes about 0.1 s. Throws FailedStep, or Error(environment) where there is no
  // mkfs.ext4.
  explicit LoopDevice(const std::filesystem::path& image);

  const std::string& path() const { return path_; }  // "/dev/loop3"

 private:
  std::string path_;
  Descriptor device_;
};

// Lets go of the device that serves that image, and removes the image; of a device that is mounted
// as soon as it is not. For what a run that died left, were there a kernel that does not do it by
// itself. Returns whether there was something. Throws std::runtime_error.
bool remove_loop_device(const std::string& image);

}  // namespace tribunal
