# A slow client, that hurries when the server does not listen any more.
import socket
import time


def connect():
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    connection.connect(("127.0.0.1", 80))
    return connection


def listens():
    try:
        connect().close()
        return True
    except ConnectionRefusedError:
        return False


while not listens():
    time.sleep(0.02)
connection = connect()
connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
answer = connection.makefile("rb")
while (line := answer.readline()) != b"\r\n":
    if line.lower().startswith(b"content-length:"):
        length = int(line.split(b":")[1])
print("client: downloads")
got = 0
why = "the end"
is_slow = True
try:
    while chunk := answer.read(1 << 17):
        got += len(chunk)
        if is_slow:
            time.sleep(0.05)
            is_slow = listens()
except OSError as error:
    why = error.strerror
print(f"client: {'all' if got == length else 'some'} of it: {got} of {length} bytes, then {why}")
