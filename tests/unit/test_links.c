/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/links.h"

#include <string.h>

#include "tests/lib/cmocka_all.h"

enum { A = 1, B = 2, C = 4, D = 8, E = 16 };

/* Records by hand: index values are single bytes repeated, unused slots differ everywhere. */
struct town {
    struct report_header headers[LINKS_RECORDS_MAX + 1];
    struct link_record records[LINKS_RECORDS_MAX + 1];
    size_t count;
};

static void
town_add(struct town *town, uint8_t sector, uint32_t entity, const char *values)
{
    struct report_header *header = &town->headers[town->count];
    size_t used = strlen(values);

    header->serial = (uint32_t) town->count + 1;
    header->block_count = 1;
    header->blocks[0].ctx = (struct escrow_ctx) { 1963, 1, 1, CTX_THRESHOLD };
    for (size_t i = 0; i < HEADER_SLOTS; i++) {
        struct hash32 *index = &header->blocks[0].index[i];

        memset(index->bytes, i < used ? values[i] : 0, HASH32_LEN);
        if (i >= used) {
            index->bytes[0] = (uint8_t) town->count;
            index->bytes[1] = (uint8_t) (i + 1);
        }
    }
    town->records[town->count] =
        (struct link_record) { .header = header, .sector = sector, .entity = entity };
    town->count++;
}

static struct links
compute(const struct town *town)
{
    struct links links;

    assert_ok(links_compute(town->records, town->count, NULL, &links));
    return links;
}

static void
an_equal_index_of_other_sector_and_entity_links(void **state)
{
    struct town town = { .count = 0 };
    struct links links;

    (void) state;
    town_add(&town, 1, 10, "kmp");
    town_add(&town, 2, 20, "qrm");
    town_add(&town, 3, 30, "xyz");
    links = compute(&town);
    assert_int_equal(links.linked[0], B);
    assert_int_equal(links.linked[1], A);
    assert_int_equal(links.linked[2], 0);
    assert_int_equal(links.component_count, 1);
    assert_int_equal(links_members(&links, 0), A | B);
    assert_int_equal(links.component[2], LINKS_NONE);
    assert_int_equal(links.attached, 0);
    assert_false(links_are_one_component(&links));
}

static void
one_organisation_sector_or_entity_does_not_link(void **state)
{
    struct town town = { .count = 0 };
    struct links links;

    (void) state;
    town_add(&town, 1, 10, "k");
    town_add(&town, 1, 10, "k"); /* the same organisation again */
    town_add(&town, 1, 11, "k"); /* another of its sector */
    town_add(&town, 2, 10, "k"); /* another sector of its legal entity */
    links = compute(&town);
    assert_int_equal(links.linked[0], 0);
    assert_int_equal(links.linked[1], 0);
    /* Sector 1 of entity 11 and sector 2 of entity 10 differ in both. */
    assert_int_equal(links.linked[2], D);
    assert_int_equal(links.linked[3], C);
    assert_int_equal(links.sharing[0], B | C | D);
}

static void
a_record_that_shares_only_within_its_sector_is_attached(void **state)
{
    struct town town = { .count = 0 };
    struct links links;

    (void) state;
    town_add(&town, 1, 10, "km");
    town_add(&town, 2, 20, "k");
    town_add(&town, 1, 11, "m"); /* shares "m" with the first, of its own sector */
    town_add(&town, 1, 12, "z");
    town_add(&town, 1, 13, "z"); /* attached to nothing that opens */
    links = compute(&town);
    assert_int_equal(links.attached, C | D | E);
    assert_int_equal(links_members(&links, 0), A | B);
    assert_int_equal(links_attached_to(&links, 0), C);
    assert_int_equal(links.component[2], LINKS_NONE);
}

static void
a_bridge_makes_one_component_and_a_cut_parts_it(void **state)
{
    struct town town = { .count = 0 };
    uint64_t cut[LINKS_RECORDS_MAX] = { 0 };
    struct links links;

    (void) state;
    town_add(&town, 1, 10, "k");
    town_add(&town, 2, 20, "k");
    town_add(&town, 3, 30, "km"); /* the bridge */
    town_add(&town, 4, 40, "m");
    links = compute(&town);
    assert_true(links_are_one_component(&links));
    assert_int_equal(links_members(&links, 0), A | B | C | D);

    cut[3] = C; /* one direction is enough */
    assert_ok(links_compute(town.records, town.count, cut, &links));
    assert_int_equal(links.component_count, 1);
    assert_int_equal(links_members(&links, 0), A | B | C);
    assert_int_equal(links.linked[3], 0);
    assert_int_equal(links.attached, 0);
    assert_false(links_are_one_component(&links));
}

