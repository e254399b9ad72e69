/* Included in front of every file: checks of buffer sizes by the C library, where whoever
 * builds has not set a level, where the compiler optimises, without which glibc warns,
 * and where no sanitizer checks more. */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) ||               \
    __has_feature(thread_sanitizer)
#define PGAI_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PGAI_SANITIZED
#endif
#if defined(__OPTIMIZE__) && !defined(_FORTIFY_SOURCE) && !defined(PGAI_SANITIZED)
#define _FORTIFY_SOURCE 2
#endif
