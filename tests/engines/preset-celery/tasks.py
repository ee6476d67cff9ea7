import time

from celery import Celery
from celery.signals import worker_ready

app = Celery(broker="memory://")


@app.task
def work():
    print("task: begins", flush=True)
    time.sleep(2)
    print("task: done", flush=True)


@worker_ready.connect
def enqueue(**_):
    work.delay()
