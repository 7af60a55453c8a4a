/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/family.h"

#include <stdlib.h>
#include <string.h>

/* A household while it is made. */
struct family {
    struct people *people;
    struct rng *rng;
    struct date end;
    size_t room;
    struct household *household;
};

static enum cohort
cohort_of(uint16_t year)
{
    return year < 1955 ? COHORT_OLD : year < 1988 ? COHORT_MIDDLE : COHORT_YOUNG;
}

static struct surname
any_surname(struct family *family)
{
    return surnames_draw(family->people->surnames, family->rng);
}

static struct first_name
any_first(struct rng *rng, char sex, enum cohort cohort)
{
    uint32_t count = 0;
    const struct first_name *list = names_first(sex, cohort, &count);

    return list[rng_skewed(rng, count)];
}

static struct date
born_at_age(struct family *family, int age)
{
    int32_t days =
        date_to_days(family->end) - age * 36525 / 100 - (int32_t) rng_below(family->rng, 365);

    return date_from_days(days);
}

/* One in three has one given name, the others two or three. */
static void
add_given_names(struct rng *rng, struct resident *resident)
{
    uint32_t more = rng_below(rng, 3);

    for (uint32_t i = 0; i < more && i < GIVEN_MAX - 1; i++) {
        const char *name = any_first(rng, resident->sex, resident->cohort).given;

        if (strcmp(name, resident->first.given) != 0 &&
            (i == 0 || strcmp(name, resident->more_given[0]) != 0)) {
            resident->more_given[i] = name;
        } else {
            break;
        }
    }
}

/* NULL when the household is full.  The sex is drawn when 'sex' is 0. */
static struct resident *
add_resident(struct family *family, char sex, struct date born, struct surname birth)
{
    struct people *people = family->people;
    struct resident *resident = NULL;

    if (family->household->count == family->room) {
        return NULL;
    }
    resident = &people->residents[people->count];
    memset(resident, 0, sizeof *resident);
    resident->household = (uint32_t) people->household_count;
    resident->sex = sex != 0 ? sex : rng_chance(family->rng, 500) ? 'f' : 'm';
    resident->born = born;
    resident->cohort = cohort_of(born.year);
    resident->birth = birth;
    resident->first = any_first(family->rng, resident->sex, resident->cohort);
    add_given_names(family->rng, resident);
    people->count++;
    family->household->count++;
    return resident;
}

/* Somebody of that age and any surname. */
static struct resident *
add_stranger(struct family *family, char sex, int age)
{
    struct surname birth = any_surname(family);
    struct date born = born_at_age(family, age);

    return add_resident(family, sex, born, birth);
}

static void
marry(struct rng *rng, struct resident *resident, struct surname partner)
{
    static const uint8_t WOMEN[] = { 35, 20, 40, 5 };
    static const uint8_t MEN[] = { 92, 2, 3, 3 };

    resident->partner = partner;
    resident->use = (enum surname_use) rng_weighted(rng, resident->sex == 'f' ? WOMEN : MEN, 4);
    if (strcmp(partner.core, resident->birth.core) == 0) {
        resident->use = USE_OWN;
    }
}

/* Two partners of about 'age'; '*other' is NULL when there is no room. */
static void
add_couple(struct family *family, int age, struct resident **one, struct resident **other)
{
    struct rng *rng = family->rng;
    struct surname first = any_surname(family);
    struct surname second = any_surname(family);
    bool same_sex = rng_chance(rng, 50);
    char sex = !same_sex ? 'm' : rng_chance(rng, 500) ? 'f' : 'm';
    int other_age = age + rng_between(rng, -6, 6);

    *one = add_resident(family, sex, born_at_age(family, age), first);
    *other = add_resident(family, same_sex ? sex : 'f',
                          born_at_age(family, other_age < 20 ? 20 : other_age), second);
    if (*one != NULL && *other != NULL && rng_chance(rng, 850)) {
        marry(rng, *one, second);
        marry(rng, *other, first);
    }
}

