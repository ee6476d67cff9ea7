// What the bindings need of a C library. Memory is only handed out, and all of it is taken back at the end of a call.

#include "memory.h"
#include <stdlib.h>
#include <string.h>

enum { PAGE = 65536, ALIGNMENT = 16 };

extern unsigned char __heap_base;
static unsigned char *next;

void forget(void)
{
    next = &__heap_base;
}

static void *take(size_t size)
{
    if (next == NULL)
        forget();
    size_t start = ((size_t)next + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    size_t end = start + size, have = __builtin_wasm_memory_size(0) * PAGE;
    if (end < start)
        abort();
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE) == (size_t)-1)
        abort();
    next = (unsigned char *)end;
    return (void *)start;
}

void *realloc(void *old, size_t size)
{
    // It may read more than the old one had: what lies behind it was handed out later, and lies before the new one.
    void *new = take(size);
    return old == NULL ? new : memcpy(new, old, size);
}

void free(void *old)
{
    (void)old;
}

void abort(void)
{
    __builtin_trap();
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    for (size_t index = 0; index < size; index++)
        ((unsigned char *)to)[index] = ((const unsigned char *)from)[index];
    return to;
}

int memcmp(const void *one, const void *other, size_t size)
{
    const unsigned char *a = one, *b = other;
    for (size_t index = 0; index < size; index++)
        if (a[index] != b[index])
            return a[index] < b[index] ? -1 : 1;
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length] != 0)
        length++;
    return length;
}
