/* Preloaded into a process, it makes one call on a file below a folder the last one, or the disk full from then on.

   FAULTS_FOLDER  the folder, absolute and without symbolic links
   FAULTS_KIND    which calls count: write, sync, rename, open (that may create), truncate, unlink, or any
   FAULTS_NAME    if given, only calls count on files whose name holds this text
   FAULTS_AT      the number of the call, from 1; 0 is none
   FAULTS_ACTION  kill-before, kill-after, full (that call and all after it that need room fail), once (that call fails)
   FAULTS_REPORT  a file outside of the folder, for the lines "call KIND NAME" (if FAULTS_TRACE is set),
                  "hit KIND NAME TIME", and at the end "total N"

   Linux on 64 bits. The work is done by bare system calls, so that nothing here is intercepted again. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum verdict { PASS, HALF, FAIL, DIE_AFTER };

static const char *folder, *kind_wanted, *name_wanted, *action, *report_file;
static size_t folder_length;
static long at;
static int trace;
static atomic_long count;
static atomic_int full;

static void report(const char *line) {
    int fd = syscall(SYS_openat, AT_FDCWD, report_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd >= 0) {
        syscall(SYS_write, fd, line, strlen(line));
        syscall(SYS_close, fd);
    }
}

static const char *or_else(const char *variable, const char *otherwise) {
    const char *value = getenv(variable);
    return value ? value : otherwise;
}

__attribute__((constructor)) static void begin(void) {
    kind_wanted = or_else("FAULTS_KIND", "any");
    name_wanted = or_else("FAULTS_NAME", "");
    action = or_else("FAULTS_ACTION", "full");
    at = atol(or_else("FAULTS_AT", "0"));
    trace = getenv("FAULTS_TRACE") != NULL;
    report_file = getenv("FAULTS_REPORT");
    folder = report_file ? getenv("FAULTS_FOLDER") : NULL; /* without both, all calls pass */
    folder_length = folder ? strlen(folder) : 0;
}

__attribute__((destructor)) static void end(void) {
    char line[64];
    if (folder) {
        snprintf(line, sizeof line, "total %ld\n", atomic_load(&count));
        report(line);
    }
}

static void die(void) {
    syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
    for (;;)
        pause();
}

static void path_of_fd(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length > 0 ? length : 0] = 0;
}

static void path_of_name(int dir, const char *name, char *path) {
    char base[PATH_MAX] = "";
    if (name[0] != '/' && dir != AT_FDCWD)
        path_of_fd(dir, base);
    else if (name[0] != '/' && !getcwd(base, sizeof base))
        base[0] = 0;
    if ((size_t)snprintf(path, PATH_MAX, "%s%s%s", base, name[0] == '/' ? "" : "/", name) >= PATH_MAX)
        path[0] = 0;
}

static enum verdict hit(const char *kind, const char *name, int needs_room) {
    char line[PATH_MAX];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(line, sizeof line, "hit %s %s %lld.%06ld\n", kind, name, (long long)now.tv_sec, now.tv_nsec / 1000);
    report(line);
    if (!strcmp(action, "kill-before"))
        die();
    if (!strcmp(action, "kill-after"))
        return DIE_AFTER;
    if (!strcmp(action, "once"))
        return FAIL;
    atomic_store(&full, 1);
    return !needs_room ? PASS : strcmp(kind, "write") ? FAIL : HALF;
}

static enum verdict judge(const char *kind, const char *path, int needs_room) {
    char line[PATH_MAX];
    if (!folder || strncmp(path, folder, folder_length) || (path[folder_length] && path[folder_length] != '/'))
        return PASS;
    if (atomic_load(&full))
        return needs_room ? FAIL : PASS;
    const char *name = strrchr(path, '/') + 1;
    if ((strcmp(kind_wanted, "any") && strcmp(kind_wanted, kind)) || !strstr(name, name_wanted))
        return PASS;
    long number = atomic_fetch_add(&count, 1) + 1;
    if (trace) {
        snprintf(line, sizeof line, "call %s %s\n", kind, name);
        report(line);
    }
    return number == at ? hit(kind, name, needs_room) : PASS;
}

static enum verdict judge_fd(const char *kind, int fd, int needs_room) {
    char path[PATH_MAX];
    if (!folder)
        return PASS;
    path_of_fd(fd, path);
    return judge(kind, path, needs_room);
}

