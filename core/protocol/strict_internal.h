#ifndef PGAI_PROTOCOL_STRICT_INTERNAL_H
#define PGAI_PROTOCOL_STRICT_INTERNAL_H

#include "protocol/strict.h"

/** @file
 * The slots of a strict walk, for the parts that plan them and take them in.
 */

/** The walk cannot go on; the first reason stays. */
void pgaii_strict_lose(pgaii_strict *strict, pgaii_strict_why why);

/** Plan a window, before slot number @p index. When there are too many, the last one is
 * dropped. */
void pgaii_strict_push(pgaii_strict *strict, size_t index, pgaii_window window);

/** Forget the first @p count slots. Those that were not taken in count as dropped. */
void pgaii_strict_drop(pgaii_strict *strict, size_t count);

#endif
