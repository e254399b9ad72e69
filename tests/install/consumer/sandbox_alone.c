/* The sandbox for programs that bring a client of their own. */

#include <stdio.h>
#include <string.h>

#include <pgai/sandbox.h>

int main(void)
{
    pgai_sandbox *sandbox = NULL;
    int is_wrong;

    if (pgai_sandbox_start(NULL, &sandbox, NULL) != PGAI_OK)
        return 1;
    printf("a sandbox at %s\n", pgai_sandbox_url(sandbox));
    is_wrong = strncmp(pgai_sandbox_url(sandbox), "http://127.0.0.1:", 17) != 0;
    pgai_sandbox_stop(sandbox);
    return is_wrong;
}
