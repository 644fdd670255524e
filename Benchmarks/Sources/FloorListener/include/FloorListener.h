// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#ifndef FLOOR_LISTENER_H
#define FLOOR_LISTENER_H
#include <stdint.h>

/// A non-blocking listener on loopback that shares its port with those of the other loops. Port 0 lets the kernel choose,
/// and becomes what it chose. Ends the program when it cannot listen.
int floor_listen(uint16_t *port);

/// The next connection, non-blocking and without Nagle's delay; -1 = there is none.
int floor_accept(int listener);
#endif
