# Makes a child that ends by SIGUSR1 instead of SIGCHLD, as clone(2) can, and leaves it to its arguments.
import ctypes
import os
import signal
import sys

CLONE = 220 if os.uname().machine == "aarch64" else 56
WALL = 0x40000000

signal.signal(signal.SIGUSR1, signal.SIG_IGN)
if ctypes.CDLL(None).syscall(CLONE, signal.SIGUSR1, 0, 0, 0, 0) == 0:
    os._exit(3)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | WALL)
signal.signal(signal.SIGUSR1, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
