#ifndef PGAI_PROTOCOL_LEXER_H
#define PGAI_PROTOCOL_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include <pgai/text.h>

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
} pgaii_lexer;

/** A string, still escaped. */
typedef struct pgaii_string {
    pgai_text raw; /* between the quotes */
    bool escaped;  /* raw differs from its meaning */
    bool nul;      /* it contains an escaped U+0000 */
} pgaii_string;

/** Start at the beginning of @p text. */
void pgaii_lexer_init(pgaii_lexer *lexer, pgai_text text);

/** Skip blanks. */
static inline void pgaii_lex_blank(pgaii_lexer *lexer)
{
    while (*lexer->at == ' ' || *lexer->at == '\n' || *lexer->at == '\r' ||
           *lexer->at == '\t')
        lexer->at++;
}

/** Skip blanks, and the given byte if it comes next; false: another byte came. */
static inline bool pgaii_lex_byte(pgaii_lexer *lexer, char byte)
{
    if (*lexer->at != (unsigned char)byte)
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

    lexer->fresh = false;
    lexer->closed = pgaii_lex_byte(lexer, bracket);
    if (lexer->closed) {
        lexer->depth--;
        return false;
    }
    return fresh || pgaii_lex_byte(lexer, ',');
}

/** Read a string, whose opening quote is next. */
bool pgaii_lex_string(pgaii_lexer *lexer, pgaii_string *out);

/** Read the name of a member and its colon. A name with U+0000 is refused: the languages
 * around cannot all hold it. */
bool pgaii_lex_name(pgaii_lexer *lexer, pgaii_string *out);

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
