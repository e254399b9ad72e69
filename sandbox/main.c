/* The command pgai-sandbox. */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pgai/sandbox.h>
#include <pgai/version.h>

#include "protocol/text.h"

enum {
    EXIT_USAGE = 2,
    MAX_FAULTS = 1024 * 1024 /* bytes of a file of rules, as for the control path */
};

static const char usage[] =
    "usage: pgai-sandbox [options]\n"
    "\n"
    "Emulate the PG:AI Contacts service on 127.0.0.1. When it is ready, it prints one "
    "line\n"
    "of JSON with its base URL and a key. Stop it with SIGTERM or SIGINT.\n"
    "\n"
    "  --port N         listen on this port (default: any free one)\n"
    "  --contacts N     start with so many contacts (default: 1000)\n"
    "  --seed N         seed of the contacts and of random faults (default: 1)\n"
    "  --faults FILE    start with the fault rules in a JSON file\n"
    "  --limiter KIND   fixed, fixed_first, sliding, counter or bucket (default: none)\n"
    "  --rate-limit N   requests a minute of the limiter (default: 60)\n"
    "  --page-limit N   contacts a page if a request has no limit (default: 50)\n"
    "  --max-limit N    maximum of contacts a page (default: 50)\n"
    "  --quiet          do not log requests to stderr\n"
    "  --help           show this\n"
    "  --version        show the version\n";

/* What the command line says. */
typedef struct arguments {
    pgai_sandbox_options options;
    char *faults; /* text of the file; owned */
    bool done;    /* after --help or --version there is nothing to do */
} arguments;

static bool complain(const char *format, const char *what)
{
    fputs("pgai-sandbox: ", stderr);
    fprintf(stderr, format, what);
    fputs("\n", stderr);
    return false;
}

static bool read_number(const char *name, int64_t most, int64_t *out)
{
    if (pgaii_text_number(pgaii_text(optarg), out) && *out <= most)
        return true;
    fprintf(stderr,
            "pgai-sandbox: --%s is \"%s\", but must be a number from 0 to %" PRId64 "\n",
            name, optarg, most);
    return false;
}

static bool read_faults(const char *path, char **out)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(MAX_FAULTS + 1) : NULL;
    size_t length;
    bool whole;

    if (!text) {
        if (file)
            fclose(file);
        return complain("cannot read %s", path);
    }
    length = fread(text, 1, MAX_FAULTS, file);
    whole = !ferror(file) && fgetc(file) == EOF;
    fclose(file);
    text[length] = '\0';
    free(*out);
    *out = text;
    return whole || complain("%s cannot be read, or is longer than 1 MiB", path);
}

enum {
    OPTION_PORT = 1,
    OPTION_CONTACTS,
    OPTION_SEED,
    OPTION_FAULTS,
    OPTION_LIMITER,
    OPTION_RATE_LIMIT,
    OPTION_PAGE_LIMIT,
    OPTION_MAX_LIMIT,
    OPTION_QUIET,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"port", required_argument, NULL, OPTION_PORT},
    {"contacts", required_argument, NULL, OPTION_CONTACTS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"faults", required_argument, NULL, OPTION_FAULTS},
    {"limiter", required_argument, NULL, OPTION_LIMITER},
    {"rate-limit", required_argument, NULL, OPTION_RATE_LIMIT},
    {"page-limit", required_argument, NULL, OPTION_PAGE_LIMIT},
    {"max-limit", required_argument, NULL, OPTION_MAX_LIMIT},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0},
};

static bool read_option(int option, const char *name, arguments *out)
{
    pgai_sandbox_options *options = &out->options;
    int64_t number = 0;
    bool read;

    switch (option) {
    case OPTION_PORT:
        read = read_number(name, 65535, &number);
        options->port = (int)number;
        return read;
    case OPTION_CONTACTS:
        return read_number(name, INT64_MAX, &options->contacts);
    case OPTION_SEED:
        read = read_number(name, INT64_MAX, &number);
        options->seed = (uint64_t)number;
        return read;
    case OPTION_FAULTS:
        read = read_faults(optarg, &out->faults);
        options->faults = out->faults;
        return read;
    case OPTION_LIMITER:
        options->limiter = optarg;
        return true;
    case OPTION_RATE_LIMIT:
        return read_number(name, INT64_MAX, &options->rate_limit);
    case OPTION_PAGE_LIMIT:
        return read_number(name, INT64_MAX, &options->page_limit);
    case OPTION_MAX_LIMIT:
        return read_number(name, INT64_MAX, &options->max_limit);
    case OPTION_QUIET:
        options->log_stderr = 0;
        return true;
    case OPTION_HELP:
    case OPTION_VERSION:
        fputs(option == OPTION_HELP ? usage : "pgai-sandbox " PGAI_VERSION "\n", stdout);
        out->done = true;
        return true;
    default: /* getopt_long() has said why */
        return false;
    }
}

static bool read_arguments(int argc, char **argv, arguments *out)
{
    static const pgai_sandbox_options usual = PGAI_SANDBOX_OPTIONS_INIT;
    int index = 0;
    int option;

    *out = (arguments){.options = usual};
    out->options.log_stderr = 1;
    while (!out->done &&
           (option = getopt_long(argc, argv, "", long_options, &index)) != -1) {
        if (!read_option(option, long_options[index].name, out))
            return false;
    }
    if (!out->done && optind < argc)
        return complain("there is no argument \"%s\"", argv[optind]);
    if (out->options.rate_limit > 0 && !out->options.limiter)
        return complain("%s", "--rate-limit needs --limiter");
    return true;
}

/* Signals are blocked before the sandbox's thread begins, and taken here. */
static int serve(const pgai_sandbox_options *options)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_sandbox *sandbox = NULL;
    sigset_t ends;
    int signal;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (pgai_sandbox_start(options, &sandbox, &error) != PGAI_OK) {
        complain("%s", error.message);
        return error.status == PGAI_USAGE ? EXIT_USAGE : EXIT_FAILURE;
    }
    printf("{\"url\": \"%s\", \"api_key\": \"%s\"}\n", pgai_sandbox_url(sandbox),
           pgai_sandbox_key(sandbox));
    fflush(stdout);
    sigwait(&ends, &signal);
    pgai_sandbox_stop(sandbox);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    arguments given;
    int status = EXIT_SUCCESS;

    if (!read_arguments(argc, argv, &given)) {
        fputs("Try \"pgai-sandbox --help\".\n", stderr);
        status = EXIT_USAGE;
    } else if (!given.done) {
        status = serve(&given.options);
    }
    free(given.faults);
    return status;
}
