import urllib.request


def application(environ, start_response):
    body = urllib.request.urlopen("http://127.0.0.1:9000/").read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
