// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#ifndef CCURL_H
#define CCURL_H
#include <curl/curl.h>
#endif
