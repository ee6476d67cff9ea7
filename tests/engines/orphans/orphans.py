# Makes ten orphans that end when they are orphans, and never waits for a child that it does not know.
import os
import signal
import sys
import time

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
for _ in range(10):
    child = os.fork()
    if child == 0:
        own = os.getpid()
        if os.fork() == 0:
            while os.getppid() == own:
                time.sleep(0.01)
        os._exit(0)
    os.waitpid(child, 0)
print("ten orphans", flush=True)
while True:
    signal.pause()
