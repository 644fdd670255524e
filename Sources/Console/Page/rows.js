// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { call, getJSON, pause, Unauthorized } from "./api.js";
import { adherenceOf, deliveryOf, presenceOf, routingOf, talkOf, wantedOf } from "./cells.js";
import { make, shortId, toast } from "./dom.js";
import { agents } from "./live.js";

/** The rows of the table by agent id. */
export const rows = new Map();

const resyncing = new Set();

const COLUMNS = ["Agent", "Presence", "Routing", "Adherence", "Conversations", "Wanted", "Delivery", ""];

/** The buttons live as long as the row, so that a change does not take the focus away. */
export function makeRow(id, onSelect) {
  const cells = COLUMNS.map((label) => make("td", { data: { label } }));
  const name = make("button", { type: "button", className: "name" });
  const resync = make("button", { type: "button", className: "quiet" }, "Resync");
  cells[0].append(name, make("div", { className: "mono minor", title: id }, shortId(id)));
  cells[4].classList.add("wide");
  cells[7].append(resync);
  resync.addEventListener("click", (event) => { event.stopPropagation(); resyncAgent(id); });
  const element = make("tr", {}, ...cells);
  element.addEventListener("click", () => { if (!String(getSelection())) onSelect(id); });
  return { element, cells, name, resync, agent: null };
}

export function fillRow(row, agent) {
  row.agent = agent;
  const name = agent.name ?? agent.id;
  row.name.textContent = name;
  row.name.setAttribute("aria-label", `${name}, show history`);
  row.resync.setAttribute("aria-label", `Resync ${name}`);
  fill(row.cells[1], presenceOf(agent));
  fill(row.cells[2], routingOf(agent));
  fill(row.cells[3], adherenceOf(agent));
  fill(row.cells[4], (agent.conversations ?? []).map(talkOf));
  fill(row.cells[5], wantedOf(agent));
  fill(row.cells[6], deliveryOf(agent));
  drawResync(row, agent.id);
}

function fill(cell, children) {
  cell.classList.toggle("blank", children.length === 0);
  cell.replaceChildren(...(children.length ? children : [make("span", { className: "minor" }, "–")]));
}

function drawResync(row, id) {
  const busy = resyncing.has(id);
  row.resync.disabled = busy;
  row.resync.textContent = busy ? "Reading…" : "Resync";
}

async function resyncAgent(id) {
  const name = agents.get(id)?.name ?? shortId(id);
  const redraw = () => { const row = rows.get(id); if (row) drawResync(row, id); };
  resyncing.add(id);
  redraw();
  try {
    const answer = await call("/v1/resync", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ agents: [id] }),
    });
    let job = await answer.json();
    for (let tries = 0; job.state === "running" && tries < 120; tries += 1) {
      await pause(0.5);
      job = await getJSON(`/v1/resyncs/${encodeURIComponent(job.id)}`);
    }
    if (job.state === "running") toast(`The resync of ${name} still runs.`);
    else if (job.state !== "done" || job.failed) toast(`The resync of ${name} failed.`);
    else toast(job.changed ? `${name} was out of date and is right now.` : `${name} was up to date.`);
  } catch (error) {
    if (!(error instanceof Unauthorized)) toast(`Resync of ${name}: ${error.message}`);
  }
  resyncing.delete(id);
  redraw();
}
