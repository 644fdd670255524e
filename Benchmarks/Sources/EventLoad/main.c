// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// As many POSTs of events as a server takes, each with an id of its own, from one thread that costs little more than its
// system calls: wrk builds each body anew in Lua, which takes as much of the two cores as half of a relay.
//
// EventLoad PORT CONNECTIONS SECONDS EVENT-FILE RUN API-KEY kept|close [RATE]
// The event file has @EVENT@, @AGENT@ and @CONVERSATION@ where ids go; RUN keeps those of several runs apart. With RATE
// that many events a second are due, each at its time whether others have been answered or not, and what one waits for a
// free connection counts as time to its answer. Prints, separated by tabs: answers, seconds, p50 ms, p99 ms, p99.9 ms,
// failures, answers of 300 and more, greatest ms, greatest ms by which this program itself woke too late.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AGENTS = 1000, MOST_PLACES = 64, ID = 36, ANSWER = 16384, BUCKETS = 40 * 32 };

static struct sockaddr_in address;
static int closes, poll_descriptor;
static long run, events, answers, failures, refused;
static int64_t start, end;
/// Events a second that are due, or 0 for as many as go.
static double rate;
static int64_t greatest, latest;

/// The request, and where in it ids stand.
static char *request;
static size_t length;
static struct {
    size_t at;
    char kind;
} places[MOST_PLACES];
static int count_of_places;

struct connection {
    int descriptor;
    char *request;
    size_t sent;
    char answer[ANSWER];
    size_t received;
    int64_t begun;
    /// Whether it waits for an event to send, and the next that does.
    int is_idle;
    struct connection *next_idle;
};

/// Connections without an event to send, if events have their time.
static struct connection *idle;

/// Times to the answer: 32 steps for each doubling of nanoseconds.
static long buckets[BUCKETS];

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int bucket(uint64_t nanoseconds) {
    if (nanoseconds < 32) return (int)nanoseconds;
    int power = 63 - __builtin_clzll(nanoseconds);
    int index = (power - 4) * 32 + (int)((nanoseconds >> (power - 5)) & 31);
    return index < BUCKETS ? index : BUCKETS - 1;
}

static double milliseconds(double share) {
    long seen = 0;
    for (int index = 0; index < BUCKETS; index++) {
        seen += buckets[index];
        if (seen > 0 && (double)seen >= share * (double)answers) {
            int power = index / 32 + 4;
            return (double)((UINT64_C(32) + (uint64_t)(index & 31)) << (power - 5)) / 1e6;
        }
    }
    return 0;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/// Reads the template, puts the head before it and notes where ids go.
static void make_request(const char *path, const char *key) {
    FILE *file = fopen(path, "r");
    if (file == NULL) fail(path);
    char *text = calloc(1, 65536);
    size_t size = fread(text, 1, 65535, file);
    fclose(file);
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == ' ')) size--;
    char *body = calloc(1, size + MOST_PLACES * ID);
    size_t body_length = 0;
    for (size_t from = 0; from < size;) {
        size_t name = from + 1;
        while (name < size && text[name] >= 'A' && text[name] <= 'Z') name++;
        if (text[from] == '@' && name > from + 1 && text[name] == '@' && count_of_places < MOST_PLACES) {
            places[count_of_places].at = body_length;
            places[count_of_places++].kind = text[from + 1];
            body_length += ID;
            from = name + 1;
        } else {
            body[body_length++] = text[from++];
        }
    }
    request = calloc(1, body_length + 1024);
    int head = snprintf(request, 1024,
        "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n%s"
        "X-API-Key: %s\r\nContent-Length: %zu\r\n\r\n",
        closes ? "Connection: close\r\n" : "", key, body_length);
    memcpy(request + head, body, body_length);
    length = (size_t)head + body_length;
    for (int index = 0; index < count_of_places; index++) places[index].at += (size_t)head;
    free(text);
    free(body);
}

static void rest(struct connection *connection) {
    connection->is_idle = 1;
    connection->next_idle = idle;
    idle = connection;
}

/// When the event of that number is due.
static int64_t due(long number) { return start + (int64_t)((double)number * 1e9 / rate); }

