#!/usr/bin/python3
# Stops as Apache's httpd does: by SIGWINCH when the request that it works on is answered, by SIGTERM at once.
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        print("server: answers")
        time.sleep(1)
        self.wfile.write(b"all of it\n")

    def log_message(self, *args):
        pass


def ask():
    try:
        print("client:", urlopen("http://127.0.0.1:8080").read().decode().strip() or "nothing")
    except OSError as error:
        print("client:", error)


def graceful(*args):
    print("server: caught SIGWINCH, shutting down gracefully")
    client.join()
    sys.exit(0)


server = ThreadingHTTPServer(("127.0.0.1", 8080), Handler)
client = threading.Thread(target=ask, daemon=True)
signal.signal(signal.SIGWINCH, graceful)
signal.signal(signal.SIGTERM, lambda *args: sys.exit("server: caught SIGTERM, shutting down"))
client.start()
server.serve_forever()
