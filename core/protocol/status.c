/* The words of outcomes, and the version. */
#include <pgai/status.h>
#include <pgai/version.h>

const char *pgai_version(void)
{
    return PGAI_VERSION;
}

const char *pgai_status_name(pgai_status status)
{
    switch (status) {
#define X(name, value, word, python, text)                                               \
    case PGAI_##name:                                                                    \
        return #word;
        PGAI_STATUS_LIST(X)
#undef X
    }
    return "unknown";
}

const char *pgai_status_text(pgai_status status)
{
    switch (status) {
#define X(name, value, word, python, text)                                               \
    case PGAI_##name:                                                                    \
        return text;
        PGAI_STATUS_LIST(X)
#undef X
    }
    return "unknown status";
}
