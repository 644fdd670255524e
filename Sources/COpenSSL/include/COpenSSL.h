// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
#ifndef COPENSSL_H
#define COPENSSL_H
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Swift cannot call OpenSSL's function-like macros; each of these is one of them and nothing more.

static inline long pr_ssl_ctx_set_min_proto_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version);
}

static inline long pr_ssl_ctx_set_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_mode(context, mode);
}

static inline void pr_ssl_ctx_set_read_ahead(SSL_CTX *context, long on) {
    SSL_CTX_set_read_ahead(context, on);
}

static inline long pr_ssl_ctx_set_session_cache_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_session_cache_mode(context, mode);
}

static inline uint64_t pr_ssl_ctx_set_options(SSL_CTX *context, uint64_t options) {
    return SSL_CTX_set_options(context, options);
}

// SSL_OP_* are casts inside macros, which Swift does not import.
static const uint64_t pr_ssl_op_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
static const uint64_t pr_ssl_op_cipher_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t pr_ssl_op_ignore_unexpected_eof = SSL_OP_IGNORE_UNEXPECTED_EOF;

// Flags of X509_NAME_print_ex for RFC 2253, with UTF-8 as it is instead of escaped byte by byte.
static const unsigned long pr_x509_name_rfc2253_utf8 = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
#endif
