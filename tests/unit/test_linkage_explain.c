/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"
#include "tools/linkage/explain.h"

/* The second row has the married name, the letters of the first name and a house without a postcode: the
 * one key of that has no slot left in the first row, of which everything is known. */
static void
a_key_that_found_no_slot_is_named_for_a_missed_pair(void **state)
{
    static const char MAP[] = "country: nl\n"
                              "today: 2026-06-30\n"
                              "truth: { column: who }\n"
                              "columns:\n"
                              "  - { column: given, field: given_names }\n"
                              "  - { column: call, field: call_name }\n"
                              "  - { column: last, field: surname }\n"
                              "  - { column: partner, field: partner_surname }\n"
                              "  - { column: born, field: date_of_birth }\n"
                              "  - { column: code, field: postcode }\n"
                              "  - { column: house, field: house_number }\n"
                              "  - { column: bsn, field: bsn }\n";
    static const char TEXT[] = "who,given,call,last,partner,born,code,house,bsn\n"
                               "1,Johanna Maria,Hanneke,Dijk,Smit,1980-03-14,1234AB,12,999999990\n"
                               "1,Hanna,,Smit,,1980-03-14,,21,\n";
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *file = temp_path(folder, "file.csv");
    char map_error[MAPPING_ERROR_ROOM] = "";
    char error[PERSONS_ERROR_ROOM] = "";
    struct mapping mapping;
    struct persons persons = { .at = NULL };
    struct keytable table;
    struct capsule_policy policy;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void) state;
    assert_non_null(out);
    assert_ok(file_create(map, MAP, strlen(MAP), 0600));
    assert_ok(file_create(file, TEXT, strlen(TEXT), 0600));
    assert_ok(mapping_init(&mapping, map, map_error));
    assert_ok(persons_read(&persons, &mapping, file, false, error));
    assert_ok(persons_number(&persons));
    assert_ok(keytable_init(&table, &persons, &mapping.rules, false));
    policy = (struct capsule_policy) { &mapping.rules, NULL, mapping.today };
    assert_ok(explain(&persons, &policy, &table, out));
    fclose(out);
    assert_memory_equal(text, "missed rows=2,3 ", strlen("missed rows=2,3 "));
    assert_non_null(strstr(text, " birth_date=equal "));
    assert_non_null(strstr(text, " left_out="));
    assert_null(strstr(text, " left_out=none"));
    free(text);
    keytable_done(&table);
    persons_done(&persons);
    mapping_done(&mapping);
    free(map);
    free(file);
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_found_no_slot_is_named_for_a_missed_pair),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
