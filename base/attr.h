/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

/* The caller must look at the result.  Stands on each prototype: gcc ignores it on a type. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* The function takes a format as its 'at'-th argument and the values from 'first' on. */
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

#endif
