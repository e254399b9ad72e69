#ifndef PGAI_TESTS_FUZZ_FUZZ_H
#define PGAI_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** What libFuzzer and replay.c call with each input; it aborts where a promise is broken.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
