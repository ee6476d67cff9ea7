#pragma once

// Frees everything: what a call was told is not needed after it.
void forget(void);
