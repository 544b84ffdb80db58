import http from 'k6/http';
import { check } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const base = __ENV.BASE;
const parseTime = new Trend('parse_time', true);
const items = new Trend('items');
const cacheHit = new Rate('cache_hit');
const orders = new Counter('orders');
const queue = new Gauge('queue_depth');

export const options = {
  vus: 2,
  iterations: Number(__ENV.ITERATIONS || 60),
  summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)', 'count'],
  thresholds:
    __ENV.THRESHOLDS === 'none'
      ? {}
      : {
          http_req_duration: ['p(95)<5000', 'p(99)<1'],
          'http_req_duration{name:nobody}': ['p(95)<10'],
          'http_req_duration{name:mixed}': ['med<1000'],
          http_req_failed: ['rate<0.01'],
          checks: ['rate>0.5'],
        },
};

export default function () {
  const mixed = http.get(`${base}/mixed`, { tags: { name: 'mixed' } });
  const flaky = http.get(`${base}/flaky`, { tags: { name: 'flaky' } });
  check(mixed, { 'mixed answers': (r) => r.status === 200 });
  check(flaky, { 'flaky answers': (r) => r.status === 200 });
  parseTime.add(1.5 + (__ITER % 7) / 4);
  items.add(__ITER);
  cacheHit.add(__ITER % 4 !== 0);
  orders.add(2);
  queue.add(__ITER % 5);
}

export function handleSummary(data) {
  return __ENV.SUMMARY ? { [__ENV.SUMMARY]: JSON.stringify(data, null, 1) } : {};
}
