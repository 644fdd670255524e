// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
// Swift's Glibc module map leaves out these headers and accept4; this target is only the door to them.
#ifndef CEPOLL_H
#define CEPOLL_H
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

int pr_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
#endif
