/* Runs a fuzz target without libFuzzer: over each file of a corpus, then over mutations
 * of them that are the same in each run. usage: replay CORPUS_FOLDER MUTATIONS */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

enum { MAX_FILES = 512, MAX_FILE = 64 * 1024, MAX_EDITS = 4 };

typedef struct sample {
    uint8_t *data;
    size_t size;
} sample;

static uint64_t state = 42;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static bool read_sample(const char *folder, const char *name, sample *out)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (!file)
        return false;
    out->data = malloc(MAX_FILE);
    out->size = out->data ? fread(out->data, 1, MAX_FILE, file) : 0;
    fclose(file);
    return out->data != NULL;
}

/* By name, so that the order does not depend on the file system. */
static int count_samples(const char *folder, sample *samples)
{
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, NULL, alphasort);
    int count = 0;

    for (int i = 0; i < found; i++) {
        if (entries[i]->d_name[0] != '.' && count < MAX_FILES)
            count += read_sample(folder, entries[i]->d_name, &samples[count]);
        free(entries[i]);
    }
    free(entries);
    return count;
}

/* Bytes that mean something in JSON or HTTP break more than random ones do. */
static uint8_t telling_byte(void)
{
    static const char bytes[] =
        "{}[]\",:\\u0189afdDeE+-. \t\n/tfnl\x7F\x80\xBF\xC3\xED\xF4\xFF";

    return draw(8) == 0 ? (uint8_t)draw(256) : (uint8_t)bytes[draw(sizeof(bytes))];
}

static size_t edit(uint8_t *data, size_t size)
{
    size_t at = draw((uint32_t)size + 1);
    size_t length = draw(8) + 1;

    switch (draw(5)) {
    case 0: /* replace */
        if (at < size)
            data[at] = telling_byte();
        return size;
    case 1: /* insert */
        memmove(data + at + 1, data + at, size - at);
        data[at] = telling_byte();
        return size + 1;
    case 2: /* delete */
        length = at + length > size ? size - at : length;
        memmove(data + at, data + at + length, size - at - length);
        return size - length;
    case 3: /* cut */
        return draw(4) == 0 ? at : size;
    default: /* copy a piece to another place */
        length = at + length > size ? size - at : length;
        memmove(data + draw((uint32_t)(size - length) + 1), data + at, length);
        return size;
    }
}

static void run_mutation(const sample *origin)
{
    uint8_t *copy = malloc(origin->size + MAX_EDITS);
    uint8_t *exact;
    size_t size = origin->size;

    memcpy(copy, origin->data, size);
    for (uint32_t edits = draw(MAX_EDITS) + 1; edits > 0; edits--)
        size = edit(copy, size);
    /* In a block of its own size, so that sanitizers see each byte read too far. */
    exact = malloc(size ? size : 1);
    memcpy(exact, copy, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    free(copy);
}

int main(int argc, char **argv)
{
    static sample samples[MAX_FILES];
    int count = argc == 3 ? count_samples(argv[1], samples) : 0;
    long mutations = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

    if (count == 0) {
        fprintf(stderr,
                "usage: replay CORPUS_FOLDER MUTATIONS; the folder must hold files\n");
        return 2;
    }
    for (int i = 0; i < count; i++)
        LLVMFuzzerTestOneInput(samples[i].data, samples[i].size);
    for (long i = 0; i < mutations; i++)
        run_mutation(&samples[draw((uint32_t)count)]);
    for (int i = 0; i < count; i++)
        free(samples[i].data);
    printf("%d files and %ld mutations: no fault\n", count, mutations);
    return 0;
}
