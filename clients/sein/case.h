/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_CASE_H
#define CLIENTS_SEIN_CASE_H

#include "clients/sein/exit_code.h"

struct session;

/* The commands of 'sein case' that fill a file of their own. */
enum exit_code case_run_release(struct session *session, int argc, char **argv);
enum exit_code case_run_open(struct session *session, int argc, char **argv);
enum exit_code case_run_direct(struct session *session, int argc, char **argv);

#endif
