import json
import sys

for line in open(sys.argv[1], encoding="utf-8"):
    try:
        said = json.loads(line)
    except ValueError as error:
        print(f"not JSON: {error}: {line}")
        continue
    print(sorted(said), said["level"], said["event"] + ":", " ".join(said["message"].split("\n")))
