// Faults of disks that are file systems of the kernel, and how a fault takes the form that fits the
// disks of a run.
#pragma once

#include <memory>
#include <string>

#include "nemesis/disk/disk_fault.h"

namespace tribunal {

// A fault of a disk on a loop device.
class LoopFault : public DiskFault {
 public:
  using DiskFault::DiskFault;

 protected:
  std::string means() const override;
  // Kills what runs of the database and mounts what is on the device.
  static void mount_again(Ground& ground, Host& host);
  // The same, if the disk is not sound.
  static void mend(Ground& ground, Host& host);
};

std::unique_ptr<Fault> loop_full(const PlannedFault& planned);
std::unique_ptr<Fault> loop_read_only(const PlannedFault& planned);

// A fault that has one form for FUSE and one for loop devices. The first is made at once, so that
// options that it cannot have are refused before anything runs.
class EitherDiskFault final : public Fault {
 public:
  using Make = std::unique_ptr<Fault> (*)(const PlannedFault&);
  EitherDiskFault(const PlannedFault& planned, Make on_fuse, Make on_loop)
      : planned_(planned), on_loop_(on_loop), form_(on_fuse(planned)) {}

  void inject(Ground& ground, Receipt& receipt) override {
    if (ground.cluster.loop_disks) form_ = on_loop_(planned_);
    form_->inject(ground, receipt);
  }
  void exercise(Ground& ground, Receipt& receipt) override { form_->exercise(ground, receipt); }
  void heal(Ground& ground, Receipt& receipt) override { form_->heal(ground, receipt); }

 private:
  const PlannedFault planned_;
  const Make on_loop_;
  std::unique_ptr<Fault> form_;
};

// Gives a kind its form on loop devices, beside that on FUSE.
FaultKind on_either_disk(FaultKind kind, EitherDiskFault::Make on_fuse,
                         EitherDiskFault::Make on_loop);

}  // namespace tribunal
