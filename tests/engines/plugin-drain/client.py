from urllib.request import urlopen

try:
    print("client:", urlopen("http://127.0.0.1").read().decode())
except OSError as error:
    print("client: cut:", error)
