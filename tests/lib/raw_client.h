/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_RAW_CLIENT_H
#define TESTS_LIB_RAW_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

/* A gRPC client without any of our care, to send what ours would not. */
struct raw_request {
    const char *address; /* "127.0.0.1:PORT" */
    const char *ca_file;
    const char *cert_file; /* NULL: no certificate of our own */
    const char *key_file;
    bool is_plain; /* no TLS at all */
    const char *path;
    const void *body; /* NULL: no message */
    size_t len;
    bool is_compressed;
    const char *metadata_key; /* NULL: none */
    const char *metadata_value;
};

struct raw_result {
    int status; /* as gRPC numbers them */
    char details[512];
};

/* Makes one unary call, with a deadline of 10 seconds, on a connection of its own. */
void raw_call(const struct raw_request *request, struct raw_result *out);

#endif
