/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/reference.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/measure/meter.h"
#include "tools/measure/process.h"

enum { PATH_ROOM = 4096 };

/* A port that was free a moment ago; the reference cannot choose one itself. */
static unsigned int
free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (const struct sockaddr *) &address, len) != 0 ||
        getsockname(fd, (struct sockaddr *) &address, &len) != 0) {
        meter_fail("port", strerror(errno));
    }
    close(fd);
    return ntohs(address.sin_port);
}

/* posix_spawn does not write to the arguments. */
union arguments {
    const char *const *in;
    char *const *out;
};

/* The server says a line when it listens. */
static void
wait_until_ready(int output)
{
    char line[256];

    if (read(output, line, sizeof line) <= 0) {
        meter_fail("reference echo", "did not start");
    }
}

void
reference_start(const char *folder, const char *certificates, struct reference *out)
{
    struct reference reference = { .folder = strdup(folder), .certificates = strdup(certificates) };
    char path[PATH_ROOM];
    const char *const argv[] = { path, "--listen", reference.address, "--tls", certificates, NULL };
    union arguments arguments = { .in = argv };
    posix_spawn_file_actions_t actions;
    int output[2];

    (void) snprintf(path, sizeof path, "%s/grpc_echo_server", folder);
    (void) snprintf(reference.address, sizeof reference.address, "127.0.0.1:%u", free_port());
    if (pipe2(output, O_CLOEXEC) != 0) {
        meter_fail("pipe", strerror(errno));
    }
    if (posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO) != 0 ||
        posix_spawn(&reference.pid, path, &actions, NULL, arguments.out, environ) != 0) {
        meter_fail("reference echo", "could not be started");
    }
    posix_spawn_file_actions_destroy(&actions);
    process_remember(reference.pid);
    close(output[1]);
    wait_until_ready(output[0]);
    close(output[0]);
    *out = reference;
}

void
reference_stop(struct reference *reference)
{
    process_stop(reference->pid);
    free(reference->folder);
    free(reference->certificates);
}

/* "  NAME   MIN / MEDIAN / MAX unit": takes the median of one figure. */
static void
take_line(const char *line, const char *name, double *out)
{
    size_t len = strlen(name);
    const char *middle = NULL;

    if (strncmp(line, name, len) == 0) {
        middle = strstr(line, " / ");
        *out = middle == NULL ? 0 : strtod(middle + 3, NULL);
    }
}

static void
read_figures(const char *log, struct load_result *out)
{
    struct load_result result = { .calls = 0 };
    char line[512];
    FILE *file = fopen(log, "re");

    if (file == NULL) {
        meter_fail(log, strerror(errno));
    }
    while (fgets(line, sizeof line, file) != NULL) {
        take_line(line, "  rate", &result.per_s);
        take_line(line, "  p50", &result.p50_us);
        take_line(line, "  p99 ", &result.p99_us);
        take_line(line, "  server cpu each", &result.server_us);
        take_line(line, "  client cpu each", &result.client_us);
    }
    (void) fclose(file);
    *out = result;
}

void
reference_run(const struct reference *reference, size_t outstanding, double seconds,
              struct load_result *out)
{
    char program[PATH_ROOM];
    char log[PATH_ROOM];
    char number[32];
    char time[32];
    const char *const argv[] = { program,
                                 "--target",
                                 reference->address,
                                 "--tls",
                                 reference->certificates,
                                 "--outstanding",
                                 number,
                                 "--seconds",
                                 time,
                                 "--rounds",
                                 "1",
                                 "--max-other",
                                 "99",
                                 NULL };

    (void) snprintf(program, sizeof program, "%s/grpc_echo_client", reference->folder);
    (void) snprintf(log, sizeof log, "%s/reference.log", reference->certificates);
    (void) snprintf(number, sizeof number, "%zu", outstanding);
    (void) snprintf(time, sizeof time, "%.2f", seconds);
    (void) remove(log);
    if (process_wait(process_start(argv, log)) != 0) {
        meter_fail("reference echo", "its client failed");
    }
    read_figures(log, out);
    if (out->per_s <= 0) {
        meter_fail("reference echo", "its client gave no figures");
    }
}
