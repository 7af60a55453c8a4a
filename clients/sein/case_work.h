/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_CASE_WORK_H
#define CLIENTS_SEIN_CASE_WORK_H

#include <argp.h>

#include "clients/sein/case_desk.h"

/* What 'sein case release', 'open' and 'direct' share: from the command line over what the vault hands
 * over, verified, to what is shown.  Functions tell the user what is wrong and return the code to exit
 * with; EXIT_CODE_OK: go on. */

enum {
    CASE_OPTION_WORD = 'w',
    CASE_OPTION_ACCEPT = 0x2000,
    CASE_OPTION_REFUSE,
    CASE_OPTION_MANY,
    CASE_DECISIONS_MAX = 64
};

/* A pair as people name it: two beginnings of rids with a hyphen. */
struct case_wish {
    const char *pair;
    bool is_same;
};

struct case_options {
    const char *number; /* CASE */
    const char *word; /* of --ground or --purpose */
    struct case_wish wishes[CASE_DECISIONS_MAX];
    size_t wish_count;
    bool allows_many;
};

/* argp's rows for what a person may decide. */
#define CASE_DECISION_OPTIONS                                                                      \
    { .name = "accept-undecided",                                                                  \
      .key = CASE_OPTION_ACCEPT,                                                                   \
      .arg = N_("PAIR"),                                                                           \
      .doc = N_("You decide that these two signals are about the same person") },                  \
        { .name = "refuse",                                                                        \
          .key = CASE_OPTION_REFUSE,                                                               \
          .arg = N_("PAIR"),                                                                       \
          .doc = N_("You decide that these two signals are not about the same person") },          \
    {                                                                                              \
        .name = "allow-many", .key = CASE_OPTION_MANY,                                             \
        .doc = N_("Go on with more than eight organisations about one person")                     \
    }

/* argp's parser into a struct case_options. */
error_t case_work_parse(int key, char *arg, struct argp_state *state);

/* One run of one of the three commands; begin with all but the options zero. */
struct case_work {
    struct case_desk desk;
    struct case_options options;
    struct case_keys *keys; /* in locked memory */
    struct secret *memory; /* of 'keys' */
    struct case_id id;
    const Seinhuis__V1__Case *file;
    const Seinhuis__V1__ReleasedCase *released;
    struct opening *opening;
    struct institution_list *institutions; /* NULL: the configuration names none */
    uint32_t links_cut;
    bool is_opened;
    uint32_t confirmations;
};

/* Connects, unwraps the keys, finds and reads the case.  case_work_end must follow in any case. */
enum exit_code case_work_begin(struct session *session, struct case_work *work) MUST_CHECK;
void case_work_end(struct case_work *work);

const struct client_config *case_work_config(const struct case_work *work);
uint16_t case_work_tenant(const struct case_work *work);

/* The id of the case as messages want it; borrowed from 'work'. */
ProtobufCBinaryData case_work_field(struct case_work *work);

/* The option's word as a term; NULL: it is none, and the user was told which there are. */
const struct term *case_work_word(const struct case_work *work, enum term_kind kind,
                                  const char *option) MUST_CHECK;

/* Verifies records anew, in an opening of their own. */
enum exit_code case_work_take(struct case_work *work, Seinhuis__V1__FiledRecord *const *records,
                              size_t count) MUST_CHECK;

/* Verifies work->released, to 'own' request or (NULL) to that of another member, and compares the
 * capsules; nobody has seen anything before. */
enum exit_code case_work_take_release(struct case_work *work,
                                      const struct release_request *own) MUST_CHECK;

struct opening_answer case_work_answer(ProtobufCBinaryData question, ProtobufCBinaryData answer,
                                       ProtobufCBinaryData signature);

/* Tells that what was handed over does not hold. */
enum exit_code case_work_say_untrusted(void) MUST_CHECK;

/* Shows comparison and records; the code says whether all of it is well, waits, or is not to be
 * trusted. */
enum exit_code case_work_show(struct case_work *work) MUST_CHECK;

#endif
