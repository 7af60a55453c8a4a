/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_TEMP_H
#define TESTS_LIB_TEMP_H

/* Creates an empty folder of its own for a test, below $TMPDIR or /tmp; free with temp_remove.
 * Ends the test on failure. */
char *temp_folder(void);

/* Removes the folder with all that is in it, and frees the string; takes NULL. */
void temp_remove(char *folder);

/* "folder/name"; free() it. */
char *temp_path(const char *folder, const char *name);

#endif
