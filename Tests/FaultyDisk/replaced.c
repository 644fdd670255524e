// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// The functions of libc that write, replaced: each counts, fails if it is to, and tells durable.c.

#define _GNU_SOURCE
#include "faulty_disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 65536 };

struct control *control;
// Whose each descriptor is: NULL = not ours.
static struct file *owner[DESCRIPTORS];
// Stands for the folder itself.
static struct file folder_itself;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

int real_open(const char *path, int flags, mode_t mode) {
    static int (*real)(const char *, int, ...);
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    return real(path, flags, mode);
}

ssize_t real_pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    REAL(pwrite64);
    return real(descriptor, bytes, count, offset);
}

int real_ftruncate(int descriptor, off_t size) {
    REAL(ftruncate64);
    return real(descriptor, size);
}

int real_close(int descriptor) {
    REAL(close);
    return real(descriptor);
}

int real_rename(const char *from, const char *to) {
    REAL(rename);
    return real(from, to);
}

int real_unlink(const char *path) {
    REAL(unlink);
    return real(path);
}

void fail_loudly(const char *what) {
    fprintf(stderr, "faulty_disk: %s: %s\n", what, strerror(errno));
    _exit(97);
}

// MARK: Faults

// Counts the call; true when it is to fail, with errno set.
static int fails(enum kind kind) {
    if (!control || !(control->kinds & kind)) return 0;
    uint64_t number = ++control->calls;
    if (!control->fail_from || number < control->fail_from || number >= control->fail_until) return 0;
    control->failed++;
    errno = (int)control->error;
    return 1;
}

// How much of a write is done before it fails or ends.
static size_t part(size_t count) { return count > BLOCK ? count / 2 / BLOCK * BLOCK : count / 2; }

static ssize_t faulty_write(struct file *file, int descriptor, const void *bytes, size_t count, off_t offset) {
    int has_failed = fails(WRITE), error = errno;
    size_t done = count;
    int is_short = control && control->short_each && ++control->writes % control->short_each == 0 && count > 1;
    // What fails leaves a torn write.
    if (has_failed || is_short) done = part(count);
    ssize_t written = done ? real_pwrite(descriptor, bytes, done, offset) : 0;
    if (written > 0) {
        mark(file, offset, offset + written);
        maybe_write_early(file, descriptor, offset, offset + written);
    }
    if (has_failed) {
        errno = error;
        return -1;
    }
    return written;
}

static struct file *file_at(int descriptor) {
    if (!control || descriptor < 0 || descriptor >= DESCRIPTORS) return NULL;
    return owner[descriptor];
}

// MARK: Replaced functions

static int faulty_open(const char *path, int flags, mode_t mode) {
    if (!control) return real_open(path, flags, mode);
    const char *name = name_in_folder(path);
    if (!name) {
        int descriptor = real_open(path, flags, mode);
        if (descriptor >= 0 && descriptor < DESCRIPTORS)
            owner[descriptor] = strcmp(path, folder) ? NULL : &folder_itself;
        return descriptor;
    }
    pthread_mutex_lock(&mutex);
    int is_new = (flags & O_CREAT) && access(path, F_OK);
    int descriptor = -1;
    if (!(is_new && fails(CREATE))) {
        if (is_new) begin();
        descriptor = real_open(path, flags, mode);
        if (descriptor >= 0 && descriptor < DESCRIPTORS) {
            struct file *file = file_of(name);
            if (is_new) note_creation(file);
            owner[descriptor] = file;
        }
    }
    int error = errno;
    if (is_new) end();
    pthread_mutex_unlock(&mutex);
    errno = error;
    return descriptor;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return faulty_open(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return faulty_open(path, flags, mode);
}

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < DESCRIPTORS) owner[descriptor] = NULL;
    return real_close(descriptor);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) {
    struct file *file = file_at(descriptor);
    if (!file) return real_pwrite(descriptor, bytes, count, offset);
    pthread_mutex_lock(&mutex);
    ssize_t written = faulty_write(file, descriptor, bytes, count, offset);
    int error = errno;
    pthread_mutex_unlock(&mutex);
    errno = error;
    return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return pwrite64(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    struct file *file = file_at(descriptor);
    if (!file) {
        REAL(write);
        return real(descriptor, bytes, count);
    }
    pthread_mutex_lock(&mutex);
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    ssize_t written = faulty_write(file, descriptor, bytes, count, offset);
    int error = errno;
    if (written > 0) lseek(descriptor, written, SEEK_CUR);
    pthread_mutex_unlock(&mutex);
    errno = error;
    return written;
}

static int faulty_sync(int descriptor, int (*real)(int)) {
    struct file *file = file_at(descriptor);
    if (!file) return real(descriptor);
    pthread_mutex_lock(&mutex);
    int result = 0;
    if (fails(SYNC)) {
        result = -1;
        file->dirty_count = 0;
    } else if (file == &folder_itself) {
        sync_folder();
    } else {
        sync_file(file, descriptor);
    }
    int error = errno;
    pthread_mutex_unlock(&mutex);
    // The machine's own disk need not have it: no test switches the machine off.
    errno = error;
    return result;
}

int fsync(int descriptor) {
    REAL(fsync);
    return faulty_sync(descriptor, real);
}

int fdatasync(int descriptor) {
    REAL(fdatasync);
    return faulty_sync(descriptor, real);
}

int ftruncate64(int descriptor, off_t size) {
    struct file *file = file_at(descriptor);
    if (!file) return real_ftruncate(descriptor, size);
    pthread_mutex_lock(&mutex);
    int result = -1;
    if (!fails(TRUNCATE)) {
        begin();
        result = real_ftruncate(descriptor, size);
        if (!result) note_truncation(file, size);
    }
    int error = errno;
    end();
    pthread_mutex_unlock(&mutex);
    errno = error;
    return result;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

int unlink(const char *path) {
    const char *name = control ? name_in_folder(path) : NULL;
    if (!name) return real_unlink(path);
    pthread_mutex_lock(&mutex);
    int result = fails(UNLINK) ? -1 : real_unlink(path);
    // The name is remembered, so that the next sync of the folder removes it for good.
    if (!result) file_of(name);
    int error = errno;
    pthread_mutex_unlock(&mutex);
    errno = error;
    return result;
}

int rename(const char *from, const char *to) {
    const char *name = control ? name_in_folder(to) : NULL;
    if (!name) return real_rename(from, to);
    pthread_mutex_lock(&mutex);
    int result = -1;
    if (!fails(RENAME)) {
        begin();
        result = real_rename(from, to);
    }
    if (!result) {
        struct stat now;
        struct file *file = file_of(name);
        file->is_named_durably = 0;
        file->dirty_count = 0;
        if (!stat(to, &now)) mark(file, 0, now.st_size);
    }
    int error = errno;
    end();
    pthread_mutex_unlock(&mutex);
    errno = error;
    return result;
}

// MARK: Start

__attribute__((constructor)) static void start(void) {
    const char *where = getenv("FAULTY_DISK_FOLDER"), *page = getenv("FAULTY_DISK_CONTROL");
    const char *copies = getenv("FAULTY_DISK_DURABLE");
    if (!where || !page) return;
    snprintf(folder, sizeof folder, "%s", where);
    if (copies) snprintf(durable, sizeof durable, "%s", copies);
    int descriptor = real_open(page, O_RDWR | O_CLOEXEC, 0);
    if (descriptor < 0) fail_loudly(page);
    struct control *mapped = mmap(NULL, sizeof *mapped, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) fail_loudly(page);
    real_close(descriptor);
    adopt_files();
    control = mapped;
}
