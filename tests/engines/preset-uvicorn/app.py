import asyncio
import sys
import urllib.request


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("application: shuts down", file=sys.stderr, flush=True)
        await send({"type": "lifespan.shutdown.complete"})
        return
    answer = await asyncio.to_thread(urllib.request.urlopen, "http://127.0.0.1:9000/")
    body = answer.read()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
