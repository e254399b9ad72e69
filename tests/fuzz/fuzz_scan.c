/* Any bytes as a page or contact: what is read equals what jansson reads. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "support/oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[128];

    if (!oracle_agrees((const char *)data, size, why, sizeof(why))) {
        fprintf(stderr, "scan and jansson disagree: %s\n%.*s\n", why, (int)size,
                (const char *)data);
        abort();
    }
    return 0;
}
