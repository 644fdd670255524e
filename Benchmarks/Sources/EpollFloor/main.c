// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// The least that a server of the HTTP front's benchmark has to do: read a request to the end of its content, write an
// answer that was made before. One epoll loop for each core. It looks for Content-Length and for "Connection: close", and
// for nothing else: no limit, no deadline, no check.
//
// EpollFloor [PORT]; port 0 (the default) lets the kernel choose. Prints "listening on http://127.0.0.1:PORT".

#define _GNU_SOURCE
#include <FloorListener.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { HEAD_ROOM = 16 * 1024, BLOCK = 64 * 1024 };

static SSL_CTX *tls;

struct client {
    int descriptor;
    SSL *session;
    int closes;
    // Of the request that is being read: how much of its head is there, and how much content is still to come.
    size_t filled;
    long long content;
    int is_post;
    char head[HEAD_ROOM];
};

#define ANSWER(status, connection, body, length)                                                         \
    "HTTP/1.1 " status "\r\nDate: Fri, 27 Nov 2026 12:00:00 GMT\r\n" connection                           \
    "Content-Type: application/json\r\nContent-Length: " length "\r\n\r\n" body
#define BODY "{\"accepted\":1,\"duplicate\":0,\"ignored\":0}"

static const char *const answers[2][2] = {
    {ANSWER("200 OK", "", "", "0"), ANSWER("200 OK", "Connection: close\r\n", "", "0")},
    {ANSWER("202 Accepted", "", BODY, "40"), ANSWER("202 Accepted", "Connection: close\r\n", BODY, "40")},
};

static ssize_t receive(struct client *client, void *bytes, size_t count) {
    if (client->session == NULL) return read(client->descriptor, bytes, count);
    int result = SSL_read(client->session, bytes, (int)count);
    if (result > 0) return result;
    return SSL_get_error(client->session, result) == SSL_ERROR_WANT_READ ? -1 : 0;
}

static ssize_t answer(struct client *client, const char *bytes) {
    if (client->session == NULL) return write(client->descriptor, bytes, strlen(bytes));
    return SSL_write(client->session, bytes, (int)strlen(bytes)) > 0 ? 1 : -1;
}

static void end(struct client *client) {
    if (client->session != NULL) {
        if (client->closes) SSL_shutdown(client->session);
        SSL_free(client->session);
    }
    close(client->descriptor);
    free(client);
}

/// Takes what has come; 0 = the connection is over.
static int serve(struct client *client, char *block) {
    for (;;) {
        while (client->content > 0) {
            size_t wanted = client->content < BLOCK ? (size_t)client->content : BLOCK;
            ssize_t count = receive(client, block, wanted);
            if (count <= 0) return count < 0;
            client->content -= count;
        }
        if (client->content == 0) {
            if (answer(client, answers[client->is_post][client->closes]) < 0 || client->closes) return 0;
            client->content = -1;
            client->filled = 0;
        }
        ssize_t count = receive(client, client->head + client->filled, HEAD_ROOM - 1 - client->filled);
        if (count <= 0) return count < 0;
        client->filled += (size_t)count;
        client->head[client->filled] = 0;
        char *head_end = strstr(client->head, "\r\n\r\n");
        if (head_end == NULL) continue;
        // wrk never sends a second request before the answer to the first.
        size_t rest = client->filled - (size_t)(head_end + 4 - client->head);
        *head_end = 0;
        char *length = strcasestr(client->head, "\r\ncontent-length:");
        client->closes = strcasestr(client->head, "\r\nconnection: close") != NULL;
        client->is_post = client->head[0] == 'P';
        client->content = (length ? atoll(length + 17) : 0) - (long long)rest;
    }
}

static void *run(void *argument) {
    int listener = (int)(long)argument;
    int poller = epoll_create1(EPOLL_CLOEXEC);
    char *block = malloc(BLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    struct epoll_event events[256];
    for (;;) {
        int count = epoll_wait(poller, events, 256, -1);
        for (int index = 0; index < count; index++) {
            struct client *client = events[index].data.ptr;
            if (client != NULL) {
                if (!serve(client, block)) end(client);
                continue;
            }
            for (;;) {
                int descriptor = floor_accept(listener);
                if (descriptor < 0) break;
                client = malloc(sizeof *client);
                client->descriptor = descriptor;
                client->filled = 0;
                client->content = -1;
                client->closes = 0;
                client->session = NULL;
                if (tls != NULL) {
                    client->session = SSL_new(tls);
                    SSL_set_fd(client->session, descriptor);
                    SSL_set_accept_state(client->session);
                }
                struct epoll_event added = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = client};
                epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &added);
            }
        }
    }
    return NULL;
}

/// What costs least and still resumes: a ticket for each connection, all that has come read with one call.
static void use_tls(const char *certificate, const char *key) {
    tls = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(tls, certificate) != 1
        || SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
        fprintf(stderr, "cannot use %s and %s\n", certificate, key);
        exit(1);
    }
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(tls, 1);
    SSL_CTX_set_read_ahead(tls, 1);
    SSL_CTX_set_mode(tls, SSL_MODE_NO_AUTO_CHAIN);
}

int main(int count, char **arguments) {
    uint16_t port = count > 1 ? (uint16_t)atoi(arguments[1]) : 0;
    signal(SIGPIPE, SIG_IGN);
    if (count > 3) use_tls(arguments[2], arguments[3]);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    for (long core = 0; core < cores; core++) {
        pthread_t thread;
        pthread_create(&thread, NULL, run, (void *)(long)floor_listen(&port));
    }
    printf("listening on http%s://127.0.0.1:%d\n", tls != NULL ? "s" : "", port);
    fflush(stdout);
    pause();
    return 0;
}
