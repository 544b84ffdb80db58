// k6's part: users who send a GET as fast as they can.
import http from 'k6/http';

export const options = { vus: Number(__ENV.USERS), duration: __ENV.TIME };

export default function () {
  http.get(__ENV.URL);
}
