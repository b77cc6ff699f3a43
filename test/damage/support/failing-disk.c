/*
 * A disk that fails once, for a process that loads this before libc (LD_PRELOAD).
 *
 * DISK_UNDER: the folder that counts. DISK_FAULT: "torn" (from the nth write on there is no room, and that write is
 * taken in half) or "sync" (the nth fsync, fdatasync or msync gives EIO, and later ones succeed although data is gone,
 * as Linux does). DISK_NTH: n, from 1; 0 for never. DISK_CALLS: a file that gets a line for each call: w, s, or F where
 * it fails, and the path.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int calls;
static __thread char path[4096];

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

static int counts(int fd) {
  char link[64];
  const char *under = setting("DISK_UNDER");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  return *under != 0 && strncmp(path, under, strlen(under)) == 0;
}

static void tell(char letter) {
  int fd = syscall(SYS_openat, AT_FDCWD, setting("DISK_CALLS"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (fd < 0) return;
  char line[4200];
  int length = snprintf(line, sizeof line, "%c %s\n", letter, path);
  syscall(SYS_write, fd, line, length);
  syscall(SYS_close, fd);
}

/* -1: goes on; 0: fails in half; 1: fails whole. */
static int write_fault(int fd) {
  if (!counts(fd)) return -1;
  int nth = atoi(setting("DISK_NTH"));
  int torn = strcmp(setting("DISK_FAULT"), "torn") == 0;
  int now = torn ? __sync_add_and_fetch(&calls, 1) : 0;
  int fails = torn && nth > 0 && now >= nth;
  tell(fails ? 'F' : 'w');
  if (!fails) return -1;
  return now == nth ? 0 : 1;
}

static int sync_fails(int known) {
  if (!known) return 0;
  int counted = strcmp(setting("DISK_FAULT"), "sync") == 0;
  int fails = counted && __sync_add_and_fetch(&calls, 1) == atoi(setting("DISK_NTH"));
  tell(fails ? 'F' : 's');
  if (fails) errno = EIO;
  return fails;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t no_room(void) {
  errno = ENOSPC;
  return -1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  int fault = write_fault(fd);
  if (fault < 0) return REAL(write)(fd, bytes, size);
  return fault == 0 && size > 1 ? REAL(write)(fd, bytes, size / 2) : no_room();
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  int fault = write_fault(fd);
  if (fault < 0) return REAL(pwrite64)(fd, bytes, size, at);
  return fault == 0 && size > 1 ? REAL(pwrite64)(fd, bytes, size / 2, at) : no_room();
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  int fault = write_fault(fd);
  if (fault < 0) return REAL(writev)(fd, parts, count);
  return fault == 0 ? REAL(write)(fd, parts[0].iov_base, parts[0].iov_len / 2) : no_room();
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  int fault = write_fault(fd);
  if (fault < 0) return REAL(pwritev64)(fd, parts, count, at);
  return fault == 0 ? REAL(pwrite64)(fd, parts[0].iov_base, parts[0].iov_len / 2, at) : no_room();
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return pwritev64(fd, parts, count, at); }

int fsync(int fd) { return sync_fails(counts(fd)) ? -1 : REAL(fsync)(fd); }

int fdatasync(int fd) { return sync_fails(counts(fd)) ? -1 : REAL(fdatasync)(fd); }

int msync(void *at, size_t size, int flags) {
  strcpy(path, "a mapping");
  return sync_fails(1) ? -1 : REAL(msync)(at, size, flags);
}