/// Makes the next event the connection's, and connects if there is no connection.
static void begin(struct connection *connection) {
    long number = events++;
    for (int index = 0; index < count_of_places; index++) {
        char id[ID + 1];
        long kind = places[index].kind == 'E' ? 16 + run : places[index].kind == 'A' ? 1 : 2;
        snprintf(id, sizeof id, "%08lx-0000-4000-8000-%012lx", kind, kind < 16 ? number % AGENTS : number);
        memcpy(connection->request + places[index].at, id, ID);
    }
    connection->sent = connection->received = 0;
    connection->begun = rate > 0 ? due(number) : now();
    if (connection->descriptor < 0) {
        int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
        if (descriptor < 0) fail("socket");
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) fail("connect");
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
        if (epoll_ctl(poll_descriptor, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
        connection->descriptor = descriptor;
    }
}

/// Sends what is left of the request; 0 when the connection is gone.
static int send_rest(struct connection *connection) {
    while (connection->sent < length) {
        ssize_t written =
            send(connection->descriptor, connection->request + connection->sent, length - connection->sent, MSG_NOSIGNAL);
        if (written < 0) return errno == EAGAIN || errno == ENOTCONN;
        connection->sent += (size_t)written;
    }
    return 1;
}

/// Whether the answer is complete: its head, and as much content as that tells.
static int is_complete(struct connection *connection) {
    connection->answer[connection->received] = 0;
    char *content = strstr(connection->answer, "\r\n\r\n");
    if (content == NULL) return 0;
    char *field = strcasestr(connection->answer, "\r\ncontent-length:");
    size_t told = field != NULL && field < content ? strtoul(field + 17, NULL, 10) : 0;
    return connection->received >= (size_t)(content + 4 - connection->answer) + told;
}

static void disconnect(struct connection *connection) {
    close(connection->descriptor);
    connection->descriptor = -1;
}

/// Goes on with a connection about which there is news.
static void go_on(struct connection *connection) {
    if (connection->is_idle) {
        // The server has closed what was idle for too long.
        if (recv(connection->descriptor, connection->answer, 1, MSG_PEEK) == 0) disconnect(connection);
        return;
    }
    for (;;) {
        int works = send_rest(connection), ends = 0;
        while (works && connection->received < ANSWER - 1) {
            ssize_t size = recv(connection->descriptor, connection->answer + connection->received,
                ANSWER - 1 - connection->received, 0);
            if (size < 0) {
                if (errno != EAGAIN) works = 0;
                break;
            }
            if (size == 0) {
                ends = 1;
                break;
            }
            connection->received += (size_t)size;
            if (!closes && is_complete(connection)) break;
        }
        if (works && connection->received > 0 && (!closes || ends) && is_complete(connection)) {
            answers++;
            if (atoi(connection->answer + 9) >= 300) refused++;
            int64_t taken = now() - connection->begun;
            if (taken > greatest) greatest = taken;
            buckets[bucket((uint64_t)taken)]++;
            if (closes) disconnect(connection);
        } else if (!works || ends) {
            failures++;
            disconnect(connection);
        } else {
            return;
        }
        int64_t time = now();
        if (rate > 0 ? due(events) > time || due(events) >= end : time >= end) {
            rest(connection);
            return;
        }
        int is_new = connection->descriptor < 0;
        begin(connection);
        // Of what is just being connected there is news to come.
        if (is_new) return;
    }
}

/// Sends what is due on connections that wait; returns when the next can be sent, as far as that is known.
static int64_t send_due(void) {
    while (idle != NULL && due(events) < end && due(events) <= now()) {
        struct connection *connection = idle;
        idle = connection->next_idle;
        connection->is_idle = 0;
        int is_new = connection->descriptor < 0;
        begin(connection);
        if (!is_new) go_on(connection);
    }
    // Without a connection that waits only an answer goes on, and looking for it again and again would take the processor
    // from the one who makes it.
    int64_t next = due(events);
    return idle != NULL && next < end ? next : INT64_MAX;
}

int main(int count, char **arguments) {
    if (count != 8 && count != 9) {
        fprintf(stderr, "usage: EventLoad PORT CONNECTIONS SECONDS EVENT-FILE RUN API-KEY kept|close [RATE]\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)atoi(arguments[1]));
    int connections = atoi(arguments[2]);
    run = atol(arguments[5]);
    closes = strcmp(arguments[7], "close") == 0;
    make_request(arguments[4], arguments[6]);
    poll_descriptor = epoll_create1(0);
    rate = count == 9 ? atof(arguments[8]) : 0;
    start = now();
    end = start + (int64_t)(atof(arguments[3]) * 1e9);
    for (int index = 0; index < connections; index++) {
        struct connection *connection = calloc(1, sizeof *connection);
        connection->descriptor = -1;
        connection->request = malloc(length);
        memcpy(connection->request, request, length);
        if (rate > 0) {
            rest(connection);
        } else {
            begin(connection);
        }
    }
    static struct epoll_event news[256];
    // Answers to what was sent in time are waited for, ten seconds at most.
    while (now() < end || (rate > 0 && answers + failures < events && now() < end + INT64_C(10000000000))) {
        int64_t wake = now() + 10000000, next = rate > 0 ? send_due() : wake;
        if (next < wake) wake = next;
        int64_t wait = wake - now();
        struct timespec limit = {.tv_nsec = wait > 0 ? wait : 0};
        int ready = epoll_pwait2(poll_descriptor, news, 256, &limit, NULL);
        if (ready == 0 && now() - wake > latest) latest = now() - wake;
        for (int index = 0; index < ready; index++) go_on(news[index].data.ptr);
    }
    double taken = (double)(now() - start) / 1e9;
    printf("%ld\t%.3f\t%.3f\t%.3f\t%.3f\t%ld\t%ld\t%.3f\t%.3f\n", answers, taken, milliseconds(0.5),
        milliseconds(0.99), milliseconds(0.999), failures + (rate > 0 ? events - answers - failures : 0), refused,
        (double)greatest / 1e6, (double)latest / 1e6);
    return 0;
}
