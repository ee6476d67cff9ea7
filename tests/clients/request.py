# Asks a server for something that takes until the server is being stopped: `request.py PORT`, or with the URL for a proxy.
# The server passes the request on to port 9000, which is this program too. It answers when nobody listens on PORT any
# more, or after a while where the server goes on listening.
import http.client
import http.server
import socket
import sys
import threading
import time

port = int(sys.argv[1])
url = sys.argv[2] if len(sys.argv) > 2 else "/"
BODY = b"the answer\n" * 1000


def listens():
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("client: in flight", flush=True)
        patience = time.monotonic() + 2
        while listens() and time.monotonic() < patience:
            time.sleep(0.05)
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_):
        pass


def fastcgi():
    """The body of a response, by the protocol that PHP-FPM speaks."""
    def record(kind, content):
        return bytes([1, kind, 0, 1, len(content) >> 8, len(content) & 255, 0, 0]) + content

    def pair(name, value):
        return bytes([len(name), len(value)]) + name + value

    parameters = b"".join(
        pair(name, value)
        for name, value in [(b"SCRIPT_FILENAME", b"/app/index.php"), (b"REQUEST_METHOD", b"GET")]
    )
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(
        record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0])) + record(4, parameters) + record(4, b"") + record(5, b"")
    )
    answer, body = connection.makefile("rb"), b""
    while True:
        header = answer.read(8)
        if len(header) < 8:
            raise http.client.IncompleteRead(body)
        content = answer.read((header[4] << 8) + header[5])
        answer.read(header[6])
        if header[1] == 6:
            body += content
        if header[1] == 3:
            return body.split(b"\r\n\r\n", 1)[-1]


def http_get():
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", url)
    return connection.getresponse().read()


backend = http.server.ThreadingHTTPServer(("127.0.0.1", 9000), Slow)
threading.Thread(target=backend.serve_forever, daemon=True).start()
while not listens():
    time.sleep(0.05)
try:
    body = fastcgi() if url == "fastcgi" else http_get()
    print("client: all of it" if body == BODY else f"client: something else: {body[:200]}", flush=True)
except (OSError, http.client.HTTPException) as error:
    print(f"client: cut: {type(error).__name__}", flush=True)
