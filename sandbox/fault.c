/* The catalogue of faults, put together of the tables of its groups. */
#include "sandbox/fault.h"

#include <string.h>

const pgaii_fault_group pgaii_fault_groups[] = {
    {"transport", pgaii_faults_transport}, {"framing", pgaii_faults_framing},
    {"headers", pgaii_faults_headers},     {"rate_limits", pgaii_faults_rate_limits},
    {"status", pgaii_faults_status},       {"body", pgaii_faults_body},
    {"paging", pgaii_faults_paging},       {"create", pgaii_faults_create},
};
const size_t pgaii_fault_group_count =
    sizeof(pgaii_fault_groups) / sizeof(pgaii_fault_groups[0]);

const pgaii_fault *pgaii_fault_find(const char *name)
{
    for (size_t i = 0; i < pgaii_fault_group_count; i++) {
        for (const pgaii_fault *at = pgaii_fault_groups[i].faults; at->name; at++) {
            if (strcmp(at->name, name) == 0)
                return at;
        }
    }
    return NULL;
}

int64_t pgaii_parameter_word(const pgaii_parameter *parameter, const char *word)
{
    const char *at = parameter->words;
    size_t length = strlen(word);

    for (int64_t number = 0; at; number++) {
        const char *bar = strchrnul(at, '|');

        if ((size_t)(bar - at) == length && memcmp(at, word, length) == 0)
            return number;
        at = *bar ? bar + 1 : NULL;
    }
    return -1;
}
