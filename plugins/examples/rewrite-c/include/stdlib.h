#pragma once
#include <stddef.h>

void *realloc(void *old, size_t size);
void free(void *old);
_Noreturn void abort(void);
