/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_SHARED_H
#define TESTS_LIB_SHARED_H

/* The path of a file or folder of public test material that lies beside the checkout (the folder
 * named by SEINHUIS_SHARED), or NULL when it is not there; free() it.  A test that uses it must
 * also hold enough constants to prove something without it. */
char *shared_path(const char *name);

#endif
