// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// A disk that fails when it is told to, for one folder of one process: preloaded into it (LD_PRELOAD).
//
//   FAULTY_DISK_FOLDER   the folder; only files that lie directly in it are touched
//   FAULTY_DISK_CONTROL  a file of sizeof(struct control) bytes, mapped: the test writes what is to fail, and reads
//                        how often it did, while the process runs and after it was killed
//   FAULTY_DISK_DURABLE  optional: a second folder that holds what a power cut would leave for certain
//
// Syncs are not passed on: they would only cost time.
//
// What is durable is modelled as POSIX promises it, and no better: a file's content as of its last fsync or fdatasync,
// a name as of the last fsync of its folder. Whoever plays the power cut (PowerCut.swift) takes these, and any part of
// what differs in the real folder. After a failed sync Linux takes the pages for clean: the next sync succeeds without
// having written them. So does this one.

#pragma once

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

enum kind { CREATE = 1, WRITE = 2, SYNC = 4, TRUNCATE = 8, RENAME = 16, UNLINK = 32 };

// Mirrored by FaultyDisk.Field in Swift.
struct control {
    uint64_t calls;      // made so far, of the kinds that count
    uint64_t fail_from;  // the first call to fail, counted from 1; 0 = none
    uint64_t fail_until; // the first one after it that does not
    uint64_t error;      // errno of those that fail
    uint64_t kinds;      // what counts, as a sum of `enum kind`
    uint64_t failed;     // calls that were made to fail
    uint64_t short_each; // every so-manieth write writes only a part; 0 = none
    uint64_t early;      // of 1000 writes so many are on disk before anybody asks for it
    uint64_t random;     // state of the generator for `early`; 0 = none
    uint64_t writes;     // all of them, for `short_each`
    uint64_t between;    // 1 while the folder and what is known to be durable of it do not belong together
};

enum { FILES = 64, RANGES = 4096, BLOCK = 4096 };

struct range { off_t from, until; };

struct file {
    char name[NAME_MAX + 1];
    int is_named_durably; // a power cut leaves the name
    int dirty_count;
    struct range dirty[RANGES];
};

extern struct control *control;
extern char folder[1024], durable[1024];

// Names: files are known by theirs, also when they are gone.
const char *name_in_folder(const char *path); // NULL when the path does not lie directly in the folder
struct file *file_of(const char *name);
void mark(struct file *file, off_t from, off_t until);
void adopt_files(void);

// A kill in between leaves something that no disk would: what was done to a file, without what it means for what is durable.
// The test must not play a power cut then.
void begin(void);
void end(void);

// What a power cut leaves. `written` is a descriptor of the real file, open for reading too.
void sync_file(struct file *file, int written);
void sync_folder(void);
void note_creation(struct file *file);
void note_truncation(struct file *file, off_t size);
void maybe_write_early(struct file *file, int written, off_t from, off_t until);

// The functions of libc.
int real_open(const char *path, int flags, mode_t mode);
ssize_t real_pwrite(int descriptor, const void *bytes, size_t count, off_t offset);
int real_ftruncate(int descriptor, off_t size);
int real_close(int descriptor);
int real_rename(const char *from, const char *to);
int real_unlink(const char *path);

void fail_loudly(const char *what);
