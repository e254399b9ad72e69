/* What glibc's own says, and Debian's does not; and which level there must be. */
#include_next <features.h>
#if defined(_FORTIFY_SOURCE) && _FORTIFY_SOURCE > 0 && !defined(__OPTIMIZE__)
#error _FORTIFY_SOURCE requires compiling with optimization (-O)
#endif
#if defined(EXPECTED_LEVEL) && _FORTIFY_SOURCE != EXPECTED_LEVEL
#error this is not the level of _FORTIFY_SOURCE that was expected
#endif
