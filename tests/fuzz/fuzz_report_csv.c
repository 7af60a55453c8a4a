/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clients/lib/report_csv.h"
#include "proto/escrow/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A file that is taken yields as many rows as it said, whatever they are worth. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct report_filer FILER = { .sector = SECTOR_POLICE,
                                               .may_use_bsn = true,
                                               .retention_months = 12 };
    static const struct date TODAY = { 2026, 3, 10 };
    struct report_csv *csv = NULL;
    struct report_csv_error error;
    struct report_row *row = NULL;
    char path[64];
    uint32_t count = 0;
    int fd = memfd_create("fuzz", 0);

    if (fd < 0 || write(fd, data, len) != (ssize_t) len) {
        abort();
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (report_csv_open(path, &FILER, &csv, &error) == ERR_OK) {
        while (report_csv_next(csv, &row) == ERR_OK) {
            struct report_form form;
            struct report_problems problems = { .count = 0 };

            (void) !report_check(&FILER, &row->entry, TODAY, &form, &problems);
            report_row_free(row);
            count++;
        }
        if (count != report_csv_row_count(csv)) {
            abort();
        }
    }
    report_csv_close(csv);
    close(fd);
    return 0;
}
