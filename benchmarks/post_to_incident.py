"""How long a NaN row takes from its POST to its incident: `python -m benchmarks.post_to_incident [--posts N]`.

One caller posts to a warm model, asks `GET /batches/{id}` until the incident is there, and posts again. With
DATABASE_URL and REDIS_URL the service runs on these, on an empty database.
"""

import argparse
import os
import statistics

from benchmarks.service import tutorial_service


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=50)
    posts = parser.parse_args().posts
    with tutorial_service() as service:
        seconds = sorted(service.seconds_to_incident() for _ in range(posts))
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    on = "PostgreSQL and Redis" if "REDIS_URL" in os.environ else "SQLite and files"
    print(
        f"POST to incident on {on}, {posts} posts: "
        f"p50 {statistics.median(seconds):.2f} s, p95 {p95:.2f} s, longest {seconds[-1]:.2f} s"
    )


if __name__ == "__main__":
    main()