enum { GENERATION_YEARS = 15, NAME_TRIES = 200 };

/* Whether a brother or sister is called so already. */
static bool
is_name_of_sibling(const struct family *family, const struct resident *child)
{
    const struct resident *residents = &family->people->residents[family->household->first];

    for (size_t i = 0; i < family->household->count; i++) {
        const struct resident *other = &residents[i];

        if (other != child && abs(other->born.year - child->born.year) < GENERATION_YEARS &&
            (strcmp(child->first.given, other->first.given) == 0 ||
             strcmp(child->first.call, other->first.call) == 0)) {
            return true;
        }
    }
    return false;
}

/* The twin has another first name, one time in five with the same initial. */
static void
add_twin(struct family *family, const struct resident *child)
{
    bool wants_same_initial = rng_chance(family->rng, 200);
    struct resident *twin =
        add_resident(family, wants_same_initial ? child->sex : 0, child->born, child->birth);

    for (int i = 0; twin != NULL && i < NAME_TRIES; i++) {
        bool is_same_initial = twin->first.call[0] == child->first.call[0];

        if (!is_name_of_sibling(family, twin) &&
            (i > NAME_TRIES / 2 || is_same_initial == wants_same_initial)) {
            return;
        }
        twin->first = any_first(family->rng, twin->sex, twin->cohort);
    }
}

/* Children of 'parent'; a first son bears the name of 'namesake' 60 times in a thousand. */
static void
add_children(struct family *family, const struct resident *parent, const struct resident *namesake,
             struct surname birth)
{
    struct rng *rng = family->rng;
    uint32_t wanted = 1 + rng_skewed(rng, 4);
    int oldest = people_age_on(parent, family->end) - rng_between(rng, 21, 33);

    for (uint32_t i = 0; i < wanted; i++) {
        int age = oldest - (int) (i * 2 + rng_below(rng, 2));
        struct resident *child = NULL;

        if (age < 0) {
            return;
        }
        child = add_resident(family, 0, born_at_age(family, age), birth);
        if (child == NULL) {
            return;
        }
        for (int k = 0; k < NAME_TRIES && is_name_of_sibling(family, child); k++) {
            child->first = any_first(rng, child->sex, child->cohort);
        }
        if (i == 0 && namesake != NULL && rng_chance(rng, 60)) {
            child->sex = namesake->sex;
            child->first = namesake->first;
            memcpy(child->more_given, namesake->more_given, sizeof child->more_given);
        }
        if (rng_chance(rng, 40)) {
            add_twin(family, child);
            if (family->people->is_varied && rng_chance(rng, 100)) {
                add_twin(family, child);
            }
        }
    }
}

static void
add_single(struct family *family)
{
    int age = rng_between(family->rng, 20, 92);
    struct resident *resident = add_stranger(family, 0, age);

    /* Widows, widowers and the divorced keep a partner's name. */
    if (resident != NULL && rng_chance(family->rng, age > 60 ? 500 : 150)) {
        marry(family->rng, resident, any_surname(family));
    }
}

static void
add_family(struct family *family)
{
    struct resident *one = NULL;
    struct resident *other = NULL;

    add_couple(family, rng_between(family->rng, 26, 55), &one, &other);
    if (one != NULL && other != NULL) {
        add_children(family, other, one, rng_chance(family->rng, 850) ? one->birth : other->birth);
    }
}

static void
add_single_parent(struct family *family)
{
    char sex = rng_chance(family->rng, 800) ? 'f' : 'm';
    struct resident *parent = add_stranger(family, sex, rng_between(family->rng, 24, 52));

    if (parent != NULL) {
        bool is_own = rng_chance(family->rng, 500);
        struct surname birth = is_own ? parent->birth : any_surname(family);

        add_children(family, parent, sex == 'm' ? parent : NULL, birth);
    }
}

