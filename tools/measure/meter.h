/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_METER_H
#define TOOLS_MEASURE_METER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Clocks and counters.  What goes wrong ends the bench, here and in all of tools/measure. */

void meter_fail(const char *what, const char *why) __attribute__((noreturn));

uint64_t meter_now_ns(void);

/* CPU that a process, or this thread, has used, user and system together. */
uint64_t meter_cpu_ns(pid_t pid);
uint64_t meter_thread_ns(void);

/* Anonymous resident memory of a process, in bytes. */
uint64_t meter_rss_anon_len(pid_t pid);

/* Bytes that the files of a folder take up on the disk. */
uint64_t meter_disk_len(const char *folder);

/* Times of single operations. */
struct samples {
    uint64_t *ns;
    size_t count;
    size_t room;
};

/* Memory that is there, all zero. */
void *meter_alloc(size_t count, size_t len);

void samples_add(struct samples *samples, uint64_t ns);

/* In microseconds; sorts.  0 without samples. */
double samples_percentile_us(struct samples *samples, double percent);
void samples_done(struct samples *samples);

/* One value per round; the median is what is reported. */
enum { ROUNDS_MAX = 16 };

struct rounds {
    double values[ROUNDS_MAX];
    size_t count;
};

void rounds_add(struct rounds *rounds, double value);
double rounds_median(const struct rounds *rounds);

#endif
