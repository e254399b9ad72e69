#ifndef PGAI_PROTOCOL_LEXER_H
#define PGAI_PROTOCOL_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include <pgai/text.h>

#include "protocol/plain.h"

/** Deepest nesting of arrays and objects in a response. The documented shapes need 6;
 * deeper ones are an attack on recursive readers. */
enum { PGAII_MAX_DEPTH = 64 };

/** A reader of JSON text (RFC 8259, UTF-8 only) that returns slices and copies nothing.
 *
 * A byte after the text can be read: a NUL, or what follows in a larger text that ends
 * with one. Once a function has returned false, the lexer is of no further use, and
 * stands at the byte that is wrong.
 */
typedef struct pgaii_lexer {
    const unsigned char *at;
    const unsigned char *end;
    int depth;     /* of open arrays and objects */
    bool fresh;    /* the innermost of them was just opened */
    bool closed;   /* see pgaii_lex_more() */
    bool too_deep; /* why a function returned false, when it is not the syntax */
    bool escaped;  /* the string read last differs from its meaning */
    bool nul;      /* that string contains an escaped U+0000 */
} pgaii_lexer;

/** Start at the beginning of @p text. */
void pgaii_lexer_init(pgaii_lexer *lexer, pgai_text text);

/** Skip blanks. */
static inline void pgaii_lex_blank(pgaii_lexer *lexer)
{
    while (*lexer->at <= ' ' && (*lexer->at == ' ' || *lexer->at == '\n' ||
                                 *lexer->at == '\r' || *lexer->at == '\t'))
        lexer->at++;
}

/** Skip blanks, and the given byte if it comes next; false: another byte came. */
static inline bool pgaii_lex_byte(pgaii_lexer *lexer, char byte)
{
    pgaii_lex_blank(lexer);
    if (*lexer->at != (unsigned char)byte || lexer->at >= lexer->end)
        return false;
    lexer->at++;
    return true;
}

/** Skip blanks and the bracket that begins an array or object; false: another byte came,
 * or it is nested too deep. pgaii_lex_more() follows. */
bool pgaii_lex_open(pgaii_lexer *lexer, char bracket);

/** Whether another item follows in the innermost array or object, which ends with @p
 * bracket.
 *
 * On false see @c closed: true, it ended, and the bracket was skipped; false, what comes
 * is neither an item nor the end. A comma without an item after it shows when the item is
 * read.
 */
static inline bool pgaii_lex_more(pgaii_lexer *lexer, char bracket)
{
    bool fresh = lexer->fresh;

    if (!fresh && *lexer->at == ',' && lexer->at < lexer->end) {
        lexer->at++;
        return true;
    }
    lexer->fresh = false;
    lexer->closed = pgaii_lex_byte(lexer, bracket);
    if (lexer->closed) {
        lexer->depth--;
        return false;
    }
    return fresh || pgaii_lex_byte(lexer, ',');
}

/** The rest of pgaii_lex_string(), for a string that is no plain ASCII up to its end, or
 * has none: it is plain up to @p at, and @p high is other than 0 if not all of that is
 * ASCII. */
bool pgaii_lex_odd_string(pgaii_lexer *lexer, const unsigned char *at, unsigned high,
                          pgai_text *out);

/** Read a string, whose opening quote is next; @p out is what is between the quotes, see
 * @c escaped.
 *
 * @p out is where the text stays. A copy of it would wait for both of its halves.
 */
static inline bool pgaii_lex_string(pgaii_lexer *lexer, pgai_text *out)
{
    const unsigned char *start = lexer->at + 1;
    unsigned high = 0;
    const unsigned char *at = pgaii_skip_plain(start, lexer->end, &high);

    lexer->escaped = false;
    lexer->nul = false;
    if (high || *at != '"' || at >= lexer->end)
        return pgaii_lex_odd_string(lexer, at, high, out);
    out->data = (const char *)start;
    out->length = (size_t)(at - start);
    lexer->at = at + 1;
    return true;
}

/** Read the name of a member and its colon. A name with U+0000 is refused: the languages
 * around cannot all hold it. */
bool pgaii_lex_name(pgaii_lexer *lexer, pgai_text *out);

/** Read a value of any kind, checking all of it; @p out is its exact text. */
bool pgaii_lex_value(pgaii_lexer *lexer, pgai_text *out);

/** Skip blanks; whether nothing else follows. */
static inline bool pgaii_lex_end(pgaii_lexer *lexer)
{
    pgaii_lex_blank(lexer);
    return lexer->at >= lexer->end;
}

/** Write the meaning of an escaped string that the lexer has read; a lone surrogate
 * becomes U+FFFD. @p out needs raw.length bytes. @return how many were written. */
size_t pgaii_unescape(pgai_text raw, char *out);

#endif
