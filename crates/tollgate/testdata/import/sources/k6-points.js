import http from 'k6/http';
import { check } from 'k6';

export const options = {
  vus: 2,
  iterations: 16,
  systemTags: ['name', 'method', 'status', 'expected_response'],
  thresholds: { http_req_duration: ['p(95)<5000'] },
};

export default function () {
  const answer = http.get(`${__ENV.BASE}/flaky`, { tags: { name: 'flaky' } });
  check(answer, { answered: (r) => r.status === 200 });
}
