/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/meter.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { NS_PER_S = 1000000000 };

void
meter_fail(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

void *
meter_alloc(size_t count, size_t len)
{
    void *memory = calloc(count == 0 ? 1 : count, len);

    if (memory == NULL) {
        meter_fail("memory", "there is none left");
    }
    return memory;
}

static uint64_t
read_clock(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0) {
        meter_fail("clock", strerror(errno));
    }
    return (uint64_t) now.tv_sec * NS_PER_S + (uint64_t) now.tv_nsec;
}

uint64_t
meter_now_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t
meter_cpu_ns(pid_t pid)
{
    clockid_t clock;
    int result = clock_getcpuclockid(pid, &clock);

    if (result != 0) {
        meter_fail("CPU of a process", strerror(result));
    }
    return read_clock(clock);
}

uint64_t
meter_thread_ns(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t
meter_rss_anon_len(pid_t pid)
{
    static const char name[] = "RssAnon:";
    char path[64];
    char line[256];
    uint64_t kib = 0;
    FILE *file = NULL;

    snprintf(path, sizeof path, "/proc/%d/status", (int) pid);
    file = fopen(path, "re");
    if (file == NULL) {
        meter_fail(path, strerror(errno));
    }
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, sizeof name - 1) == 0) {
            kib = strtoull(line + sizeof name - 1, NULL, 10);
        }
    }
    fclose(file);
    return kib * 1024;
}

uint64_t
meter_disk_len(const char *folder)
{
    DIR *dir = opendir(folder);
    uint64_t len = 0;

    if (dir == NULL) {
        meter_fail(folder, strerror(errno));
    }
    for (const struct dirent *entry = NULL; (entry = readdir(dir)) != NULL;) {
        struct stat st;

        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode)) {
            len += (uint64_t) st.st_blocks * 512;
        }
    }
    closedir(dir);
    return len;
}

void
samples_add(struct samples *samples, uint64_t ns)
{
    if (samples->count == samples->room) {
        size_t room = samples->room == 0 ? 4096 : samples->room * 2;
        uint64_t *more = reallocarray(samples->ns, room, sizeof *more);

        if (more == NULL) {
            meter_fail("samples", "out of memory");
        }
        samples->ns = more;
        samples->room = room;
    }
    samples->ns[samples->count++] = ns;
}

static int
compare_u64(const void *a, const void *b)
{
    const uint64_t *left = a;
    const uint64_t *right = b;

    return (*left > *right) - (*left < *right);
}

double
samples_percentile_us(struct samples *samples, double percent)
{
    if (samples->count == 0) {
        return 0;
    }
    qsort(samples->ns, samples->count, sizeof *samples->ns, compare_u64);
    return (double) samples->ns[(size_t) ((double) (samples->count - 1) * percent / 100)] / 1e3;
}

void
samples_done(struct samples *samples)
{
    free(samples->ns);
    *samples = (struct samples) { .ns = NULL };
}

void
rounds_add(struct rounds *rounds, double value)
{
    if (rounds->count < ROUNDS_MAX) {
        rounds->values[rounds->count++] = value;
    }
}

static int
compare_double(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;

    return (*left > *right) - (*left < *right);
}

double
rounds_median(const struct rounds *rounds)
{
    double sorted[ROUNDS_MAX];

    if (rounds->count == 0) {
        return 0;
    }
    memcpy(sorted, rounds->values, rounds->count * sizeof *sorted);
    qsort(sorted, rounds->count, sizeof *sorted, compare_double);
    return rounds->count % 2 == 1 ? sorted[rounds->count / 2]
                                  : (sorted[rounds->count / 2 - 1] + sorted[rounds->count / 2]) / 2;
}
