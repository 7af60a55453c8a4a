/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tools/measure/meter.h"

enum { TRY_MS = 100, TRIES = 300, LOG_MAX_LEN = 64 * 1024, RUNNING_MAX = 8 };

/* posix_spawn does not write to the arguments. */
union arguments {
    const char *const *in;
    char *const *out;
};

/* What runs, so that it ends with the bench, however that ends.  A handler of signals needs it too,
 * hence no list on the heap and no lock: one thread starts and stops programs. */
static volatile pid_t running[RUNNING_MAX];

static void
stop_all(void)
{
    for (size_t i = 0; i < RUNNING_MAX; i++) {
        if (running[i] != 0) {
            (void) kill(running[i], SIGTERM);
        }
    }
}

static void
on_signal(int number)
{
    stop_all();
    _exit(128 + number);
}

void
process_begin(void)
{
    const struct sigaction action = { .sa_handler = on_signal };

    if (atexit(stop_all) != 0 || sigaction(SIGTERM, &action, NULL) != 0 ||
        sigaction(SIGINT, &action, NULL) != 0) {
        meter_fail("signals", strerror(errno));
    }
}

void
process_remember(pid_t pid)
{
    for (size_t i = 0; i < RUNNING_MAX; i++) {
        if (running[i] == 0) {
            running[i] = pid;
            return;
        }
    }
    meter_fail("programs", "too many at once");
}

static void
forget(pid_t pid)
{
    for (size_t i = 0; i < RUNNING_MAX; i++) {
        if (running[i] == pid) {
            running[i] = 0;
        }
    }
}

pid_t
process_start(const char *const *argv, const char *log)
{
    union arguments arguments = { .in = argv };
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    int result = posix_spawn_file_actions_init(&actions);

    if (result == 0) {
        result = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log,
                                                  O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    if (result == 0) {
        result = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    }
    if (result == 0) {
        result = posix_spawn(&pid, argv[0], &actions, NULL, arguments.out, environ);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (result != 0) {
        meter_fail(argv[0], strerror(result));
    }
    process_remember(pid);
    return pid;
}

__attribute__((noreturn)) static void
fail_with_log(const char *log)
{
    char *text = NULL;
    size_t len = 0;

    if (file_read(log, LOG_MAX_LEN, &text, &len) == ERR_OK) {
        fprintf(stderr, "%s\n", text);
    }
    meter_fail(log, "the program did not become ready");
}

void
process_wait_for_file(pid_t pid, const char *path, const char *log)
{
    char *folder = NULL;
    int watch = inotify_init1(IN_CLOEXEC);
    struct pollfd wait = { .fd = watch, .events = POLLIN };
    char events[4096];

    if (file_folder_of(path, &folder) != ERR_OK || watch < 0 ||
        inotify_add_watch(watch, folder, IN_CREATE | IN_MOVED_TO) < 0) {
        meter_fail(path, "cannot be watched");
    }
    for (int i = 0; access(path, F_OK) != 0; i++) {
        if (waitpid(pid, NULL, WNOHANG) != 0 || i == TRIES) {
            fail_with_log(log);
        }
        if (poll(&wait, 1, TRY_MS) > 0 && read(watch, events, sizeof events) < 0) {
            meter_fail(path, strerror(errno));
        }
    }
    close(watch);
    free(folder);
}

int
process_wait(pid_t pid)
{
    int status = 0;

    if (waitpid(pid, &status, 0) != pid) {
        meter_fail("waiting", strerror(errno));
    }
    forget(pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
process_stop(pid_t pid)
{
    (void) kill(pid, SIGTERM);
    (void) waitpid(pid, NULL, 0);
    forget(pid);
}
