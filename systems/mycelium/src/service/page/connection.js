// The WebSocket of the page: opened again where it breaks, more rarely each time.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;
// The service says something every half minute; where it does not it is gone.
const SILENCE = 65000;

export class Connection {
  // `on` has `opened(init)`, `needsKey(reason)`, `message(type, id, payload)`,
  // `cells(id, payload, values)`, and `lost(until)`.
  constructor(address, on) {
    this.address = address;
    this.on = on;
    this.key = null;
    this.wait = FIRST_WAIT;
    this.socket = null;
    this.timer = 0;
    this.silence = 0;
  }

  open() {
    clearTimeout(this.timer);
    this.drop();
    let socket;
    try {
      socket = new WebSocket(this.address);
    } catch {
      this.again();
      return;
    }
    this.socket = socket;
    this.followed = null;
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => {
      if (socket === this.socket) this.heard(event.data);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.again();
    };
    this.listen();
  }

  send(type, id, payload) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type, stream_id: id, timestamp: Date.now(), payload }));
  }

  login(key) {
    this.key = key;
    // The clock of the service counts, not that of this computer.
    const timestamp = Date.now() + this.offset;
    this.send("auth", undefined, { api_key: key, timestamp });
  }

  heard(data) {
    this.listen();
    if (typeof data !== "string") {
      const { id, payload } = this.followed ?? {};
      this.followed = null;
      if (payload) this.on.cells(id, payload, new Float32Array(data));
      return;
    }
    const { type, stream_id: id, timestamp, payload } = JSON.parse(data);
    if (payload?.encoding === "binary") {
      // The cells follow as a message of their own.
      this.followed = { id, payload };
      return;
    }
    this.followed = null;
    if (type === "heartbeat") this.send("pong");
    else if (type === "init") this.greeted(timestamp, payload);
    else if (type === "auth_success") this.ready();
    else if (type === "auth_failed") this.refused(payload.message);
    else this.on.message(type, id, payload);
  }

  greeted(timestamp, payload) {
    this.offset = timestamp - Date.now();
    if (!payload.auth_required) this.ready();
    else if (this.key !== null) this.login(this.key);
    else this.on.needsKey("");
  }

  refused(reason) {
    this.key = null;
    this.on.needsKey(reason);
  }

  ready() {
    this.wait = FIRST_WAIT;
    this.on.opened();
  }

  listen() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(), SILENCE);
  }

  drop() {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  again() {
    this.drop();
    clearTimeout(this.timer);
    const wait = this.wait;
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    this.timer = setTimeout(() => this.open(), wait);
    this.on.lost(Date.now() + wait);
  }
}
