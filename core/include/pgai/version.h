#ifndef PGAI_VERSION_H
#define PGAI_VERSION_H

#include <pgai/export.h>

PGAI_BEGIN_DECLS

#define PGAI_VERSION_MAJOR 0
#define PGAI_VERSION_MINOR 1
#define PGAI_VERSION_PATCH 0
#define PGAI_VERSION "0.1.0"

/** The version of the library that is loaded, such as "0.1.0"; static storage.
 *
 * It may differ from PGAI_VERSION, the version the program was compiled against.
 */
PGAI_API const char *pgai_version(void);

PGAI_END_DECLS

#endif
