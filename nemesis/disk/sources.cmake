pkg_check_modules(fuse3 REQUIRED IMPORTED_TARGET fuse3)
list(APPEND NEMESIS_LIBRARIES PkgConfig::fuse3)
list(APPEND NEMESIS_SOURCES
  disk/damage.cc
  disk/damage_faults.cc
  disk/disk.cc
  disk/disk_damage.cc
  disk/disk_fault.cc
  disk/disk_mount.cc
  disk/disk_probe.cc
  disk/disk_rules.cc
  disk/disk_tool.cc
  disk/extents.cc
  disk/faults.cc
  disk/file_content.cc
  disk/folder_copy.cc
  disk/folder_sketch.cc
  disk/fuse_call.cc
  disk/fuse_data.cc
  disk/fuse_folders.cc
  disk/fuse_names.cc
  disk/host_disk.cc
  disk/inodes.cc
  disk/loop_faults.cc
  disk/name_journal.cc
  disk/on_loop.cc
  disk/power_cut.cc
  disk/rollback.cc
  disk/rule_faults.cc
  disk/unsynced_file.cc)
