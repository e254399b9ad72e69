#ifndef PGAI_TESTS_SUPPORT_PEERS_H
#define PGAI_TESTS_SUPPORT_PEERS_H

#include <stddef.h>

/** @file
 * Services that are not what a client hopes for: peers.py, in a process of its own.
 * Whatever fails ends the test.
 */

typedef struct peers peers;

peers *peers_start(void);

/** Copy text with each {name} in it replaced by where that peer is. */
void peers_fill(const peers *all, const char *text, char *out, size_t size);

void peers_stop(peers *all);

#endif