static enum verdict judge_name(const char *kind, int dir, const char *name, int needs_room) {
    char path[PATH_MAX];
    if (!folder || !name)
        return PASS;
    path_of_name(dir, name, path);
    return judge(kind, path, needs_room);
}

static long no_room(void) {
    errno = ENOSPC;
    return -1;
}

static long done(enum verdict verdict, long result) {
    if (verdict == DIE_AFTER)
        die();
    return result;
}

/* --- write */

ssize_t write(int fd, const void *data, size_t size) {
    enum verdict verdict = judge_fd("write", fd, 1);
    if (verdict == FAIL || (verdict == HALF && size < 2))
        return no_room();
    return done(verdict, syscall(SYS_write, fd, data, verdict == HALF ? size / 2 : size));
}

ssize_t writev(int fd, const struct iovec *parts, int number) {
    enum verdict verdict = judge_fd("write", fd, 1);
    if (verdict == FAIL || (verdict == HALF && (number < 1 || parts[0].iov_len < 2)))
        return no_room();
    if (verdict == HALF)
        return syscall(SYS_write, fd, parts[0].iov_base, parts[0].iov_len / 2);
    return done(verdict, syscall(SYS_writev, fd, parts, number));
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    enum verdict verdict = judge_fd("write", fd, 1);
    if (verdict == FAIL || (verdict == HALF && size < 2))
        return no_room();
    return done(verdict, syscall(SYS_pwrite64, fd, data, verdict == HALF ? size / 2 : size, offset));
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

/* --- sync, truncate */

int fsync(int fd) {
    enum verdict verdict = judge_fd("sync", fd, 1);
    return verdict == FAIL ? no_room() : done(verdict, syscall(SYS_fsync, fd));
}

int fdatasync(int fd) {
    enum verdict verdict = judge_fd("sync", fd, 1);
    return verdict == FAIL ? no_room() : done(verdict, syscall(SYS_fdatasync, fd));
}

int ftruncate64(int fd, off64_t size) {
    struct stat now;
    enum verdict verdict = judge_fd("truncate", fd, !fstat(fd, &now) && size > now.st_size);
    return verdict == FAIL ? no_room() : done(verdict, syscall(SYS_ftruncate, fd, size));
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

/* --- names */

int renameat2(int from, const char *old, int to, const char *new, unsigned int flags) {
    enum verdict verdict = judge_name("rename", from, old, 0);
    return verdict == FAIL ? no_room() : done(verdict, syscall(SYS_renameat2, from, old, to, new, flags));
}

int renameat(int from, const char *old, int to, const char *new) { return renameat2(from, old, to, new, 0); }

int rename(const char *old, const char *new) { return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0); }

int unlinkat(int dir, const char *name, int flags) {
    enum verdict verdict = judge_name("unlink", dir, name, 0);
    return verdict == FAIL ? no_room() : done(verdict, syscall(SYS_unlinkat, dir, name, flags));
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int mkdirat(int dir, const char *name, mode_t mode) {
    enum verdict verdict = judge_name("open", dir, name, 1);
    return verdict == FAIL ? no_room() : done(verdict, syscall(SYS_mkdirat, dir, name, mode));
}

int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

/* --- open */

static int open_in(int dir, const char *name, int flags, mode_t mode) {
    enum verdict verdict = PASS;
    if (flags & O_CREAT)
        verdict = judge_name("open", dir, name, syscall(SYS_faccessat, dir, name, F_OK) != 0);
    return verdict == FAIL ? no_room() : done(verdict, syscall(SYS_openat, dir, name, flags, mode));
}

static mode_t mode_in(va_list more, int flags) {
    return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(more, mode_t) : 0;
}

#define OPEN_BODY(dir)                                                                                                 \
    {                                                                                                                  \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = mode_in(more, flags);                                                                            \
        va_end(more);                                                                                                  \
        return open_in(dir, name, flags, mode);                                                                        \
    }

int open(const char *name, int flags, ...) OPEN_BODY(AT_FDCWD)
int open64(const char *name, int flags, ...) OPEN_BODY(AT_FDCWD)
int openat(int dir, const char *name, int flags, ...) OPEN_BODY(dir)
int openat64(int dir, const char *name, int flags, ...) OPEN_BODY(dir)
