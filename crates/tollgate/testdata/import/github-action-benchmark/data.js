window.BENCHMARK_DATA = {
  "lastUpdate": 1795226400000,
  "repoUrl": "https://github.com/example/demo",
  "entries": {
    "Rust Benchmark": [
      {
        "commit": {
          "author": {
            "email": "dev@example.org",
            "name": "A Developer",
            "username": "developer"
          },
          "committer": {
            "email": "noreply@example.org",
            "name": "GitHub",
            "username": "web-flow"
          },
          "distinct": true,
          "id": "1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b",
          "message": "Parse faster",
          "timestamp": "2026-11-20T10:00:00Z",
          "tree_id": "0000000000000000000000000000000000000000",
          "url": "https://github.com/example/demo/commit/1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b1a2b"
        },
        "date": 1795168800000,
        "tool": "cargo",
        "benches": [
          {
            "name": "parse/small",
            "value": 1310,
            "range": "\u00b1 60",
            "unit": "ns/iter"
          },
          {
            "name": "parse/large",
            "value": 121000,
            "range": "\u00b1 2500",
            "unit": "ns/iter"
          }
        ]
      },
      {
        "commit": {
          "author": {
            "email": "dev@example.org",
            "name": "A Developer",
            "username": "developer"
          },
          "committer": {
            "email": "noreply@example.org",
            "name": "GitHub",
            "username": "web-flow"
          },
          "distinct": true,
          "id": "3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d",
          "message": "Reuse the buffer",
          "timestamp": "2026-11-21T02:00:00Z",
          "tree_id": "0000000000000000000000000000000000000000",
          "url": "https://github.com/example/demo/commit/3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d"
        },
        "date": 1795226400000,
        "tool": "cargo",
        "benches": [
          {
            "name": "parse/small",
            "value": 1250,
            "range": "\u00b1 49",
            "unit": "ns/iter"
          },
          {
            "name": "parse/large",
            "value": 118500,
            "range": "\u00b1 2100",
            "unit": "ns/iter"
          }
        ]
      }
    ],
    "Load": [
      {
        "commit": {
          "author": {
            "email": "dev@example.org",
            "name": "A Developer",
            "username": "developer"
          },
          "committer": {
            "email": "noreply@example.org",
            "name": "GitHub",
            "username": "web-flow"
          },
          "distinct": true,
          "id": "3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d",
          "message": "Reuse the buffer",
          "timestamp": "2026-11-21T02:00:00Z",
          "tree_id": "0000000000000000000000000000000000000000",
          "url": "https://github.com/example/demo/commit/3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d3c4d"
        },
        "date": 1795226400000,
        "tool": "customBiggerIsBetter",
        "benches": [
          {
            "name": "requests",
            "value": 589.3,
            "unit": "req/s"
          }
        ]
      }
    ]
  }
}