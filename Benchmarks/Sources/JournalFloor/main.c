// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// The least that a server has to do which answers when an event is on the disk: an epoll loop for each core reads a request
// to the end of its content, one writer puts all that wait into the journal's table in one transaction, the loop answers.
// Nothing is checked, decoded, compressed, looked up or decided. What a relay can reach with these cores, this load and this
// SQLite is below it.
//
// JournalFloor DATABASE [PORT]; port 0 (the default) lets the kernel choose. Prints "listening on http://127.0.0.1:PORT".

#define _GNU_SOURCE
#include <FloorListener.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { ROOM = 32 * 1024, MOST_LOOPS = 64 };

struct client {
    int descriptor, closes, loop;
    size_t filled, head, content;
    /// The next one in the writer's queue, or in that of what is on the disk.
    struct client *next;
    char bytes[ROOM];
};

/// What is on the disk, by loop, and how the loop hears of it.
static struct {
    pthread_mutex_t lock;
    struct client *written;
    int listener, wakeup;
} loops[MOST_LOOPS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static struct client *waiting;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

// MARK: - The writer

static sqlite3 *database;

static void execute(const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(database));
        exit(1);
    }
}

static void *write_all(void *argument) {
    (void)argument;
    sqlite3_stmt *insert;
    const char *sql = "INSERT INTO entries (slot, key, source, topic, agent_id, received_at, body) "
                      "VALUES (?5, ?1, 'webhook', ?2, ?3, ?4, ?6)";
    if (sqlite3_prepare_v2(database, sql, -1, &insert, NULL) != SQLITE_OK) exit(1);
    uint64_t random = 88172645463325252u;
    for (long count = 0;;) {
        pthread_mutex_lock(&lock);
        while (waiting == NULL) pthread_cond_wait(&filled, &lock);
        struct client *group = waiting;
        waiting = NULL;
        pthread_mutex_unlock(&lock);
        execute("BEGIN IMMEDIATE");
        for (struct client *client = group; client != NULL; client = client->next) {
            char key[64], agent[48], topic[80];
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            count++;
            snprintf(key, sizeof key, "eb:%016llX-0000-4000-%012lx", (unsigned long long)random, count);
            snprintf(agent, sizeof agent, "11111111-0000-4000-8000-%012lx", count % 1000);
            snprintf(topic, sizeof topic, "v2.users.%s.conversations", agent);
            sqlite3_bind_text(insert, 1, key, -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 2, topic, -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 3, agent, -1, SQLITE_STATIC);
            sqlite3_bind_int64(insert, 4, count);
            sqlite3_bind_int64(insert, 5, count);
            sqlite3_bind_blob(insert, 6, client->bytes + client->head, (int)client->content, SQLITE_STATIC);
            if (sqlite3_step(insert) != SQLITE_DONE) execute("ROLLBACK");
            sqlite3_reset(insert);
        }
        execute("COMMIT");
        int wakes[MOST_LOOPS] = {0};
        for (struct client *client = group, *next; client != NULL; client = next) {
            next = client->next;
            int loop = client->loop;
            pthread_mutex_lock(&loops[loop].lock);
            client->next = loops[loop].written;
            loops[loop].written = client;
            pthread_mutex_unlock(&loops[loop].lock);
            wakes[loop] = 1;
        }
        uint64_t one = 1;
        for (int loop = 0; loop < MOST_LOOPS; loop++)
            if (wakes[loop] && write(loops[loop].wakeup, &one, sizeof one) < 0) fail("eventfd");
    }
}

static void open_database(const char *path) {
    if (sqlite3_open(path, &database) != SQLITE_OK) exit(1);
    execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE entries (sequence INTEGER PRIMARY KEY, slot INTEGER NOT NULL, key TEXT NOT NULL,"
            " source TEXT NOT NULL, topic TEXT NOT NULL, agent_id TEXT, received_at INTEGER NOT NULL,"
            " body BLOB NOT NULL, UNIQUE (slot, key)) STRICT;");
}

