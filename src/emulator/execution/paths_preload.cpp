// SPDX-License-Identifier: Apache-2.0
// The library that lets user code see the three trees of the emulator where a cluster has them: /Workspace, /dbfs and
// /Volumes. It is loaded into python3 and all that python3 starts (LD_PRELOAD), and stands in front of those functions
// of the C library that take a path. A path that begins with one of the three folders gets TROWEL_ROOT in front;
// /dbfs/Volumes is /Volumes. What the system says about paths (getcwd, readlink, realpath) loses TROWEL_ROOT again, so
// that programs never meet the real place. Every other path and every other argument goes through as it came.
//
// Out of reach: programs without the dynamic C library (static ones, most of Go), system calls made by hand, and
// children that get an environment without LD_PRELOAD.
//
// Nothing here allocates, but where the function itself has to, and nothing takes a lock: code after fork and in
// signal handlers calls these functions too. The C library's own headers are left out on purpose: they declare these
// functions with attributes that would clash with, or optimize away, what is done here.
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>

extern "C" {
void* dlsym(void* handle, const char* name) noexcept;
void* dlvsym(void* handle, const char* name, const char* version) noexcept;
char* getenv(const char* name) noexcept;
void* malloc(size_t size) noexcept;
void* memcpy(void* to, const void* from, size_t size) noexcept;
size_t strlen(const char* text) noexcept;
}

namespace {

using ssize = long;
constexpr size_t kPathMax = 4096;
constexpr const char* kFolders[] = {"/Workspace", "/dbfs", "/Volumes"};

struct Root {
  char text[kPathMax];
  size_t length;  // 0: not read yet, or not set: then nothing is translated
};
Root root;

// Threads that come here at once write the same bytes.
size_t rootLength() {
  size_t length = __atomic_load_n(&root.length, __ATOMIC_ACQUIRE);
  if (length != 0) return length;
  const char* value = getenv("TROWEL_ROOT");
  if (value == nullptr || value[0] != '/') return 0;
  length = strlen(value);
  if (length >= kPathMax) return 0;
  memcpy(root.text, value, length + 1);
  __atomic_store_n(&root.length, length, __ATOMIC_RELEASE);
  return length;
}

// The length of `prefix` where `path` is that folder or beneath it, else 0.
size_t within(const char* path, const char* prefix) {
  size_t i = 0;
  for (; prefix[i] != '\0'; ++i)
    if (path[i] != prefix[i]) return 0;
  return path[i] == '\0' || path[i] == '/' ? i : 0;
}

// What of the path is to stand behind the root; null where it is none of ours.
const char* ours(const char* path) {
  if (path == nullptr || path[0] != '/' || rootLength() == 0) return nullptr;
  while (path[1] == '/') ++path;
  for (const char* folder : kFolders) {
    size_t length = within(path, folder);
    if (length == 0) continue;
    return folder[1] == 'd' && within(path + length, "/Volumes") != 0 ? path + length : path;
  }
  return nullptr;
}

// A path as the system is to see it.
class Real {
 public:
  explicit Real(const char* given) : path_(given) {
    const char* rest = ours(given);
    if (rest == nullptr) return;
    size_t before = rootLength();
    size_t after = strlen(rest);
    path_ = before + after < kPathMax ? buffer_ : nullptr;
    refused_ = path_ == nullptr;
    if (refused_) {
      errno = ENAMETOOLONG;
      return;
    }
    memcpy(buffer_, root.text, before);
    memcpy(buffer_ + before, rest, after + 1);
  }
  operator const char*() const { return path_; }
  bool refused() const { return refused_; }
  char* writable() { return buffer_; }
  bool changed() const { return path_ == buffer_; }

 protected:
  bool refused_ = false;

