/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/storage.h"

#include <stdlib.h>

#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/office.h"

static void
a_keyring_that_was_put_back_is_refused(void **state)
{
    enum { RING_MAX = 1024 * 1024 };
    struct office *office = office_new();
    struct key32 key;
    char *old = NULL;
    size_t len = 0;

    (void) state;
    assert_ok(file_read(office->config.keys.ring, RING_MAX, &old, &len));
    assert_ok(keyring_destroy(office->storage.ring, KEYRING_GATE, FILING_BUCKET));
    storage_tick(&office->storage);
    office_restart(office);
    assert_err(ERR_EXPIRED, keyring_get(office->storage.ring, KEYRING_GATE, FILING_BUCKET, &key));

    /* The old file still holds the key that was destroyed. */
    storage_close(&office->storage);
    assert_ok(file_replace(office->config.keys.ring, old, len, 0600));
    assert_err(ERR_ROLLBACK, storage_open(&office->config, office->clock, &office->storage));
    free(old);
    office_free(office);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_keyring_that_was_put_back_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
