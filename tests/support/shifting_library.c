/* For LD_PRELOAD: allocates $SHIFT small blocks before all else, so that what is
 * allocated later lies elsewhere. scripts/checks/leaks uses it. */
#include <stdlib.h>

enum { MAX_BLOCKS = 4096, BLOCK_BYTES = 16 };

/* Within reach, so that they are no leaks. */
void *shifting_blocks[MAX_BLOCKS];

__attribute__((constructor)) static void shift(void)
{
    const char *given = getenv("SHIFT");
    int blocks = given ? atoi(given) : 0;

    for (int i = 0; i < blocks && i < MAX_BLOCKS; i++)
        shifting_blocks[i] = malloc(BLOCK_BYTES);
}
