#ifndef PGAI_VERSION_H
#define PGAI_VERSION_H

#include <pgai/api.h>

PGAI_BEGIN_DECLS

/** @file
 * The version of the library.
 */

/** A new major version may break programs. */
#define PGAI_VERSION_MAJOR 0
/** A new minor version breaks nothing, except while the major version is 0. */
#define PGAI_VERSION_MINOR 1
/** A new patch version breaks nothing. */
#define PGAI_VERSION_PATCH 0

/** The version of these headers, such as "0.1.0". */
#define PGAI_VERSION                                                                     \
    PGAI_VERSION_TEXT(PGAI_VERSION_MAJOR, PGAI_VERSION_MINOR, PGAI_VERSION_PATCH)
/** @cond */
#define PGAI_VERSION_TEXT(major, minor, patch) PGAI_VERSION_JOIN(major, minor, patch)
#define PGAI_VERSION_JOIN(major, minor, patch) #major "." #minor "." #patch
/** @endcond */

/** The version of the library that is loaded, such as "0.1.0"; static storage.
 *
 * It may differ from PGAI_VERSION, the version the program was compiled against.
 */
PGAI_API const char *pgai_version(void);

PGAI_END_DECLS

#endif
