/* Times in headers and bodies. */
#include "protocol/date.h"

#include <string.h>

#include "protocol/text.h"

typedef struct civil {
    int year;
    int month; /* from 1 */
    int day;
    int hour;
    int minute;
    int second;
    int offset_minutes; /* east of UTC */
} civil;

/* Days since 1970-01-01 in the Gregorian calendar. Years are counted from March, so that
 * the leap day is the last of its year, in eras of 400 years, which all have 146,097
 * days. */
static int64_t days_since_epoch(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y % 400;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static bool to_seconds(const civil *date, int64_t *seconds)
{
    if (date->year < 1970 || date->month < 1 || date->month > 12 || date->day < 1 ||
        date->day > 31 || date->hour < 0 || date->hour > 23 || date->minute < 0 ||
        date->minute > 59 || date->second < 0 || date->second > 60)
        return false;
    *seconds = days_since_epoch(date->year, date->month, date->day) * 86400 +
               date->hour * 3600 + (date->minute - date->offset_minutes) * 60 +
               date->second;
    return true;
}

/* Readers remove what they read from the front of a text, and fail if it is not there. */

static bool read_word(pgai_text *text, const char *word)
{
    size_t length = strlen(word);

    if (text->length < length || memcmp(text->data, word, length) != 0)
        return false;
    pgaii_text_take(text, length);
    return true;
}

static bool is_digit(pgai_text text)
{
    return text.length > 0 && text.data[0] >= '0' && text.data[0] <= '9';
}

/* A number of one digit up to @p most. */
static bool read_number(pgai_text *text, int most, int *out)
{
    int digits = 0;

    *out = 0;
    for (; digits < most && is_digit(*text); digits++) {
        *out = *out * 10 + (text->data[0] - '0');
        pgaii_text_take(text, 1);
    }
    return digits > 0;
}

static bool is_letter(pgai_text text)
{
    return text.length > 0 && ((text.data[0] >= 'A' && text.data[0] <= 'Z') ||
                               (text.data[0] >= 'a' && text.data[0] <= 'z'));
}

/* The name of the day adds nothing to the date. */
static bool skip_day_name(pgai_text *text)
{
    bool any = is_letter(*text);

    while (is_letter(*text))
        pgaii_text_take(text, 1);
    return any;
}

static bool read_month(pgai_text *text, int *out)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    for (int i = 0; i < 12; i++) {
        if (read_word(text, names[i])) {
            *out = i + 1;
            return true;
        }
    }
    return false;
}

static bool read_clock(pgai_text *text, civil *date)
{
    return read_number(text, 2, &date->hour) && read_word(text, ":") &&
           read_number(text, 2, &date->minute) && read_word(text, ":") &&
           read_number(text, 2, &date->second);
}

/* " 06 Nov 1994 08:49:37 GMT" */
static bool read_fixed(pgai_text *text, civil *date)
{
    return read_word(text, " ") && read_number(text, 2, &date->day) &&
           read_word(text, " ") && read_month(text, &date->month) &&
           read_word(text, " ") && read_number(text, 4, &date->year) &&
           read_word(text, " ") && read_clock(text, date) && read_word(text, " GMT");
}

/* " 06-Nov-94 08:49:37 GMT" */
static bool read_rfc850(pgai_text *text, civil *date)
{
    if (!(read_word(text, " ") && read_number(text, 2, &date->day) &&
          read_word(text, "-") && read_month(text, &date->month) &&
          read_word(text, "-") && read_number(text, 2, &date->year) &&
          read_word(text, " ") && read_clock(text, date) && read_word(text, " GMT")))
        return false;
    date->year += date->year < 70 ? 2000 : 1900;
    return true;
}

/* " Nov  6 08:49:37 1994" */
static bool read_asctime(pgai_text *text, civil *date)
{
    if (!(read_word(text, " ") && read_month(text, &date->month) && read_word(text, " ")))
        return false;
    read_word(text, " ");
    return read_number(text, 2, &date->day) && read_word(text, " ") &&
           read_clock(text, date) && read_word(text, " ") &&
           read_number(text, 4, &date->year);
}

static bool read_http(pgai_text text, civil *date)
{
    pgai_text again;

    if (!skip_day_name(&text))
        return false;
    if (!read_word(&text, ","))
        return read_asctime(&text, date) && text.length == 0;
    again = text;
    return (read_fixed(&text, date) && text.length == 0) ||
           (read_rfc850(&again, date) && again.length == 0);
}

/* "Z", "+01:30" */
static bool read_zone(pgai_text *text, civil *date)
{
    int sign = read_word(text, "-") ? -1 : 1;
    int hours;
    int minutes;

    if (sign == 1 && (read_word(text, "Z") || read_word(text, "z")))
        return true;
    if ((sign == 1 && !read_word(text, "+")) || !read_number(text, 2, &hours) ||
        !read_word(text, ":") || !read_number(text, 2, &minutes))
        return false;
    date->offset_minutes = sign * (hours * 60 + minutes);
    return true;
}

/* "1994-11-06T08:49:37.999Z" */
static bool read_iso(pgai_text text, civil *date)
{
    int fraction;

    if (!(read_number(&text, 4, &date->year) && read_word(&text, "-") &&
          read_number(&text, 2, &date->month) && read_word(&text, "-") &&
          read_number(&text, 2, &date->day) && read_word(&text, "T") &&
          read_clock(&text, date)))
        return false;
    if (read_word(&text, ".")) {
        while (read_number(&text, 1, &fraction))
            continue;
    }
    return read_zone(&text, date) && text.length == 0;
}

bool pgaii_date_parse(pgai_text text, int64_t *seconds)
{
    civil date = {0};

    return (is_digit(text) ? read_iso(text, &date) : read_http(text, &date)) &&
           to_seconds(&date, seconds);
}
