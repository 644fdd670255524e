// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#define _GNU_SOURCE
#include "CEpoll.h"
#include <pthread.h>

int pr_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(fd, address, length, flags);
}

int pr_set_thread_name(const char *name) {
    return pthread_setname_np(pthread_self(), name);
}
