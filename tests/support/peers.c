/* The services of peers.py, in a process of its own. */
#include "support/peers.h"

#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "support/scratch.h"
#include "support/unit.h"

/* Python starts, and a certificate is made. */
enum { MAX_TRIES = 3000, PAUSE_US = 10 * 1000 };

struct peers {
    FILE *process;
    json_t *names;
};

static json_t *await_names(const char *path)
{
    json_t *names = NULL;

    for (int i = 0; i < MAX_TRIES && !names; i++) {
        usleep(PAUSE_US);
        names = json_load_file(path, 0, NULL);
    }
    assert_non_null(names);
    return names;
}

peers *peers_start(void)
{
    char folder[SCRATCH_PATH_SIZE];
    char path[SCRATCH_PATH_SIZE + sizeof("/names")];
    char command[512];
    peers *all = calloc(1, sizeof(*all));

    assert_non_null(all);
    scratch_folder(folder);
    snprintf(path, sizeof(path), "%s/names", folder);
    snprintf(command, sizeof(command), "exec python3 '%s' '%s'", PGAI_PEERS, path);
    all->process = popen(command, "w");
    assert_non_null(all->process);
    all->names = await_names(path);
    return all;
}

static const char *find(const peers *all, const char *text, size_t *length)
{
    const char *end = *text == '{' ? strchr(text, '}') : NULL;

    if (!end)
        return NULL;
    *length = (size_t)(end + 1 - text);
    return json_string_value(json_object_getn(all->names, text + 1, *length - 2));
}

void peers_fill(const peers *all, const char *text, char *out, size_t size)
{
    size_t used = 0;

    while (*text && used < size - 1) {
        size_t length = 1;
        const char *place = find(all, text, &length);

        if (place)
            used += (size_t)snprintf(out + used, size - used, "%s", place);
        else
            out[used++] = *text;
        text += place ? length : 1;
    }
    assert_true(used < size);
    out[used] = '\0';
}

void peers_stop(peers *all)
{
    pclose(all->process);
    json_decref(all->names);
    free(all);
}
