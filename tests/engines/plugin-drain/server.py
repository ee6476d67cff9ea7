# A server that its stop signal ends at once. Its admin port says how many requests are in flight. The request that it has
# ends only when that was asked three times: who does not wait for it cuts it.
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

in_flight = 0
draining = False
asked = threading.Semaphore(0)


class Handler(BaseHTTPRequestHandler):
    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


class Work(Handler):
    def do_GET(self):
        global in_flight
        in_flight += 1
        print("server: works")
        for _ in range(3):
            asked.acquire()
        self.answer("all of it")
        in_flight -= 1


class Admin(Handler):
    def do_POST(self):
        global draining
        draining = True
        print("server: takes no more work")
        self.answer("")

    def do_GET(self):
        self.answer(f"{in_flight}\n")
        asked.release()


def stop(*_):
    os.write(1, f"server: got SIGTERM, {in_flight} in flight\n".encode())
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
servers = [ThreadingHTTPServer(("127.0.0.1", port), handler) for port, handler in [(80, Work), (8080, Admin)]]
print("server: listens")
threading.Thread(target=servers[0].serve_forever, daemon=True).start()
servers[1].serve_forever()
