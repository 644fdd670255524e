// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { FILTERS, PAGE_ROWS, chosen, view } from "./choice.js";
import { followDelivery, noteDeadLetter } from "./delivery.js";
import { byId, formatNumber, make, tickTimes } from "./dom.js";
import { followHealth } from "./health.js";
import { closeHistory, loadOlder, openHistory, refreshHistorySoon, selectedAgent } from "./history.js";
import { agents, follow, isLoaded } from "./live.js";
import { fillRow, makeRow, rows } from "./rows.js";

let scheduled = false;
let drawnAt = -Infinity;

/** At most five drawings a second, however many changes come. */
function schedule() {
  if (scheduled) return;
  scheduled = true;
  const wait = Math.max(0, drawnAt + 200 - performance.now());
  setTimeout(() => requestAnimationFrame(() => {
    scheduled = false;
    draw();
    drawnAt = performance.now();
  }), wait);
}

function draw() {
  const body = byId("rows");
  drawTiles();
  const list = chosen(agents);
  const shown = list.slice(0, view.limit);
  const keep = new Set(shown.map((agent) => agent.id));
  for (const [id, row] of rows) if (!keep.has(id)) { row.element.remove(); rows.delete(id); }
  let cursor = body.firstChild;
  for (const agent of shown) {
    let row = rows.get(agent.id);
    if (!row) rows.set(agent.id, row = makeRow(agent.id, select));
    if (row.agent !== agent) fillRow(row, agent);
    row.element.classList.toggle("selected", agent.id === selectedAgent());
    if (row.element === cursor) cursor = cursor.nextSibling;
    else body.insertBefore(row.element, cursor);
  }
  const rest = list.length - shown.length;
  byId("shown").textContent = isLoaded() ? `${formatNumber(shown.length)} of ${formatNumber(list.length)} shown` : "Loading…";
  byId("more").hidden = rest === 0;
  byId("more").textContent = `Show ${formatNumber(Math.min(rest, PAGE_ROWS))} more`;
  byId("empty").hidden = shown.length > 0 || !isLoaded();
  byId("empty").textContent = agents.size
    ? "No agent matches the filter."
    : "No agent has been seen yet. They appear with their first event, or after a resync.";
}

const tiles = new Map();

function makeTiles() {
  for (const { key, label, tone } of FILTERS) {
    const count = make("b", {}, "–");
    const tile = make("button", { type: "button", className: "tile", data: { tone } }, count, make("span", {}, label));
    tile.addEventListener("click", () => setFilter(view.state === key ? "all" : key));
    tiles.set(key, { tile, count });
    byId("tiles").append(tile);
  }
}

function drawTiles() {
  for (const { key, test } of FILTERS) {
    let count = 0;
    for (const agent of agents.values()) if (test(agent)) count += 1;
    const { tile, count: element } = tiles.get(key);
    element.textContent = isLoaded() || count ? formatNumber(count) : "–";
    tile.dataset.zero = String(count === 0);
    tile.setAttribute("aria-pressed", String(view.state === key));
  }
  byId("only-wish").checked = view.state === "wish";
}

function setFilter(state) {
  view.state = state;
  view.limit = PAGE_ROWS;
  draw();
}

/** Shows an agent's history; the address then leads back to it. */
function select(id) {
  window.history.replaceState(null, "", `#${encodeURIComponent(id)}`);
  openHistory(id, agents.get(id)?.name);
  draw();
}

function deselect() {
  const row = rows.get(selectedAgent());
  window.history.replaceState(null, "", location.pathname);
  closeHistory();
  draw();
  row?.name.focus();
}

function listen() {
  let announce = 0;
  byId("filter").addEventListener("input", (event) => {
    view.text = event.target.value;
    view.limit = PAGE_ROWS;
    schedule();
    clearTimeout(announce);
    announce = setTimeout(() => { byId("announcement").textContent = byId("shown").textContent; }, 1200);
  });
  byId("only-wish").addEventListener("change", (event) => setFilter(event.target.checked ? "wish" : "all"));
  byId("order").addEventListener("change", (event) => { view.order = event.target.value; draw(); });
  byId("more").addEventListener("click", () => { view.limit += PAGE_ROWS; draw(); });
  byId("panel-close").addEventListener("click", deselect);
  byId("history-more").addEventListener("click", loadOlder);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (byId("health").open) byId("health").open = false;
    else if (selectedAgent() && !byId("sign-in").open) deselect();
  });
  document.addEventListener("click", (event) => {
    if (!byId("health").contains(event.target)) byId("health").open = false;
  });
}

function start() {
  makeTiles();
  listen();
  draw();
  setInterval(tickTimes, 1000);
  followHealth();
  follow((id) => {
    if (id !== undefined && id === selectedAgent()) refreshHistorySoon();
    schedule();
  }, noteDeadLetter);
  followDelivery();
  if (location.hash.length > 1) {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { return; }
    select(id);
  }
}

start();
