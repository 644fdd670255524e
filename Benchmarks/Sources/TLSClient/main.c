// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// New TLS connections one after the other, one GET each, as a sender does that keeps none: wrk never resumes a session, and
// `openssl s_time` speaks HTTP/1.0 without Host. One thread for each core.
//
// TLSClient PORT SECONDS 1.2|1.3 full|resumed
// Prints, separated by tabs: connections, seconds, p50 ms, p99 ms, p99.9 ms, failures, sessions resumed.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1000000 };
static const char request[] = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

static struct sockaddr_in address;
static double seconds;
static int version, resumes;

struct worker {
    pthread_t thread;
    double *times;
    long count, failures, resumed;
    SSL_SESSION *session;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/// Tickets of TLS 1.3 come after the handshake; the newest one is for the next connection.
static int keep(SSL *connection, SSL_SESSION *session) {
    struct worker *worker = SSL_get_app_data(connection);
    SSL_SESSION_free(worker->session);
    worker->session = session;
    return 1;
}

static int connect_once(SSL_CTX *context, struct worker *worker) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1, whole = 0;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL *connection = SSL_new(context);
    SSL_set_app_data(connection, worker);
    if (resumes && worker->session != NULL) SSL_set_session(connection, worker->session);
    SSL_set_fd(connection, descriptor);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 && SSL_connect(connection) == 1
        && SSL_write(connection, request, sizeof request - 1) > 0) {
        char answer[4096];
        int first = SSL_read(connection, answer, sizeof answer);
        whole = first > 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0;
        while (SSL_read(connection, answer, sizeof answer) > 0) continue;
        worker->resumed += SSL_session_reused(connection);
    }
    SSL_shutdown(connection);
    SSL_free(connection);
    close(descriptor);
    return whole;
}

static void *run(void *argument) {
    struct worker *worker = argument;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep);
    worker->times = malloc(MOST * sizeof *worker->times);
    double end = now() + seconds;
    for (double start = now(); start < end && worker->count < MOST; start = now()) {
        if (!connect_once(context, worker)) worker->failures++;
        worker->times[worker->count++] = now() - start;
    }
    return NULL;
}

static int compare(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "usage: TLSClient PORT SECONDS 1.2|1.3 full|resumed\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(arguments[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    seconds = atof(arguments[2]);
    version = strcmp(arguments[3], "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
    resumes = strcmp(arguments[4], "resumed") == 0;
    long cores = sysconf(_SC_NPROCESSORS_ONLN), all = 0, failures = 0, resumed = 0;
    struct worker *workers = calloc((size_t)cores, sizeof *workers);
    double start = now();
    for (long core = 0; core < cores; core++) pthread_create(&workers[core].thread, NULL, run, &workers[core]);
    double *times = malloc((size_t)cores * MOST * sizeof *times);
    for (long core = 0; core < cores; core++) {
        pthread_join(workers[core].thread, NULL);
        memcpy(times + all, workers[core].times, (size_t)workers[core].count * sizeof *times);
        all += workers[core].count;
        failures += workers[core].failures;
        resumed += workers[core].resumed;
    }
    double taken = now() - start;
    if (all == 0) return 1;
    qsort(times, (size_t)all, sizeof *times, compare);
    printf("%ld\t%.3f\t%.3f\t%.3f\t%.3f\t%ld\t%ld\n", all, taken, times[all / 2] * 1e3, times[all * 99 / 100] * 1e3,
           times[all * 999 / 1000] * 1e3, failures, resumed);
    return 0;
}
