//! The program; all of it is in the library, which starts itself (`sys::entry`).

#![no_std]
#![no_main]

use wigwag_init as _;
