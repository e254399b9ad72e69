#ifndef PGAI_API_H
#define PGAI_API_H

/** @file
 * Attributes of the public declarations.
 *
 * Symbols are hidden unless marked PGAI_API, so that they do not clash with those of
 * other libraries in the process.
 */

#if defined(__GNUC__)
#define PGAI_API __attribute__((visibility("default")))
#define PGAI_NODISCARD __attribute__((warn_unused_result))
#else
#define PGAI_API
#define PGAI_NODISCARD
#endif

#ifdef __cplusplus
#define PGAI_BEGIN_DECLS extern "C" {
#define PGAI_END_DECLS }
#else
#define PGAI_BEGIN_DECLS
#define PGAI_END_DECLS
#endif

#endif
