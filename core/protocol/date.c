#include "protocol/date.h"

#include <stdio.h>
#include <string.h>

/* The longest form is RFC 850's, "Wednesday, 09-Nov-94 08:49:37 GMT": 33 bytes. */
enum { LONGEST_DATE = 40 };

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

static int month_number(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *found = strstr(names, name);

    return found && strlen(name) == 3 && (found - names) % 3 == 0
               ? (int)(found - names) / 3 + 1
               : 0;
}

static bool parse_http(const char *text, civil *date)
{
    char month[4] = "";
    int end = 0;

    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &date->day,
               month, &date->year, &date->hour, &date->minute, &date->second,
               &end) == 6 &&
        end > 0) {
        date->month = month_number(month);
    } else if (sscanf(text, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n",
                      &date->day, month, &date->year, &date->hour, &date->minute,
                      &date->second, &end) == 6 &&
               end > 0) {
        date->month = month_number(month);
        date->year += date->year < 70 ? 2000 : 1900;
    } else if (sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", month,
                      &date->day, &date->hour, &date->minute, &date->second, &date->year,
                      &end) == 6) {
        date->month = month_number(month);
    } else {
        return false;
    }
    return text[end] == '\0';
}

static bool parse_zone(const char *text, civil *date)
{
    int hours;
    int minutes;
    int end = 0;

    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if ((*text != '+' && *text != '-') ||
        sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &end) != 2 ||
        text[1 + end] != '\0')
        return false;
    date->offset_minutes = (*text == '-' ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

static bool parse_iso(const char *text, civil *date)
{
    int end = 0;

    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &date->year, &date->month, &date->day,
               &date->hour, &date->minute, &date->second, &end) != 6)
        return false;
    if (text[end] == '.')
        end += 1 + (int)strspn(text + end + 1, "0123456789");
    return parse_zone(text + end, date);
}

bool pgaii_date_parse(pgai_text text, int64_t *seconds)
{
    char copy[LONGEST_DATE + 1];
    civil date = {0};

    if (text.length == 0 || text.length > LONGEST_DATE ||
        memchr(text.data, 0, text.length))
        return false;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    if (!parse_http(copy, &date)) {
        date = (civil){0};
        if (!parse_iso(copy, &date))
            return false;
    }
    return to_seconds(&date, seconds);
}
