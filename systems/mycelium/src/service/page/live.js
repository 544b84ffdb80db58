// The page: what its controls ask of the service, and what it shows of the answers.

import { Connection } from "./connection.js";
import { Course, Field, drawScale } from "./drawing.js";
import { MODELS, intervalOf, paceOf, sliderOf, told } from "./models.js";

const $ = (id) => document.getElementById(id);

const palette = await (await fetch("live/palette.json")).json();
const field = new Field($("field"), palette);
const course = new Course($("course"));
drawScale($("scale"), palette);

const page = {
  // Of the stream that is shown; what comes of others is late.
  id: null,
  number: 0,
  isOpen: false,
  isPaused: false,
  isOver: false,
  // The newest update that is not drawn yet.
  latest: null,
  drawn: [],
  retryAt: 0,
};

const address = new URL("ws/simulation_live", location.href);
address.protocol = address.protocol.replace("http", "ws");

const connection = new Connection(address, {
  opened() {
    page.isOpen = true;
    hideAlert();
    $("login").hidden = true;
    begin();
  },
  needsKey(reason) {
    hideAlert();
    if (reason) showAlert(`${reason}.`, false);
    $("login").hidden = false;
    $("key").focus();
    show("waiting", "Waiting for the key");
  },
  cells(id, payload, values) {
    if (id !== page.id) return;
    page.latest = { payload, values };
    requestAnimationFrame(draw);
  },
  message(type, id, payload) {
    if (type === "close") return;
    if (id !== undefined && id !== page.id) return;
    if (type === "simulation_complete") finish();
    else if (type === "subscribe_failed" || type === "error") fail(payload.message);
  },
  lost(until) {
    page.isOpen = false;
    page.id = null;
    page.retryAt = until;
    show("lost", "Not connected");
    count();
  },
});

function begin() {
  if (!page.isOpen || !$("controls").reportValidity()) return;
  if (page.id !== null && !page.isOver) connection.send("unsubscribe", page.id, {});
  page.number += 1;
  page.id = `page-${page.number}`;
  page.isPaused = false;
  page.isOver = false;
  page.latest = null;
  course.clear();
  hideAlert();
  const pace = paceOf($("speed").value);
  connection.send("subscribe", page.id, {
    stream_type: "simulation_live",
    params: {
      ...MODELS[$("model").value].params,
      grid_size: Number($("size").value),
      seed: Number($("seed").value),
      include_full_state: true,
      include_features: true,
      encoding: "binary",
      pace,
      update_interval_steps: intervalOf(pace),
    },
  });
  showRunning();
}

function control() {
  if (page.id === null || page.isOver) return;
  const pace = paceOf($("speed").value);
  const paused = page.isPaused;
  connection.send("control", page.id, { pace, update_interval_steps: intervalOf(pace), paused });
}

function toggle() {
  if (!page.isOpen) return;
  if (page.isOver) {
    begin();
    return;
  }
  page.isPaused = !page.isPaused;
  control();
  showRunning();
}

function finish() {
  page.isOver = true;
  show("over", "Finished");
  $("toggle").textContent = "Start";
}

function fail(message) {
  page.isOver = true;
  showAlert(`The service says: ${message}.`, false);
  show("over", "Stopped");
  $("toggle").textContent = "Start";
}

function showRunning() {
  show(page.isPaused ? "paused" : "running", page.isPaused ? "Paused" : "Running");
  $("toggle").textContent = page.isPaused ? "Start" : "Pause";
}

function show(state, words) {
  if ($("status").textContent !== words) $("status").textContent = words;
  $("status").dataset.state = state;
  for (const id of ["toggle", "restart"]) $(id).disabled = !page.isOpen;
}

function showAlert(text, canRetry) {
  if ($("alert-text").textContent !== text) $("alert-text").textContent = text;
  $("retry").hidden = !canRetry;
  $("alert").hidden = false;
}

function hideAlert() {
  $("alert").hidden = true;
  page.retryAt = 0;
}

// Says how long it takes to the next attempt, once a second.
function count() {
  if (page.retryAt === 0) return;
  const seconds = Math.max(0, Math.round((page.retryAt - Date.now()) / 1000));
  const when = seconds > 0 ? `in ${seconds} s` : "now";
  showAlert(`The service cannot be reached. Trying again ${when}.`, true);
}

function draw() {
  if (page.latest === null) return;
  const { payload, values } = page.latest;
  page.latest = null;
  const { summary } = payload;
  // Cells are in volts where the summary is in millivolts.
  const unit = summary.unit === "mV" ? 1000 : 1;
  field.draw(payload.grid_size, values, summary.min / unit, summary.max / unit);
  course.add(summary.std);
  course.draw();
  $("low").textContent = $("min").textContent = told(summary.min, summary.unit);
  $("high").textContent = $("max").textContent = told(summary.max, summary.unit);
  $("mean").textContent = told(summary.mean, summary.unit);
  $("std").textContent = told(summary.std, summary.unit);
  $("events").textContent = told(payload.growth_events);
  $("steps").textContent = payload.steps;
  $("rate").textContent = rate();
  drawFeatures(payload.features ?? {});
  // Last, so that whoever sees the step sees all of it, and of which stream it is.
  $("field").dataset.stream = page.id;
  $("step").textContent = payload.step;
}

// Pictures within the last second.
function rate() {
  const now = performance.now();
  page.drawn.push(now);
  while (page.drawn[0] < now - 1000) page.drawn.shift();
  return page.drawn.length;
}

function drawFeatures(features) {
  const names = Object.keys(features).filter((name) => !name.startsWith("pot_"));
  const list = $("features");
  if (list.dataset.names !== names.join()) {
    list.dataset.names = names.join();
    list.replaceChildren(...names.map((name) => {
      const [row, term, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      term.textContent = name;
      row.append(term, value);
      return row;
    }));
  }
  names.forEach((name, at) => {
    list.children[at].lastChild.textContent = told(features[name]);
  });
}

function choose() {
  const model = MODELS[$("model").value];
  $("about").textContent = model.about;
  $("speed").value = sliderOf(model.pace);
  showPace();
}

function showPace() {
  $("pace").textContent = `${paceOf($("speed").value)} steps a second`;
}

$("model").addEventListener("change", () => {
  choose();
  begin();
});
$("size").addEventListener("change", begin);
$("seed").addEventListener("change", begin);
$("speed").addEventListener("input", () => {
  showPace();
  control();
});
$("toggle").addEventListener("click", toggle);
$("restart").addEventListener("click", begin);
$("retry").addEventListener("click", () => connection.open());
$("controls").addEventListener("submit", (event) => event.preventDefault());
$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  connection.login($("key").value);
  $("key").value = "";
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, button, summary");
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
  if (event.key === " ") {
    event.preventDefault();
    toggle();
  } else if (event.key === "r" || event.key === "R") begin();
});

setInterval(count, 1000);
choose();
show("connecting", "Connecting");
connection.open();