static void
components_are_numbered_by_their_first_record(void **state)
{
    struct town town = { .count = 0 };
    struct links links;

    (void) state;
    town_add(&town, 1, 10, "k");
    town_add(&town, 1, 10, "m");
    town_add(&town, 2, 20, "m");
    town_add(&town, 2, 20, "k");
    links = compute(&town);
    assert_int_equal(links.component_count, 2);
    assert_int_equal(links_members(&links, 0), A | D);
    assert_int_equal(links_members(&links, 1), B | C);
    assert_int_equal(links_members(&links, LINKS_NONE), 0);
}

static void
an_index_under_another_ctx_is_another_index(void **state)
{
    struct town town = { .count = 0 };
    struct links links;
    struct link_slots slots[HEADER_SLOTS_MAX];

    (void) state;
    town_add(&town, 1, 10, "k");
    town_add(&town, 2, 20, "k");
    town.headers[1].blocks[0].ctx.epoch = 2;
    links = compute(&town);
    assert_int_equal(links.sharing[0], 0);
    assert_int_equal(links_common_slots(&town.headers[0], &town.headers[1], slots), 0);
}

static void
second_blocks_link_too(void **state)
{
    struct town town = { .count = 0 };
    struct links links;
    struct link_slots slots[HEADER_SLOTS_MAX];

    (void) state;
    town_add(&town, 1, 10, "k");
    town_add(&town, 2, 20, "p");
    /* The first gets a second block that is the second record's only one. */
    town.headers[0].block_count = 2;
    town.headers[0].blocks[1] = town.headers[1].blocks[0];
    town.headers[0].blocks[1].ctx.epoch = 2;
    town.headers[1].blocks[0].ctx.epoch = 2;
    links = compute(&town);
    assert_int_equal(links.linked[0], B);
    assert_int_equal(links_common_slots(&town.headers[0], &town.headers[1], slots), HEADER_SLOTS);
    assert_int_equal(slots[0].a, 12);
    assert_int_equal(slots[0].b, 0);
}

static void
links_to_hosts_alone_are_told_apart(void **state)
{
    struct town town = { .count = 0 };
    struct links links;

    (void) state;
    town_add(&town, 1, 10, "k");
    town_add(&town, 5, 50, "km");
    town_add(&town, 3, 30, "m");
    town_add(&town, 4, 40, "m");
    town.records[1].is_host = true;
    links = compute(&town);
    assert_true(links_lead_to_hosts_only(&links, 0)); /* only the loket confirms it */
    assert_false(links_lead_to_hosts_only(&links, 1));
    assert_false(links_lead_to_hosts_only(&links, 2)); /* sector 4 does, too */
    assert_int_equal(links.hosts, B);
}

static void
sixty_four_records_are_taken_and_sixty_five_refused(void **state)
{
    struct town town = { .count = 0 };
    struct links links;

    (void) state;
    for (uint32_t i = 0; i <= LINKS_RECORDS_MAX; i++) {
        town_add(&town, (uint8_t) (i % 7 + 1), i + 1, "k");
    }
    assert_err(ERR_INVALID, links_compute(town.records, town.count, NULL, &links));
    assert_ok(links_compute(town.records, LINKS_RECORDS_MAX, NULL, &links));
    assert_true(links_are_one_component(&links));
    assert_ok(links_compute(town.records, 0, NULL, &links));
    assert_false(links_are_one_component(&links));
}

static void
one_record_twice_is_refused(void **state)
{
    struct town town = { .count = 0 };
    struct links links;

    (void) state;
    town_add(&town, 1, 10, "k");
    town_add(&town, 2, 20, "k");
    town.headers[1].serial = town.headers[0].serial;
    assert_err(ERR_INVALID, links_compute(town.records, 2, NULL, &links));
    town.headers[1].rid.bytes[0] = 1;
    assert_ok(links_compute(town.records, 2, NULL, &links));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_equal_index_of_other_sector_and_entity_links),
        cmocka_unit_test(one_organisation_sector_or_entity_does_not_link),
        cmocka_unit_test(a_record_that_shares_only_within_its_sector_is_attached),
        cmocka_unit_test(a_bridge_makes_one_component_and_a_cut_parts_it),
        cmocka_unit_test(components_are_numbered_by_their_first_record),
        cmocka_unit_test(an_index_under_another_ctx_is_another_index),
        cmocka_unit_test(second_blocks_link_too),
        cmocka_unit_test(links_to_hosts_alone_are_told_apart),
        cmocka_unit_test(sixty_four_records_are_taken_and_sixty_five_refused),
        cmocka_unit_test(one_record_twice_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