 private:
  const char* path_;
  char buffer_[kPathMax];
};

// A path that is to be removed or moved: not one of the three folders, which are there as mounts are.
class Movable : public Real {
 public:
  explicit Movable(const char* given) : Real(given) {
    if (!changed()) return;
    const char* rest = static_cast<const char*>(*this) + rootLength();
    for (const char* folder : kFolders) {
      size_t length = within(rest, folder);
      while (length != 0 && rest[length] == '/') ++length;
      if (length == 0 || rest[length] != '\0') continue;
      errno = EBUSY;
      refused_ = true;
    }
  }
};

// Takes the root off again; the new length.
size_t hideRoot(char* path, size_t length) {
  size_t before = rootLength();
  if (before == 0 || length < before) return length;
  for (size_t i = 0; i < before; ++i)
    if (path[i] != root.text[i]) return length;
  for (const char* folder : kFolders) {
    if (within(path + before, folder) == 0) continue;
    for (size_t i = before; i <= length; ++i) path[i - before] = path[i];
    return length - before;
  }
  return length;
}

void* lookUp(const char* name) {
  void* next = reinterpret_cast<void*>(-1L);  // RTLD_NEXT
  if (void* found = dlsym(next, name)) return found;
  // What only old programs call has no default version.
  if (void* found = dlvsym(next, name, "GLIBC_2.2.5")) return found;
  return dlvsym(next, name, "GLIBC_2.17");
}

template <typename Function>
Function real(const char* name, void*& known) {
  void* found = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (found == nullptr) {
    found = lookUp(name);
    __atomic_store_n(&known, found, __ATOMIC_RELAXED);
  }
  return reinterpret_cast<Function>(found);
}

char* copyOut(const char* path, size_t length, char* buffer) {
  auto* out = buffer != nullptr ? buffer : static_cast<char*>(malloc(length + 1));
  if (out != nullptr) memcpy(out, path, length + 1);
  return out;
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))
// The function that we stand in front of, or a failure where this C library has none.
#define NEXT(name, failure)                         \
  static void* known;                               \
  auto* next = real<decltype(&name)>(#name, known); \
  if (next == nullptr) {                            \
    errno = ENOSYS;                                 \
    return failure;                                 \
  }
// One path, called `given`, that `arguments` have as `path`.
#define ONE_PATH(...) PATH(Real, __VA_ARGS__)
#define PATH(Kind, result, name, failure, parameters, arguments) \
  EXPORT result name parameters {                                \
    NEXT(name, failure)                                          \
    const Kind path(given);                                      \
    if (path.refused()) return failure;                          \
    return next arguments;                                       \
  }
#define TWO_PATHS(...) PATHS(Real, __VA_ARGS__)
#define PATHS(Kind, result, name, parameters, arguments) \
  EXPORT result name parameters {                        \
    NEXT(name, -1)                                       \
    const Kind path(given);                              \
    const Kind other(second);                            \
    if (path.refused() || other.refused()) return -1;    \
    return next arguments;                               \
  }
// open and its like: a mode comes only where a file may be made.
#define OPEN(name, parameters, ...)                                                          \
  EXPORT int name parameters {                                                               \
    NEXT(name, -1)                                                                           \
    const Real path(given);                                                                  \
    if (path.refused()) return -1;                                                           \
    if ((flags & kCreates) == 0 && (flags & kTmpFile) != kTmpFile) return next(__VA_ARGS__); \
    va_list list;                                                                            \
    va_start(list, flags);                                                                   \
    unsigned mode = va_arg(list, unsigned);                                                  \
    va_end(list);                                                                            \
    return next(__VA_ARGS__, mode);                                                          \
  }

namespace {
constexpr int kCreates = 0100;       // O_CREAT
constexpr int kTmpFile = 020200000;  // O_TMPFILE
}  // namespace

// Opening
OPEN(open, (const char* given, int flags, ...), path, flags)
OPEN(open64, (const char* given, int flags, ...), path, flags)
OPEN(openat, (int folder, const char* given, int flags, ...), folder, path, flags)
OPEN(openat64, (int folder, const char* given, int flags, ...), folder, path, flags)
ONE_PATH(int, __open_2, -1, (const char* given, int flags), (path, flags))
ONE_PATH(int, __open64_2, -1, (const char* given, int flags), (path, flags))
ONE_PATH(int, __openat_2, -1, (int folder, const char* given, int flags), (folder, path, flags))
ONE_PATH(int, __openat64_2, -1, (int folder, const char* given, int flags), (folder, path, flags))
ONE_PATH(int, creat, -1, (const char* given, unsigned mode), (path, mode))
ONE_PATH(int, creat64, -1, (const char* given, unsigned mode), (path, mode))
ONE_PATH(void*, fopen, nullptr, (const char* given, const char* mode), (path, mode))
ONE_PATH(void*, fopen64, nullptr, (const char* given, const char* mode), (path, mode))
ONE_PATH(void*, freopen, nullptr, (const char* given, const char* mode, void* stream), (path, mode, stream))
ONE_PATH(void*, freopen64, nullptr, (const char* given, const char* mode, void* stream), (path, mode, stream))
ONE_PATH(void*, opendir, nullptr, (const char* given), (path))
ONE_PATH(int, scandir, -1, (const char* given, void* names, void* filter, void* compare),
         (path, names, filter, compare))
ONE_PATH(int, scandir64, -1, (const char* given, void* names, void* filter, void* compare),
         (path, names, filter, compare))

// Looking
ONE_PATH(int, stat, -1, (const char* given, void* out), (path, out))
ONE_PATH(int, stat64, -1, (const char* given, void* out), (path, out))
ONE_PATH(int, lstat, -1, (const char* given, void* out), (path, out))
ONE_PATH(int, lstat64, -1, (const char* given, void* out), (path, out))
ONE_PATH(int, fstatat, -1, (int folder, const char* given, void* out, int flags), (folder, path, out, flags))
ONE_PATH(int, fstatat64, -1, (int folder, const char* given, void* out, int flags), (folder, path, out, flags))
ONE_PATH(int, statx, -1, (int folder, const char* given, int flags, unsigned mask, void* out),
         (folder, path, flags, mask, out))
ONE_PATH(int, __xstat, -1, (int version, const char* given, void* out), (version, path, out))
ONE_PATH(int, __xstat64, -1, (int version, const char* given, void* out), (version, path, out))
ONE_PATH(int, __lxstat, -1, (int version, const char* given, void* out), (version, path, out))
ONE_PATH(int, __lxstat64, -1, (int version, const char* given, void* out), (version, path, out))
ONE_PATH(int, __fxstatat, -1, (int version, int folder, const char* given, void* out, int flags),
         (version, folder, path, out, flags))
ONE_PATH(int, __fxstatat64, -1, (int version, int folder, const char* given, void* out, int flags),
         (version, folder, path, out, flags))
ONE_PATH(int, access, -1, (const char* given, int mode), (path, mode))
ONE_PATH(int, eaccess, -1, (const char* given, int mode), (path, mode))
ONE_PATH(int, euidaccess, -1, (const char* given, int mode), (path, mode))
ONE_PATH(int, faccessat, -1, (int folder, const char* given, int mode, int flags), (folder, path, mode, flags))
ONE_PATH(int, statfs, -1, (const char* given, void* out), (path, out))
ONE_PATH(int, statfs64, -1, (const char* given, void* out), (path, out))
ONE_PATH(int, statvfs, -1, (const char* given, void* out), (path, out))
ONE_PATH(int, statvfs64, -1, (const char* given, void* out), (path, out))
ONE_PATH(ssize, pathconf, -1, (const char* given, int name), (path, name))
ONE_PATH(int, inotify_add_watch, -1, (int fd, const char* given, unsigned mask), (fd, path, mask))
ONE_PATH(ssize, getxattr, -1, (const char* given, const char* name, void* value, size_t size),
         (path, name, value, size))
ONE_PATH(ssize, lgetxattr, -1, (const char* given, const char* name, void* value, size_t size),
         (path, name, value, size))
ONE_PATH(ssize, listxattr, -1, (const char* given, char* list, size_t size), (path, list, size))
ONE_PATH(ssize, llistxattr, -1, (const char* given, char* list, size_t size), (path, list, size))

// Changing
ONE_PATH(int, mkdir, -1, (const char* given, unsigned mode), (path, mode))
ONE_PATH(int, mkdirat, -1, (int folder, const char* given, unsigned mode), (folder, path, mode))
ONE_PATH(int, mkfifo, -1, (const char* given, unsigned mode), (path, mode))
ONE_PATH(int, mkfifoat, -1, (int folder, const char* given, unsigned mode), (folder, path, mode))
ONE_PATH(int, mknod, -1, (const char* given, unsigned mode, unsigned long device), (path, mode, device))
ONE_PATH(int, mknodat, -1, (int folder, const char* given, unsigned mode, unsigned long device),
         (folder, path, mode, device))
PATH(Movable, int, rmdir, -1, (const char* given), (path))
ONE_PATH(int, unlink, -1, (const char* given), (path))
PATH(Movable, int, unlinkat, -1, (int folder, const char* given, int flags), (folder, path, flags))
PATH(Movable, int, remove, -1, (const char* given), (path))
PATHS(Movable, int, rename, (const char* given, const char* second), (path, other))
PATHS(Movable, int, renameat, (int from, const char* given, int to, const char* second), (from, path, to, other))
PATHS(Movable, int, renameat2, (int from, const char* given, int to, const char* second, unsigned flags),
      (from, path, to, other, flags))
TWO_PATHS(int, link, (const char* given, const char* second), (path, other))
TWO_PATHS(int, linkat, (int from, const char* given, int to, const char* second, int flags),
          (from, path, to, other, flags))
// The kernel follows links without us: what they lead to must be the real path.
TWO_PATHS(int, symlink, (const char* given, const char* second), (path, other))
TWO_PATHS(int, symlinkat, (const char* given, int to, const char* second), (path, to, other))
ONE_PATH(int, truncate, -1, (const char* given, ssize length), (path, length))
ONE_PATH(int, truncate64, -1, (const char* given, ssize length), (path, length))
ONE_PATH(int, chmod, -1, (const char* given, unsigned mode), (path, mode))
ONE_PATH(int, lchmod, -1, (const char* given, unsigned mode), (path, mode))
ONE_PATH(int, fchmodat, -1, (int folder, const char* given, unsigned mode, int flags), (folder, path, mode, flags))
ONE_PATH(int, chown, -1, (const char* given, unsigned user, unsigned group), (path, user, group))
ONE_PATH(int, lchown, -1, (const char* given, unsigned user, unsigned group), (path, user, group))
ONE_PATH(int, fchownat, -1, (int folder, const char* given, unsigned user, unsigned group, int flags),
         (folder, path, user, group, flags))
ONE_PATH(int, utime, -1, (const char* given, const void* times), (path, times))
ONE_PATH(int, utimes, -1, (const char* given, const void* times), (path, times))
ONE_PATH(int, lutimes, -1, (const char* given, const void* times), (path, times))
ONE_PATH(int, futimesat, -1, (int folder, const char* given, const void* times), (folder, path, times))
ONE_PATH(int, utimensat, -1, (int folder, const char* given, const void* times, int flags),
         (folder, path, times, flags))
ONE_PATH(int, setxattr, -1, (const char* given, const char* name, const void* value, size_t size, int flags),
         (path, name, value, size, flags))
ONE_PATH(int, lsetxattr, -1, (const char* given, const char* name, const void* value, size_t size, int flags),
         (path, name, value, size, flags))
ONE_PATH(int, removexattr, -1, (const char* given, const char* name), (path, name))
ONE_PATH(int, lremovexattr, -1, (const char* given, const char* name), (path, name))

// Going there, and running what is there
ONE_PATH(int, chdir, -1, (const char* given), (path))
ONE_PATH(int, execv, -1, (const char* given, char* const* argv), (path, argv))
ONE_PATH(int, execve, -1, (const char* given, char* const* argv, char* const* env), (path, argv, env))
ONE_PATH(int, execvp, -1, (const char* given, char* const* argv), (path, argv))
ONE_PATH(int, execvpe, -1, (const char* given, char* const* argv, char* const* env), (path, argv, env))
ONE_PATH(int, execveat, -1, (int folder, const char* given, char* const* argv, char* const* env, int flags),
         (folder, path, argv, env, flags))
ONE_PATH(int, posix_spawn, errno,
         (int* pid, const char* given, const void* actions, const void* attributes, char* const* argv,
          char* const* env),
         (pid, path, actions, attributes, argv, env))
ONE_PATH(int, posix_spawnp, errno,
         (int* pid, const char* given, const void* actions, const void* attributes, char* const* argv,
          char* const* env),
         (pid, path, actions, attributes, argv, env))
ONE_PATH(int, posix_spawn_file_actions_addopen, errno,
         (void* actions, int fd, const char* given, int flags, unsigned mode), (actions, fd, path, flags, mode))
ONE_PATH(int, posix_spawn_file_actions_addchdir_np, errno, (void* actions, const char* given), (actions, path))

// Names that are made up: the end of the real path goes back into the caller's.
#define TEMPLATE(result, name, failure, parameters, arguments)         \
  EXPORT result name parameters {                                      \
    NEXT(name, failure)                                                \
    Real translated(given);                                            \
    if (translated.refused()) return failure;                          \
    char* path = translated.changed() ? translated.writable() : given; \
    auto made = next arguments;                                        \
    if (translated.changed()) {                                        \
      size_t length = strlen(given);                                   \
      size_t tail = 0;                                                 \
      while (tail < length && given[length - tail - 1] != '/') ++tail; \
      memcpy(given + length - tail, path + strlen(path) - tail, tail); \
    }                                                                  \
    return made;                                                       \
  }
TEMPLATE(int, mkstemp, -1, (char* given), (path))
TEMPLATE(int, mkstemp64, -1, (char* given), (path))
TEMPLATE(int, mkostemp, -1, (char* given, int flags), (path, flags))
TEMPLATE(int, mkostemp64, -1, (char* given, int flags), (path, flags))
TEMPLATE(int, mkstemps, -1, (char* given, int suffix), (path, suffix))
TEMPLATE(int, mkstemps64, -1, (char* given, int suffix), (path, suffix))
TEMPLATE(int, mkostemps, -1, (char* given, int suffix, int flags), (path, suffix, flags))
TEMPLATE(int, mkostemps64, -1, (char* given, int suffix, int flags), (path, suffix, flags))

EXPORT char* mkdtemp(char* given) {
  NEXT(mkdtemp, nullptr)
  Real translated(given);
  if (translated.refused()) return nullptr;
  if (!translated.changed()) return next(given);
  char* path = next(translated.writable());
  if (path == nullptr) return nullptr;
  size_t length = strlen(given);
  memcpy(given, path + strlen(path) - length, length);
  return given;
}

// What the system says about paths
EXPORT char* getcwd(char* buffer, size_t size) {
  NEXT(getcwd, nullptr)
  char path[kPathMax];
  if (next(path, sizeof path) == nullptr) return nullptr;
  size_t length = hideRoot(path, strlen(path));
  if (size <= length && (buffer != nullptr || size != 0)) {
    errno = ERANGE;
    return nullptr;
  }
  if (buffer != nullptr || size <= length) return copyOut(path, length, buffer);
  auto* out = static_cast<char*>(malloc(size));  // as large as was asked for
  return out == nullptr ? nullptr : copyOut(path, length, out);
}
EXPORT char* __getcwd_chk(char* buffer, size_t size, size_t) { return getcwd(buffer, size); }
EXPORT char* get_current_dir_name() { return getcwd(nullptr, 0); }

EXPORT ssize readlinkat(int folder, const char* given, char* buffer, size_t size) {
  NEXT(readlinkat, -1)
  const Real path(given);
  if (path.refused()) return -1;
  char target[kPathMax];
  ssize length = next(folder, path, target, sizeof target - 1);
  if (length < 0) return length;
  target[length] = '\0';
  size_t visible = hideRoot(target, static_cast<size_t>(length));
  if (visible > size) visible = size;
  memcpy(buffer, target, visible);
  return static_cast<ssize>(visible);
}
EXPORT ssize readlink(const char* given, char* buffer, size_t size) {
  constexpr int kHere = -100;  // AT_FDCWD
  return readlinkat(kHere, given, buffer, size);
}
EXPORT ssize __readlink_chk(const char* given, char* buffer, size_t size, size_t) {
  return readlink(given, buffer, size);
}
EXPORT ssize __readlinkat_chk(int folder, const char* given, char* buffer, size_t size, size_t) {
  return readlinkat(folder, given, buffer, size);
}

EXPORT char* realpath(const char* given, char* resolved) {
  NEXT(realpath, nullptr)
  const Real path(given);
  if (path.refused()) return nullptr;
  char found[kPathMax];
  if (next(path, found) == nullptr) return nullptr;
  return copyOut(found, hideRoot(found, strlen(found)), resolved);
}
EXPORT char* __realpath_chk(const char* given, char* resolved, size_t) { return realpath(given, resolved); }
EXPORT char* canonicalize_file_name(const char* given) { return realpath(given, nullptr); }

// The dynamic linker looks at who calls, so every other name must reach it by a jump, not by a call of ours.
namespace {
__attribute__((noinline)) void* openLibrary(void* (*next)(const char*, int), const char* given, int flags) {
  const Real path(given);
  return path.refused() ? nullptr : next(path, flags);
}
}  // namespace
EXPORT void* dlopen(const char* given, int flags) {
  NEXT(dlopen, nullptr)
  if (ours(given) != nullptr) return openLibrary(next, given, flags);
  return next(given, flags);
}
