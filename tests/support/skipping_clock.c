/* A clock that skips over waits. */
#include "support/skipping_clock.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "engine/clock.h"
#include "engine/drive.h"

/* The linker knows these names, whatever the rules for identifiers say. */
int64_t __real_pgaii_clock_now_ms(void);
int64_t __wrap_pgaii_clock_now_ms(void);
bool __real_pgaii_drive_poll(pgaii_drive *drive);
bool __wrap_pgaii_drive_poll(pgaii_drive *drive);

static atomic_llong skipped;

int64_t skipped_ms(void)
{
    return atomic_load(&skipped);
}

int64_t __wrap_pgaii_clock_now_ms(void)
{
    return __real_pgaii_clock_now_ms() + atomic_load(&skipped);
}

bool __wrap_pgaii_drive_poll(pgaii_drive *drive)
{
    int64_t left = drive->wake_at - __wrap_pgaii_clock_now_ms();

    if (drive->out > 0)
        return __real_pgaii_drive_poll(drive);
    if (left > 0)
        atomic_fetch_add(&skipped, left);
    return true;
}