// MARK: - The loops

static const char *const answers[2] = {
#define ANSWER(connection)                                                                                   \
    "HTTP/1.1 202 Accepted\r\nDate: Fri, 27 Nov 2026 12:00:00 GMT\r\n" connection                             \
    "Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{\"accepted\":1,\"duplicate\":0,\"ignored\":0}"
    ANSWER(""),
    ANSWER("Connection: close\r\n"),
};

/// Takes what has come; 0 = the connection is over.
static int take(struct client *client) {
    // The writer has it: whoever goes meanwhile is found out by the answer.
    if (client->head > 0 && client->filled >= client->head + client->content) return 1;
    ssize_t count = read(client->descriptor, client->bytes + client->filled, ROOM - 1 - client->filled);
    if (count <= 0) return count < 0;
    client->filled += (size_t)count;
    if (client->head == 0) {
        client->bytes[client->filled] = 0;
        char *end = strstr(client->bytes, "\r\n\r\n");
        if (end == NULL) return 1;
        *end = 0;
        client->head = (size_t)(end + 4 - client->bytes);
        char *length = strcasestr(client->bytes, "\r\ncontent-length:");
        client->content = length ? strtoul(length + 17, NULL, 10) : 0;
        client->closes = strcasestr(client->bytes, "\r\nconnection: close") != NULL;
    }
    if (client->filled < client->head + client->content) return 1;
    pthread_mutex_lock(&lock);
    client->next = waiting;
    waiting = client;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
    return 1;
}

static void end(struct client *client) {
    close(client->descriptor);
    free(client);
}

static void answer_written(int loop) {
    uint64_t count;
    if (read(loops[loop].wakeup, &count, sizeof count) < 0) return;
    pthread_mutex_lock(&loops[loop].lock);
    struct client *client = loops[loop].written, *next;
    loops[loop].written = NULL;
    pthread_mutex_unlock(&loops[loop].lock);
    for (; client != NULL; client = next) {
        next = client->next;
        const char *answer = answers[client->closes];
        client->filled = client->head = 0;
        if (write(client->descriptor, answer, strlen(answer)) < 0 || client->closes) end(client);
    }
}

static void *run(void *argument) {
    int loop = (int)(long)argument, poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
    epoll_ctl(poller, EPOLL_CTL_ADD, loops[loop].listener, &event);
    event.data.u64 = 1;
    epoll_ctl(poller, EPOLL_CTL_ADD, loops[loop].wakeup, &event);
    struct epoll_event events[256];
    for (;;) {
        int count = epoll_wait(poller, events, 256, -1);
        for (int index = 0; index < count; index++) {
            if (events[index].data.u64 == 1) {
                answer_written(loop);
            } else if (events[index].data.u64 != 0) {
                struct client *client = events[index].data.ptr;
                if (!take(client)) end(client);
            } else {
                int descriptor = floor_accept(loops[loop].listener);
                if (descriptor < 0) continue;
                struct client *client = malloc(sizeof *client);
                client->descriptor = descriptor;
                client->loop = loop;
                client->filled = client->head = 0;
                struct epoll_event added = {.events = EPOLLIN, .data.ptr = client};
                epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &added);
            }
        }
    }
    return NULL;
}

int main(int count, char **arguments) {
    if (count < 2) {
        fprintf(stderr, "usage: JournalFloor DATABASE [PORT]\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    open_database(arguments[1]);
    uint16_t port = count > 2 ? (uint16_t)atoi(arguments[2]) : 0;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores > MOST_LOOPS) cores = MOST_LOOPS;
    pthread_t thread;
    for (long core = 0; core < cores; core++) {
        pthread_mutex_init(&loops[core].lock, NULL);
        loops[core].listener = floor_listen(&port);
        loops[core].wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        pthread_create(&thread, NULL, run, (void *)core);
    }
    pthread_create(&thread, NULL, write_all, NULL);
    printf("listening on http://127.0.0.1:%d\n", port);
    fflush(stdout);
    pause();
    return 0;
}
