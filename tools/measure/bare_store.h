/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_BARE_STORE_H
#define TOOLS_MEASURE_BARE_STORE_H

#include <stddef.h>
#include <stdint.h>

/* LMDB alone, with the very rows that the vault wrote: they are read from its file, and put again,
 * report by report in the order in which they came, by a loop that does nothing else.  The same
 * keys, bytes, trees, number of puts and flags; durable commits too. */
struct bare_store;

/* Number of the newest commit in a store's file, which may be open elsewhere. */
uint64_t bare_store_commits(const char *store_folder);

/* An empty store in a folder of its own. */
struct bare_store *bare_store_new(const char *folder);

/* Takes NULL. */
void bare_store_free(struct bare_store *bare);

/* Reads what came to 'store_folder' since the last time, while its daemon has it open but is idle. */
void bare_store_read(struct bare_store *bare, const char *store_folder);

size_t bare_store_puts(const struct bare_store *bare); /* per report */
size_t bare_store_bytes(const struct bare_store *bare); /* keys and values, per report */

struct bare_result {
    double per_s;
    double p50_us; /* of a commit */
    double p99_us;
    double cpu_us; /* per report */
};

/* Puts the next 'count' reports of those read last, 'group' of them in each commit on average. */
void bare_store_run(struct bare_store *bare, size_t count, double group, struct bare_result *out);

#endif
