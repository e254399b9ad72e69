/* The host, on Linux. */
#include "engine/host.h"

#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Of linux/magic.h, in which not all kernels' headers have all of them. */
static const unsigned remote[] = {
    0x6969,     /* NFS */
    0x517B,     /* SMB */
    0xFF534D42, /* CIFS */
    0xFE534D42, /* SMB 2 */
    0x65735546, /* FUSE: sshfs and its like */
    0x01021997, /* 9P */
    0x5346414F, /* AFS */
    0x00C36400, /* Ceph */
    0x0BD00BD0, /* Lustre */
    0x73757245, /* Coda */
};

/* The text of a small file or a link of /proc; empty where there is no such thing. */
static void read_proc(const char *path, bool link, char *out, size_t size)
{
    int file = link ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = link        ? readlink(path, out, size - 1)
                     : file >= 0 ? read(file, out, size - 1)
                                 : -1;

    if (file >= 0)
        close(file);
    length = length > 0 ? length : 0;
    memset(out + length, 0, size - (size_t)length);
}

void pgaii_host_boot(char *out, size_t size)
{
    read_proc("/proc/sys/kernel/random/boot_id", false, out, size);
}

void pgaii_host_clock(char *out, size_t size)
{
    read_proc("/proc/self/ns/time", true, out, size);
}

bool pgaii_host_has(int folder, bool *local)
{
    struct statfs system;

    if (fstatfs(folder, &system) != 0)
        return false;
    *local = true;
    for (size_t i = 0; *local && i < sizeof(remote) / sizeof(*remote); i++)
        *local = (unsigned)system.f_type != remote[i];
    return true;
}
