/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_INSTITUTION_H
#define CLIENTS_LIB_INSTITUTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/yaml.h"
#include "clients/lib/identity.h"

/* Addresses at which many people live who are nothing to each other: care homes, shelters, student
 * houses, and postal addresses for those without a home.  To live at one says little about who
 * somebody is, so the capsule does not take it for an agreement.
 *
 * The list is a municipality's policy, one YAML file for the whole CMZ team:
 *
 *     name: Instellingen Seinhoven
 *     version: "2026-1"
 *     addresses:
 *       - postcode: 1234 AB     # needed
 *         house_number: 12      # left out: every house of this postcode
 *         street: Havenstraat   # left out: records without a postcode are not recognised
 *         note: nursing home    # for people; left out or not */
struct institution_list;

enum { INSTITUTIONS_MAX = 1000 };

/* Reads and normalises the list by the country's rules; free with institution_list_free.
 * All of yaml_load; ERR_MALFORMED also for an address that is none: '*error' names field and place
 * ("addresses[3].postcode").
 * ERR_NOMEM. */
enum err institution_list_load(const char *path, const struct identity_rules *rules,
                               struct institution_list **out, struct yaml_error *error) MUST_CHECK;

/* Takes NULL. */
void institution_list_free(struct institution_list *list);

size_t institution_list_count(const struct institution_list *list);

/* Whether the identity lives at an address of the list: the same postcode, and the same house number
 * unless one of the two has none; an identity without a postcode by street and house number.  A NULL
 * list has none.
 *
 * Threads: any. */
bool institution_list_has(const struct institution_list *list, const struct identity *identity);

#endif
