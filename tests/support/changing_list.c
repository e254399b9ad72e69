/* A list of contacts that others change. */
#include "support/changing_list.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"
#include "support/unit.h"

/* Odd, so that each number has a hash of its own; and its inverse modulo 2^64. */
#define SPREAD 0x9E3779B97F4A7C15u
#define GATHER 0xF1DE83E19937733Du

void changing_list_init(changing_list *list, int count, int most, uint64_t seed)
{
    memset(list, 0, sizeof(*list));
    list->most = most;
    list->random.state = seed;
    for (int i = 0; i < count; i++)
        changing_list_insert(list, (size_t)i);
}

void changing_list_clear(changing_list *list)
{
    free(list->numbers);
    free(list->gone);
}

static void put(changing_list *list, size_t place, int number)
{
    memmove(&list->numbers[place + 1], &list->numbers[place],
            (list->count - place) * sizeof(*list->numbers));
    list->numbers[place] = number;
    list->count++;
}

static int take(changing_list *list, size_t place)
{
    int number = list->numbers[place];

    list->count--;
    memmove(&list->numbers[place], &list->numbers[place + 1],
            (list->count - place) * sizeof(*list->numbers));
    return number;
}

void changing_list_insert(changing_list *list, size_t place)
{
    size_t made = (size_t)list->made + 1;

    assert_true(pgaii_grow((void **)&list->numbers, &list->capacity, list->count + 1,
                           sizeof(*list->numbers), 16));
    assert_true(pgaii_grow((void **)&list->gone, &list->gone_capacity, made,
                           sizeof(*list->gone), 16));
    list->gone[list->made] = false;
    put(list, place, list->made++);
}

void changing_list_delete(changing_list *list, size_t place)
{
    if (place < list->count)
        list->gone[take(list, place)] = true;
}

void changing_list_move(changing_list *list, size_t from, size_t to)
{
    put(list, to, take(list, from));
}

uint64_t changing_list_hash(int number)
{
    return ((uint64_t)number + 1) * SPREAD;
}

int changing_list_number(uint64_t hash)
{
    return (int)(hash * GATHER - 1);
}

static size_t choose(choices *all, size_t bound)
{
    size_t at = all->at++;

    assert_true(at < CHOICES);
    if (at == all->count) {
        all->drawn[at] = 0;
        all->count++;
    }
    all->bounds[at] = bound;
    return all->drawn[at];
}

bool choices_next(choices *all)
{
    all->count = all->at;
    all->at = 0;
    while (all->count > 0) {
        size_t last = all->count - 1;

        if (++all->drawn[last] < all->bounds[last])
            return true;
        all->count--;
    }
    return false;
}

size_t changing_list_draw(changing_list *list, size_t bound)
{
    if (list->choices)
        return choose(list->choices, bound);
    return (size_t)(pgaii_random_bits(&list->random) % bound);
}