/* Grandparents, their son, his wife and their children, all of one surname at one address. */
static void
add_generations(struct family *family)
{
    struct rng *rng = family->rng;
    int age = rng_between(rng, 62, 84);
    int son_age = age - rng_between(rng, 24, 32);
    struct resident *grandfather = add_stranger(family, 'm', age);
    struct resident *grandmother = NULL;
    struct resident *son = NULL;
    struct resident *wife = NULL;

    if (grandfather == NULL) {
        return;
    }
    if (rng_chance(rng, 700)) {
        grandmother = add_stranger(family, 'f', age - 2);
    }
    if (grandmother != NULL) {
        marry(rng, grandmother, grandfather->birth);
    }
    son = add_resident(family, 'm', born_at_age(family, son_age), grandfather->birth);
    if (son != NULL && rng_chance(rng, 250)) {
        son->first = grandfather->first;
    }
    wife = add_stranger(family, 'f', son_age - 1);
    if (son != NULL && wife != NULL) {
        marry(rng, wife, son->birth);
        add_children(family, wife, rng_chance(rng, 500) ? grandfather : son, son->birth);
    }
}

static void
add_strangers(struct family *family, int least_age, int most_age, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        (void) add_stranger(family, 0, rng_between(family->rng, least_age, most_age));
    }
}

/* People who came with one name.  The registers of others knew no birthdays: two in five have the first
 * of January of a year. */
static void
add_newcomers(struct family *family)
{
    struct rng *rng = family->rng;
    uint32_t wanted = 1 + rng_below(rng, 6);
    uint32_t count = 0;
    const char *const *names = names_single(&count);

    for (uint32_t i = 0; i < wanted; i++) {
        struct surname name = { "", names[rng_below(rng, count)] };
        struct date born = born_at_age(family, rng_between(rng, 16, 70));
        struct resident *resident = NULL;

        if (rng_chance(rng, 400)) {
            born.month = 1;
            born.day = 1;
        }
        resident = add_resident(family, 0, born, name);
        if (resident != NULL) {
            resident->has_one_name = true;
            resident->first = (struct first_name) { name.core, name.core };
            memset(resident->more_given, 0, sizeof resident->more_given);
        }
    }
}

void
family_add(struct people *people, struct rng *rng, struct date end, size_t room)
{
    static const uint8_t USUAL[HOUSEHOLD_KIND_COUNT] = { 76, 64, 70, 18, 6, 4, 1, 0 };
    static const uint8_t VARIED[HOUSEHOLD_KIND_COUNT] = { 74, 62, 70, 18, 8, 4, 2, 3 };
    const uint8_t *weights = people->is_varied ? VARIED : USUAL;
    struct household *household = &people->households[people->household_count];
    struct family family = { people, rng, end, room, household };
    struct resident *one = NULL;
    struct resident *other = NULL;

    household->kind = (enum household_kind) rng_weighted(rng, weights, HOUSEHOLD_KIND_COUNT);
    household->first = (uint32_t) people->count;
    household->count = 0;
    household->address = place_new_address(&people->place, rng);
    switch (household->kind) {
        case HOUSEHOLD_SINGLE:
            add_single(&family);
            break;
        case HOUSEHOLD_COUPLE:
            add_couple(&family, rng_between(rng, 22, 88), &one, &other);
            break;
        case HOUSEHOLD_FAMILY:
            add_family(&family);
            break;
        case HOUSEHOLD_SINGLE_PARENT:
            add_single_parent(&family);
            break;
        case HOUSEHOLD_GENERATIONS:
            add_generations(&family);
            break;
        case HOUSEHOLD_STUDENTS:
            add_strangers(&family, 18, 26, 5 + rng_below(rng, 5));
            break;
        case HOUSEHOLD_INSTITUTION:
            add_strangers(&family, 24, 79, 9 + rng_below(rng, 8));
            break;
        case HOUSEHOLD_NEWCOMERS:
            add_newcomers(&family);
            break;
        case HOUSEHOLD_KIND_COUNT:
            break;
    }
    people->household_count++;
}
