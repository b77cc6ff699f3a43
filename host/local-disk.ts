// Whether a directory lies on a disk of this machine.
//
// Promises: true only for file systems that one running kernel mounts at a time. So whoever had a file there open
// before the last boot has ended, whatever the machine or container was called then.
// Not here: network, shared and unknown file systems, which may be mounted by several machines (false).

import { statfsSync } from 'node:fs'

/** Magic numbers of statfs(2) on Linux. */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs, whose upper layer must be local
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
])

export function isLocalDisk(directory: string): boolean {
  if (process.platform !== 'linux') return false
  try {
    return LOCAL.has(statfsSync(directory).type)
  } catch {
    return false
  }
}
