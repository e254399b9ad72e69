#ifndef PGAI_ENGINE_HOST_H
#define PGAI_ENGINE_HOST_H

#include <stdbool.h>
#include <stddef.h>

/** @file
 * What processes of one host have in common, and others have not.
 */

/** The text that names this start of the host, cut to @p size with its NUL; the rest is
 * NUL. Empty: the system does not tell. */
void pgaii_host_boot(char *out, size_t size);

/** The text that names the clock of pgaii_clock_now_ms() where containers may have clocks
 * of their own; empty: all processes have one. Otherwise as pgaii_host_boot(). */
void pgaii_host_clock(char *out, size_t size);

/** Whether a folder, open as a descriptor, is on a disk of the host itself.
 *
 * @param[out] local false: on a network file system, or one that may be.
 * @return false: it is not known, and errno tells why. */
bool pgaii_host_has(int folder, bool *local);

#endif
