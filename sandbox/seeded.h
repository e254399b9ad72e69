#ifndef PGAI_SANDBOX_SEEDED_H
#define PGAI_SANDBOX_SEEDED_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/buffer.h"

/** Append the contact that is number @p index of @p seed, as a JSON object.
 *
 * Every field but the id is missing in a few contacts, and null in a few others. The
 * same arguments give the same bytes, and the listed fields are the same in both forms.
 *
 * @param id     What the contact is called.
 * @param listed Only the fields that a list carries.
 */
bool pgaii_seeded_add(uint64_t seed, int64_t index, const char *id, bool listed,
                      pgaii_buffer *out);

#endif
