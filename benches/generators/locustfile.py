"""Locust's part: users who send GET / as fast as they can, or at a steady rate."""

import json
import os

from locust import FastHttpUser, constant, constant_throughput, events, task

RATE = float(os.environ.get("REQUESTS_A_SECOND_AND_USER", "0"))


class Reader(FastHttpUser):
    wait_time = constant_throughput(RATE) if RATE else constant(0)

    @task
    def read(self):
        self.client.get("/")


@events.quitting.add_listener
def tell(environment, **_):
    """Its percentiles in milliseconds, as it shows them."""
    total = environment.stats.total
    told = {f"p{p}": total.get_response_time_percentile(p / 100) for p in (50, 90, 99)}
    print(json.dumps(told))
