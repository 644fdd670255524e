// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

#define _GNU_SOURCE
#include "faulty_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char folder[1024], durable[1024];
static struct file files[FILES];

// MARK: Names

// The part of the path after the folder, or NULL when it does not lie directly in it.
const char *name_in_folder(const char *path) {
    size_t length = strlen(folder);
    if (!length || strncmp(path, folder, length) || path[length] != '/') return NULL;
    const char *name = path + length + 1;
    return *name && !strchr(name, '/') ? name : NULL;
}

static void durable_path(char *path, const char *name, int is_pending) {
    snprintf(path, PATH_MAX, "%s/%s%s", durable, name, is_pending ? ".pending" : "");
}

// Holds the least size that the file was cut to since its last sync.
static void truncation_path(char *path, const char *name) {
    snprintf(path, PATH_MAX, "%s/%s.truncated", durable, name);
}

struct file *file_of(const char *name) {
    struct file *free_one = NULL;
    for (int index = 0; index < FILES; index++) {
        if (!strcmp(files[index].name, name)) return &files[index];
        if (!files[index].name[0] && !free_one) free_one = &files[index];
    }
    if (!free_one) fail_loudly("too many files");
    snprintf(free_one->name, sizeof free_one->name, "%s", name);
    free_one->is_named_durably = 1;
    free_one->dirty_count = 0;
    return free_one;
}

// SQLite's index of the log is rebuilt after a power cut, and the lock file says nothing of its content.
static int is_volatile(const char *name) {
    size_t length = strlen(name);
    return (length > 4 && !strcmp(name + length - 4, "-shm")) || (length > 5 && !strcmp(name + length - 5, ".lock"));
}

void mark(struct file *file, off_t from, off_t until) {
    if (from >= until) return;
    if (file->dirty_count == RANGES) {
        for (int index = 0; index < RANGES; index++) {
            if (file->dirty[index].from < from) from = file->dirty[index].from;
            if (file->dirty[index].until > until) until = file->dirty[index].until;
        }
        file->dirty_count = 0;
    }
    struct range *last = file->dirty_count ? &file->dirty[file->dirty_count - 1] : NULL;
    if (last && last->until == from) last->until = until;
    else file->dirty[file->dirty_count++] = (struct range){ from, until };
}

// MARK: What is durable

void begin(void) {
    if (control) __atomic_store_n(&control->between, 1, __ATOMIC_SEQ_CST);
}

void end(void) {
    if (control) __atomic_store_n(&control->between, 0, __ATOMIC_SEQ_CST);
}

// Reads through the descriptor that is written: closing another of the same file would drop SQLite's POSIX locks.
static void copy(int from_descriptor, int to, off_t from, off_t until) {
    char buffer[16 * BLOCK];
    while (from < until) {
        size_t wanted = until - from < (off_t)sizeof buffer ? (size_t)(until - from) : sizeof buffer;
        ssize_t count = pread(from_descriptor, buffer, wanted, from);
        if (count < 0) fail_loudly("reading what is to be durable");
        if (!count) return; // the file has become shorter
        if (real_pwrite(to, buffer, (size_t)count, from) != count) fail_loudly("writing what is to be durable");
        from += count;
    }
}

static int open_durable(const struct file *file) {
    char path[PATH_MAX];
    durable_path(path, file->name, !file->is_named_durably);
    int descriptor = real_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) fail_loudly(path);
    return descriptor;
}

void sync_file(struct file *file, int written) {
    if (!durable[0] || is_volatile(file->name)) return;
    char path[PATH_MAX];
    struct stat now;
    if (fstat(written, &now)) fail_loudly(file->name);
    int descriptor = open_durable(file);
    // A part of what is synced may be durable before the rest; but not a part of what follows a truncation without it.
    truncation_path(path, file->name);
    int was_cut = !access(path, F_OK);
    if (was_cut) begin();
    for (int index = 0; index < file->dirty_count; index++)
        copy(written, descriptor, file->dirty[index].from, file->dirty[index].until);
    if (real_ftruncate(descriptor, now.st_size)) fail_loudly("durable size");
    file->dirty_count = 0;
    real_close(descriptor);
    real_unlink(path);
    if (was_cut) end();
}

// A new file is another one than the durable one of its name: none of its blocks is one of that.
void note_creation(struct file *file) {
    file->is_named_durably = 0;
    file->dirty_count = 0;
    if (!durable[0] || is_volatile(file->name)) return;
    char path[PATH_MAX];
    int descriptor = open_durable(file);
    if (real_ftruncate(descriptor, 0)) fail_loudly(file->name);
    real_close(descriptor);
    truncation_path(path, file->name);
    real_unlink(path);
}

// What is written after a truncation goes to new blocks, which the file has only when the truncation is on disk too.
void note_truncation(struct file *file, off_t size) {
    if (!durable[0] || is_volatile(file->name)) return;
    char path[PATH_MAX], text[32] = "";
    truncation_path(path, file->name);
    int descriptor = real_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) fail_loudly(path);
    if (pread(descriptor, text, sizeof text - 1, 0) <= 0 || size < strtoll(text, NULL, 10)) {
        int length = snprintf(text, sizeof text, "%lld", (long long)size);
        if (real_ftruncate(descriptor, 0) || real_pwrite(descriptor, text, (size_t)length, 0) != length)
            fail_loudly(path);
    }
    real_close(descriptor);
}

// All names of the folder as they are now.
void sync_folder(void) {
    if (!durable[0]) return;
    char path[PATH_MAX], pending[PATH_MAX];
    begin();
    for (int index = 0; index < FILES; index++) {
        struct file *file = &files[index];
        if (!file->name[0] || is_volatile(file->name)) continue;
        char here[PATH_MAX];
        snprintf(here, sizeof here, "%s/%s", folder, file->name);
        durable_path(path, file->name, 0);
        durable_path(pending, file->name, 1);
        if (access(here, F_OK)) {
            real_unlink(path);
            real_unlink(pending);
            truncation_path(path, file->name);
            real_unlink(path);
        } else if (!file->is_named_durably) {
            // Without a sync of its content so far it is an empty file.
            real_close(open_durable(file));
            real_rename(pending, path);
            file->is_named_durably = 1;
        }
    }
    end();
}

void maybe_write_early(struct file *file, int written, off_t from, off_t until) {
    if (!durable[0] || !control || !control->early || is_volatile(file->name)) return;
    uint64_t state = control->random ? control->random : 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    control->random = state;
    if (state % 1000 >= control->early) return;
    char path[PATH_MAX];
    truncation_path(path, file->name);
    if (!access(path, F_OK)) return;
    int descriptor = open_durable(file);
    copy(written, descriptor, from, until);
    real_close(descriptor);
}

// What an earlier process has written without a sync is still in the kernel's memory: the next sync takes it along.
void adopt_files(void) {
    DIR *directory = opendir(folder);
    if (!directory) return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        char path[PATH_MAX], known[PATH_MAX];
        struct stat now;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &now) || !S_ISREG(now.st_mode)) continue;
        struct file *file = file_of(entry->d_name);
        durable_path(known, entry->d_name, 0);
        file->is_named_durably = !durable[0] || !access(known, F_OK);
        mark(file, 0, now.st_size);
    }
    closedir(directory);
}
