#ifndef PGAI_PROTOCOL_SHA256_H
#define PGAI_PROTOCOL_SHA256_H

#include <stddef.h>

enum { PGAII_SHA256_BYTES = 32 };

/** SHA-256 (FIPS 180-4) of @p length bytes. @p out may be the data itself. */
void pgaii_sha256(const void *data, size_t length, unsigned char out[PGAII_SHA256_BYTES]);

#endif
