import os

from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.05)

    @task(5)
    def mixed(self):
        self.client.get("/mixed")

    @task(2)
    def slow(self):
        self.client.get("/slow")

    @task(2)
    def search(self):
        self.client.post("/fast", data="q", name='search, "quoted"')

    if os.environ.get("SAMPLE") == "failures":

        @task(2)
        def failing(self):
            self.client.get("/failing")

        @task(1)
        def broken(self):
            raise ValueError('no such "thing", sorry')


if os.environ.get("SAMPLE") == "idle":
    Visitor.tasks = [lambda user: user.environment.runner and __import__("gevent").sleep(60)]
