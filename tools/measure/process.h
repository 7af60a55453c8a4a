/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_PROCESS_H
#define TOOLS_MEASURE_PROCESS_H

#include <sys/types.h>

/* Programs that the bench starts and ends.  They are spawned, not forked: gRPC may run already. */

/* What is started from here on ends with the bench, also by a failure or a signal. */
void process_begin(void);

/* Counts in a program that was started in another way; process_stop ends it too. */
void process_remember(pid_t pid);

/* Starts argv[0] with its output, both of it, in the file 'log'. */
pid_t process_start(const char *const *argv, const char *log);

/* Waits until 'path' exists; when the process ends before that, or half a minute passes, its log is
 * shown and the bench ends. */
void process_wait_for_file(pid_t pid, const char *path, const char *log);

/* Waits for its own end; its exit code, or -1. */
int process_wait(pid_t pid);

/* Asks it to end and waits. */
void process_stop(pid_t pid);

#endif
