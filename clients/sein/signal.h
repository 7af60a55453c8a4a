/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_SIGNAL_H
#define CLIENTS_SEIN_SIGNAL_H

#include "clients/sein/exit_code.h"

struct session;

/* The commands of 'sein signal' that fill a file of their own. */
enum exit_code signal_run_file(struct session *session, int argc, char **argv);
enum exit_code signal_run_send(struct session *session, int argc, char **argv);
enum exit_code signal_run_batch(struct session *session, int argc, char **argv);
enum exit_code signal_run_list(struct session *session, int argc, char **argv);

#endif
