#!/usr/bin/env python3
"""Writes the dashboards for Grafana beside it: one of devices, one of the service."""
import json, os

def panel(number, title, query, unit="short", kind="timeseries", legend="{{device}} {{port}}", steps=None):
    colors = [{"color": c, "value": v} for c, v in steps or [("green", None)]]
    return {
        "id": number + 1, "title": title, "type": kind,
        "gridPos": {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)},
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "targets": [{"refId": "A", "expr": query, "legendFormat": legend}],
        "fieldConfig": {"defaults": {"unit": unit, "thresholds": {"mode": "absolute", "steps": colors}},
                        "overrides": []},
    }

def dashboard(name, title, panels, span):
    source = {"name": "source", "type": "datasource", "query": "prometheus"}
    made = {"uid": name, "title": title, "schemaVersion": 39, "refresh": "30s",
            "time": {"from": "now-" + span, "to": "now"}, "templating": {"list": [source]},
            "panels": [panel(n, *a[0], **a[1]) for n, a in enumerate(panels)]}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".json"), "w") as f:
        json.dump(made, f, indent=1)
        f.write("\n")

def p(*a, **k):
    return a, k

M = "warm_restart_"
dashboard("devices", "Warm restarts: devices", [
    p("Alerts that fire", f'{M}alert{{state="firing"}}', kind="table"),
    p("Health", f"min by (device) ({M}health_score)", legend="{{device}}",
      steps=[("red", None), ("orange", 50), ("green", 85)]),
    p("Starts an hour", f"sum by (device) (increase({M}warm_restarts_total[1h]))", legend="{{device}}"),
    p("Cold starts an hour", f"sum by (device) (increase({M}cold_starts_total[1h]))", legend="{{device}}"),
    p("Timeouts of the last hour", f"sum(increase({M}sync_timeouts_total[1h])) / (sum(increase({M}syncs_ended_total[1h])) > 0)",
      unit="percentunit", legend="share"),
    p("Sync duration, 95th percentile", f"histogram_quantile(0.95, sum by (le) (rate({M}initial_sync_duration_seconds_bucket[1h])))",
      unit="s", legend="p95"),
    p("Corruptions without recovery", f"{M}unrecovered_corruptions", steps=[("green", None), ("red", 1)]),
    p("Age of the last backup", f"{M}backup_age_seconds", unit="s", steps=[("green", None), ("orange", 1800)]),
], "24h")
dashboard("service", "Warm restarts: the service", [
    p("Evaluations a second", f"rate({M}evaluations_total[5m])", legend="looked"),
    p("Missed evaluations", f"increase({M}missed_evaluations_total[5m])", legend="missed"),
    p("Duration of an evaluation", f"{M}evaluation_duration_seconds", unit="s", legend="latest"),
    p("Saves that failed", f"increase({M}failed_saves_total[5m])", legend="failed"),
    p("Notifications that wait", f"{M}notifications_waiting", legend="waiting"),
    p("Notifications told and given up", f"increase({M}notifications_told_total[1h]) - increase({M}notifications_dead_total[1h])", legend="told less dead"),
    p("Devices and ports", f"{M}subjects", legend="known"),
    p("Rules in trouble", f"{M}rules_in_trouble", legend="rules"),
], "6h")
