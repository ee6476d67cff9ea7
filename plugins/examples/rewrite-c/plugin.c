// Forwards signals as others, as its settings say: `SIGTERM = "SIGWINCH"`. The plugin `rewrite` once more, in C, with
// nothing but a compiler: no C library, no WASI.

#include "bindings/rewrite.h"
#include "memory.h"
#include <string.h>

// By number.
static const char *const names[] = {
    "",     "HUP",  "INT",  "QUIT",   "ILL",  "TRAP", "ABRT", "BUS",  "FPE",  "KILL", "USR1",
    "SEGV", "USR2", "PIPE", "ALRM",   "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN",
    "TTOU", "URG",  "XCPU", "XFSZ",   "VTALRM", "PROF", "WINCH", "IO", "PWR",  "SYS",
};

enum { COUNT = sizeof(names) / sizeof(*names) };

// What each signal becomes; 0 is itself.
static uint8_t becomes[COUNT];

// The number, or 0.
static uint8_t signal(const rewrite_string_t *text)
{
    for (size_t number = 1; number < COUNT; number++) {
        size_t length = strlen(names[number]);
        if (text->len == 3 + length && memcmp(text->ptr, "SIG", 3) == 0 &&
            memcmp(text->ptr + 3, names[number], length) == 0)
            return number;
    }
    return 0;
}

bool exports_wigwag_plugin_lifecycle_init(rewrite_list_tuple2_string_string_t *settings, rewrite_string_t *err)
{
    for (size_t index = 0; index < settings->len; index++) {
        uint8_t from = signal(&settings->ptr[index].f0), to = signal(&settings->ptr[index].f1);
        if (from == 0 || to == 0) {
            rewrite_string_set(err, "a setting is no pair of signals, such as `SIGTERM = \"SIGWINCH\"`");
            return false;
        }
        becomes[from] = to;
    }
    forget();
    return true;
}

bool exports_wigwag_plugin_on_signal_decide(exports_wigwag_plugin_on_signal_context_t *context,
                                            exports_wigwag_plugin_on_signal_incoming_t *incoming,
                                            exports_wigwag_plugin_on_signal_decision_t *ret, rewrite_string_t *err)
{
    (void)context, (void)err;
    uint8_t to = incoming->signal < COUNT ? becomes[incoming->signal] : 0;
    forget();
    if (to == 0) {
        ret->tag = EXPORTS_WIGWAG_PLUGIN_ON_SIGNAL_DECISION_PASS;
    } else {
        ret->tag = EXPORTS_WIGWAG_PLUGIN_ON_SIGNAL_DECISION_REWRITE;
        ret->val.rewrite = to;
    }
    return true;
}
