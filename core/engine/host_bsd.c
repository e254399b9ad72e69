/* The host, on macOS and the BSDs. */
#include "engine/host.h"

#include <string.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/sysctl.h>

#ifdef __APPLE__
static const char boot[] = "kern.bootsessionuuid";
#else
static const char boot[] = "kern.boot_id"; /* bytes, from FreeBSD 14 on */
#endif

void pgaii_host_boot(char *out, size_t size)
{
    size_t length = size - 1;

    memset(out, 0, size);
    if (sysctlbyname(boot, out, &length, NULL, 0) != 0)
        memset(out, 0, size);
}

void pgaii_host_clock(char *out, size_t size)
{
    memset(out, 0, size);
}

bool pgaii_host_has(int folder, bool *local)
{
    struct statfs system;

    if (fstatfs(folder, &system) != 0)
        return false;
    *local = (system.f_flags & MNT_LOCAL) != 0;
    return true;
}
