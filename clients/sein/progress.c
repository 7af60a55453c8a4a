/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/progress.h"

#include <inttypes.h>
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"

enum { BAR_WIDTH = 30, REDRAW_MS = 100, TENTHS = 10 };

void
progress_init(struct progress *progress, FILE *out, uint64_t total)
{
    *progress = (struct progress) { .out = out,
                                    .is_terminal = isatty(fileno(out)) == 1,
                                    .total = total == 0 ? 1 : total };
}

static void
draw_bar(struct progress *progress, uint64_t done, const char *words)
{
    uint64_t now_ms = clock_monotonic_ms();
    uint64_t filled = done * BAR_WIDTH / progress->total;

    if (now_ms - progress->shown_ms < REDRAW_MS && done < progress->total) {
        return;
    }
    progress->shown_ms = now_ms;
    fputs("\r[", progress->out);
    for (uint64_t i = 0; i < BAR_WIDTH; i++) {
        fputc(i < filled ? '#' : '.', progress->out);
    }
    fprintf(progress->out, "] %3" PRIu64 "%% %" PRIu64 "/%" PRIu64 " %s\033[K",
            done * 100 / progress->total, done, progress->total, words);
    fflush(progress->out);
}

void
progress_show(struct progress *progress, uint64_t done, const char *words)
{
    uint64_t tenth;

    if (done > progress->total) {
        done = progress->total;
    }
    if (progress->is_terminal) {
        draw_bar(progress, done, words);
        return;
    }
    tenth = done * TENTHS / progress->total;
    if (tenth > progress->shown_tenth) {
        progress->shown_tenth = tenth;
        fprintf(progress->out, "%3" PRIu64 "%% %" PRIu64 "/%" PRIu64 " %s\n", tenth * 10, done,
                progress->total, words);
        fflush(progress->out);
    }
}

void
progress_done(struct progress *progress)
{
    if (progress->is_terminal && progress->shown_ms != 0) {
        fputs("\r\033[K", progress->out);
        fflush(progress->out);
    }
}
