// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
// Swift's Glibc module map leaves out these headers, accept4 and pthread_setname_np; this target is only the door to them.
#ifndef CEPOLL_H
#define CEPOLL_H
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// The name of the calling thread, at most 15 characters.
int pr_set_thread_name(const char *name);
int pr_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
#endif
