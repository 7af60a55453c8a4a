/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_OPENING_IMPL_H
#define CLIENTS_LIB_OPENING_IMPL_H

#include "clients/lib/opening.h"
#include "clients/lib/report_message.h"
#include "proto/escrow/answer.h"
#include "proto/escrow/open.h"
#include "proto/escrow/question.h"

/* What the files of the opening share; nobody else includes this. */

/* All of a record that is secret, in locked memory. */
struct opening_inside {
    struct open_record open;
    struct key32 z1;
    struct key32 k_id;
    struct report_capsule capsule;
    struct report_content content;
};

struct opening_item {
    struct opening_record view;
    struct report_header header;
    struct hash64 name; /* p */
    uint8_t direct[ENVELOPE_DIRECT_LEN];
    size_t direct_len;
    struct secret *inside; /* NULL: not opened, or wiped */
    bool has_half;
    bool has_k_id;
    bool has_capsule;
};

struct opening {
    const struct registry *registry;
    uint32_t today;
    const struct institution_list *institutions; /* NULL: none */
    struct secret *team_keys; /* one key32 after the other */
    size_t team_key_count;
    size_t count;
    struct opening_item items[OPENING_RECORDS_MAX];
    uint64_t parted[OPENING_RECORDS_MAX]; /* before this run, by places; both directions */
    bool is_released;
    bool is_compared;
    struct hash32 release_hash;
    size_t waiting_count;
    size_t group_count;
    struct opening_pair *pairs; /* room for all pairs; NULL before opening_compare */
    size_t pair_count;
};

/* The secrets of an item that was opened. */
struct opening_inside *opening_inside_of(const struct opening_item *item);

/* Wipes what was opened of it. */
void opening_wipe_item(struct opening_item *item);

/* Wipes it and remembers what is wrong. */
void opening_drop(struct opening_item *item, enum opening_fault fault);

enum opening_fault opening_fault_of(enum open_fault fault);

/* The team's key number 'at'. */
const struct key32 *opening_team_key(const struct opening *opening, size_t at);

/* Who is linked to whom, by places: records that were dropped, wait or are wiped are linked to nobody, nor
 * are two that were parted before. */
enum err opening_links(const struct opening *opening,
                       uint64_t linked[OPENING_RECORDS_MAX]) MUST_CHECK;

/* Verify question and answer by signatures and against the records; ERR_AUTH. */
enum err opening_check_release(const struct opening *opening, const struct case_id *case_id,
                               const struct opening_answer *given,
                               const struct release_request *own, struct question *question,
                               struct answer *answer) MUST_CHECK;
enum err opening_check_confirm(const struct opening *opening, const struct opening_answer *given,
                               struct question *question, struct answer *answer) MUST_CHECK;

/* Opens the capsule that K_id fits; a record whose capsule cannot be read is dropped.  ERR_NOMEM. */
enum err opening_read_capsule(struct opening_item *item) MUST_CHECK;
enum err opening_read_content(struct opening_item *item, const struct key32 *k_ct) MUST_CHECK;

#endif
