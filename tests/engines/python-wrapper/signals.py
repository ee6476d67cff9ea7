import os
import signal
import time

running = True


def stop(number, _frame):
    global running
    # Not print(): it cannot be entered again, and may be at work when the signal comes.
    os.write(1, f"Received {signal.Signals(number).name} signal\n".encode())
    running = False


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
print("started", flush=True)
while running:
    time.sleep(0.1)
time.sleep(1)
print("Cleaning up resources. End of the program", flush=True)
