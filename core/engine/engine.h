#ifndef PGAI_ENGINE_ENGINE_H
#define PGAI_ENGINE_ENGINE_H

#include <pgai/engine.h>

#include "engine/route.h"

/** As pgai_engine_new().
 *
 * @param route Its contents are taken over, and it is left empty, also on failure.
 */
pgai_status pgaii_engine_open(pgaii_route *route, pgai_engine **out, pgai_error *error);

#endif
